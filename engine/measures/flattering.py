"""What can make figures look better than they are: each a list of cases to look at, none an accusation.

R49: no inflated results. Much of it has good reasons, and some comes by chance; a list says where to look, not what was
wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Literal

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select
from sqlalchemy.orm import Session

from engine.company import permissions
from engine.company.people import Holding, Person
from engine.company.places import Place
from engine.complaints.changes import corrections
from engine.complaints.core import access
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import BEST
from engine.complaints.core.joinings import Joining
from engine.complaints.facts import CallbackFact, CaseFact
from engine.complaints.limits.deadlines import Deadline, Pause
from engine.core.later import later
from engine.history import Entry
from engine.measures import excess, funnel
from engine.measures.flattering_words import ALWAYS, CHECKS
from engine.measures.funnel import Compared, Group
from engine.measures.narrowing import MOST_CASES, over, within
from engine.measures.scopes import PEOPLE, Scope, reached

MOST_LOOKED_AT = 20_000

TOGETHER = timedelta(seconds=60)
JUST_BEFORE = timedelta(minutes=10)
LATE_PAUSE = 0.8
"""Share of the limit that has passed when a pause is noticed."""

Conditions = ColumnElement[bool]


def unreached() -> Conditions:
    """Return a condition: closed with an outcome that is called back, without anybody reached."""
    return and_(CaseFact.owes_callback, CaseFact.closed_at.is_not(None), CaseFact.reached.is_(False))


def own_department() -> Conditions:
    """Return a condition: somebody called back who held a role in the department of the case."""
    theirs = exists().where(
        CallbackFact.complaint_id == CaseFact.complaint_id,
        Holding.person_id == CallbackFact.by_id,
        Holding.since <= CallbackFact.at,
        (Holding.until.is_(None)) | (Holding.until > CallbackFact.at),
        Place.id == Holding.place_id,
        Place.kind == "department",
        Place.code == CaseFact.department,
    )
    return and_(CaseFact.closed_at.is_not(None), theirs)


def just_before() -> Conditions:
    """Return a condition: the result of a round was told in the last minutes of its limit."""
    close = exists().where(
        Deadline.complaint_id == CaseFact.complaint_id,
        Deadline.kind == "resolve",
        Deadline.met_at <= Deadline.due_at,
        Deadline.due_at <= later(Deadline.met_at, JUST_BEFORE),
    )
    return and_(CaseFact.closed_at.is_not(None), close)


def together(session: Session, here: Conditions) -> Conditions:
    """Return a condition: another one of the community was closed within a minute; of the newest."""
    follows = exists().where(Joining.follower_id == CaseFact.complaint_id)
    asked = (
        select(CaseFact.community_id, CaseFact.closed_at, CaseFact.complaint_id)
        .where(here, CaseFact.closed_at.is_not(None), ~follows)
        .order_by(CaseFact.closed_day.desc())
        .limit(MOST_LOOKED_AT)
    )
    ids: set[int] = set()
    closed = sorted((row[0], row[1], row[2]) for row in session.execute(asked) if row[1] is not None)
    for (place, before, one), (same, after, other) in pairwise(closed):
        if place == same and after - before <= TOGETHER:
            ids |= {one, other}
    return CaseFact.complaint_id.in_(sorted(ids)[-MOST_CASES:])


def unfounded() -> Conditions:
    """Return a condition: it ended as unfounded."""
    return CaseFact.outcome == "unfounded"


def by_caller(since: date, until: date) -> Conditions:
    """Return a condition: a caller asked whose answers of the period are all fives, and many."""
    always = (
        select(CallbackFact.by_id)
        .where(CallbackFact.day >= since, CallbackFact.day < until, CallbackFact.score.is_not(None))
        .group_by(CallbackFact.by_id)
        .having(func.count() >= ALWAYS, func.min(CallbackFact.score) == BEST)
    )
    asked = exists().where(
        CallbackFact.complaint_id == CaseFact.complaint_id,
        CallbackFact.day >= since,
        CallbackFact.day < until,
        CallbackFact.by_id.in_(always),
    )
    return and_(CaseFact.closed_at.is_not(None), asked)


def late_pause(session: Session, here: Conditions) -> Conditions:
    """Return a condition: a pause of it began when most of the limit to resolve had passed."""
    asked = (
        select(Pause.complaint_id, Pause.begun_at, Deadline.started_at, Deadline.measured_due_at)
        .join(CaseFact, CaseFact.complaint_id == Pause.complaint_id)
        .join(Deadline, and_(Deadline.complaint_id == Pause.complaint_id, Deadline.kind == "resolve"))
        .where(here, Pause.begun_at > Deadline.started_at, Pause.begun_at <= Deadline.measured_due_at)
        .order_by(Pause.id.desc())
        .limit(MOST_LOOKED_AT)
    )
    ids = {
        row.complaint_id
        for row in session.execute(asked)
        if (row.begun_at - row.started_at) >= LATE_PAUSE * (row.measured_due_at - row.started_at)
    }
    return CaseFact.complaint_id.in_(sorted(ids)[-MOST_CASES:])


def recategorised(session: Session, here: Conditions) -> Conditions:
    """Return a condition: its category was changed when it was late already; of the newest late ones."""
    late = (
        select(CaseFact.complaint_id, Complaint.case_id)
        .join(Complaint, Complaint.id == CaseFact.complaint_id)
        .where(here, CaseFact.due_kept.is_(False), Complaint.case_id.is_not(None))
        .order_by(CaseFact.due_day.desc())
        .limit(MOST_CASES)
        .subquery()
    )
    asked = (
        select(late.c.complaint_id, Entry.facts)
        .join(Entry, Entry.case_id == late.c.case_id)
        .join(Deadline, and_(Deadline.complaint_id == late.c.complaint_id, Deadline.kind == "resolve"))
        .where(Entry.kind == corrections.KIND, Entry.at > Deadline.measured_due_at)
    )
    ids = {found for found, facts in session.execute(asked) if "category" in facts.get("to", {})}
    return CaseFact.complaint_id.in_(sorted(ids))


# ---- counting and listing --------------------------------------------------------------------------------------------


def noticed(session: Session, person: Person | None, code: str, scope: Scope, since: date, until: date) -> Conditions:
    """Return a condition on `CaseFact`: the cases of one check that ended (or were due) in the period."""
    by_due = code in BY_DUE_DAY
    day, last = (CaseFact.due_day, over(session, until)) if by_due else (CaseFact.closed_day, until)
    here = within(session, person, scope, day, since, last)
    if code == "always_five":
        return and_(here, by_caller(since, until))
    if code == "together":
        return and_(here, together(session, here))
    if code == "late_pause":
        return and_(here, late_pause(session, here))
    if code == "recategorised":
        return and_(here, recategorised(session, here))
    return and_(here, SIMPLE[code]())


SIMPLE: Mapping[str, Callable[[], Conditions]] = MappingProxyType(
    {
        "unreached": unreached,
        "own_department": own_department,
        "just_before": just_before,
        "unfounded": unfounded,
    }
)
BY_DUE_DAY = ("late_pause", "recategorised")


def counts(session: Session, person: Person, scope: Scope, since: date, until: date) -> tuple[dict[str, int], int]:
    """Return how many cases each check notices, and how many ended in the period; a statement or two for each."""
    found = {}
    for code in CHECKS:
        asked = select(func.count()).select_from(CaseFact)
        found[code] = session.scalar(asked.where(noticed(session, person, code, scope, since, until))) or 0
    ended = within(session, person, scope, CaseFact.closed_day, since, until)
    return found, session.scalar(select(func.count()).select_from(CaseFact).where(ended)) or 0


def listed(
    session: Session, person: Person, code: str, scope: Scope, since: date, until: date
) -> Select[Complaint, CaseFact]:
    """Return a query of the complaints that a check notices, as far as `person` may see them."""
    condition = noticed(session, person, code, scope, since, until)
    asked = select(Complaint, CaseFact).join(CaseFact, CaseFact.complaint_id == Complaint.id)
    return asked.where(condition, access.within(session, person))


@dataclass(frozen=True, slots=True)
class Share:
    """How many cases of one community or person ended as unfounded, beside what the whole lets expect.

    `is_more`: more than chance explains.
    """

    code: int
    compared: Compared
    is_more: bool


def unfounded_shares(
    session: Session, person: Person, scope: Scope, since: date, until: date, way: Literal["community", "person"]
) -> list[Share]:
    """Return the shares of unfounded ones, adjusted for categories; by person only with the permission for it."""
    column = CaseFact.community_id if way == "community" else CaseFact.person_id
    if way == "person" and not permissions.reach(session, person, PEOPLE):
        return []
    here = within(session, person, reached(session, person, scope, way), CaseFact.closed_day, since, until)
    area = func.substr(CaseFact.category, 1, 2)
    asked = select(column, area, func.sum(case((unfounded(), 1), else_=0)), func.count())
    groups: dict[int, dict[str, Group]] = {}
    for code, category, hit, size in session.execute(asked.where(here, column.is_not(None)).group_by(column, area)):
        groups.setdefault(code, {})[category] = Group(hit, size)
    compared = funnel.compare(groups, "share")
    more = excess.found(compared)
    return [Share(code, each, code in more) for code, each in compared.items()]
