"""What can make figures look better than they are: each a list of cases to look at, none an accusation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased

from engine.company.people import Holding
from engine.company.places import Place
from engine.complaints.core.joinings import Joining
from engine.complaints.facts import CallbackFact, CaseFact
from engine.complaints.limits.deadlines import Deadline
from engine.core.later import later

TOGETHER = timedelta(minutes=1)
JUST_BEFORE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to look at: its words, why it matters, and the condition on closed cases."""

    code: str
    name: tuple[str, str]
    why: tuple[str, str]
    condition: Callable[[], ColumnElement[bool]]


def unreached() -> ColumnElement[bool]:
    """Return a condition: it is owed a callback, and nobody was reached."""
    return and_(CaseFact.owes_callback, CaseFact.reached.is_(False))


def own_department() -> ColumnElement[bool]:
    """Return a condition: somebody called back who held a role in the department of the case."""
    return exists().where(
        CallbackFact.complaint_id == CaseFact.complaint_id,
        Holding.person_id == CallbackFact.by_id,
        Holding.since <= CallbackFact.at,
        or_(Holding.until.is_(None), Holding.until > CallbackFact.at),
        Place.id == Holding.place_id,
        Place.kind == "department",
        Place.code == CaseFact.department,
    )


def together() -> ColumnElement[bool]:
    """Return a condition: another one of the community was closed within a minute; joined ones aside."""
    other = aliased(CaseFact)
    near = exists().where(
        other.community_id == CaseFact.community_id,
        other.closed_day == CaseFact.closed_day,
        other.complaint_id != CaseFact.complaint_id,
        other.closed_at <= later(CaseFact.closed_at, TOGETHER),
        CaseFact.closed_at <= later(other.closed_at, TOGETHER),
        ~exists().where(Joining.follower_id == other.complaint_id),
    )
    return and_(~exists().where(Joining.follower_id == CaseFact.complaint_id), near)


def just_before() -> ColumnElement[bool]:
    """Return a condition: the result of a round was told in the last minutes of its limit."""
    return exists().where(
        Deadline.complaint_id == CaseFact.complaint_id,
        Deadline.kind == "resolve",
        Deadline.met_at <= Deadline.due_at,
        Deadline.due_at <= later(Deadline.met_at, JUST_BEFORE),
    )


def unfounded() -> ColumnElement[bool]:
    """Return a condition: it ended as unfounded."""
    return CaseFact.outcome == "unfounded"


CHECKS: Sequence[Check] = (
    Check(
        "unreached",
        ("没有打通回访就结案", "Closed without a reached callback"),
        ("没有问到业主，就不知道有没有解决。", "Nobody asked the resident whether it is solved."),
        unreached,
    ),
    Check(
        "own_department",
        ("经办部门的人自己回访", "Called back by the handling department"),
        ("自己问自己办的，分数偏高。", "Answers given to those who handled it are kinder."),
        own_department,
    ),
    Check(
        "together",
        ("一分钟内一起结案", "Closed within a minute of each other"),
        (
            "像是成批点掉的；合并和随办的不算。",
            "It looks like clearing a list; merged and joined ones are not counted.",
        ),
        together,
    ),
    Check(
        "just_before",
        ("压着时限告知结果", "Result told just before the limit"),
        (
            "到期前 10 分钟内告知的，个别正常，成堆要看。",
            "In the last ten minutes; one is normal, many are worth a look.",
        ),
        just_before,
    ),
    Check(
        "unfounded",
        ("定为不实", "Found unfounded"),
        ("不实的不算未解决，占比高的要看几件。", "They do not count as unsolved; where there are many, look at some."),
        unfounded,
    ),
)
