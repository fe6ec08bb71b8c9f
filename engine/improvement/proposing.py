"""Improvements that begin by themselves: what complaints look like at each community, held against the company's table.

The table `improvement_starts` gets, for each finding: `kind`, `figure`, `count` (complaints of the category in the
time), `category` and `area`; it answers `start` and `department`. A category that is being improved there, or was
lately, starts nothing. How far back is looked, how many begin and what is lately: the thresholds `improvement_…`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from engine.company import calendars, places, roles
from engine.complaints import facts
from engine.complaints.core import categories
from engine.complaints.core.complaint import Complaint
from engine.complaints.facts import CaseFact
from engine.complaints.limits import thresholds
from engine.core import clock
from engine.improvement import starting
from engine.improvement.rows import Improvement, ImprovementGoal
from engine.processes import topics, versions

DECISION = "improvement_starts"


@dataclass(frozen=True, slots=True)
class Finding:
    """What stands out at a community: the `kind` of finding, its figure, and the complaints that it stands on."""

    community_id: int
    kind: str
    category: str
    figure: Decimal
    count: int
    building: str = ""


KINDS = ("share", "place", "second", "reopened", "unfounded")
"""Share of a category (percent), complaints at one building, second complaints, third reopenings, unfounded ones."""


def propose(session: Session) -> list[Improvement]:
    """Begin what the table asks for, the strongest finding of a community first; in one transaction."""
    model = versions.tables_today(session, starting.PROCESS).get(DECISION)
    if model is None or not facts.are_complete(session):
        return []
    begun, held, most = [], _held(session), thresholds.of(session)["improvement_most"]
    for finding in _strongest_first(session):
        area = (known := categories.known(session).get(finding.category)) and known.parent
        asked = {
            "kind": finding.kind,
            "figure": finding.figure,
            "count": Decimal(finding.count),
            "category": finding.category,
            "area": area or finding.category,
        }
        said = model.decide(DECISION, asked, {}).value
        if not isinstance(said, dict) or said.get("start") is not True or not _is_free(finding, held, most):
            continue
        found = _behind(session, finding)
        department = str(said.get("department") or _usual_department(found))
        if department not in roles.of(session).offered_departments or not _has(session, finding, department):
            continue
        title = starting.title_from(session, found[0], None)
        begun.append(
            starting.begin(
                session, title, department, finding.community_id, found, cause=None, by=None, origin="rule"
            )
        )  # fmt: skip
        held.append((finding.community_id, finding.category, True))
    return begun


def _strongest_first(session: Session) -> list[Finding]:
    return sorted(findings(session), key=lambda each: (-each.count, each.community_id, each.category, each.kind))


def findings(session: Session) -> Iterator[Finding]:
    """Yield what stands out at each community; five statements."""
    today = clock.now().astimezone(calendars.of(session, None).zone).date()
    open_now = {each.id for each in places.known_communities(session) if each.code != places.UNASSIGNED}
    set_by = thresholds.of(session)
    since = today - timedelta(days=set_by["improvement_span"])
    counts = _counted(session, CaseFact.received_day >= since)
    whole: dict[int, int] = {}
    for (community_id, _category), count in counts.items():
        whole[community_id] = whole.get(community_id, 0) + count
    for (community_id, category), count in counts.items():
        if community_id in open_now:
            share = Decimal(round(100 * count / whole[community_id]))
            yield Finding(community_id, "share", category, share, count)
    for kind, which in (
        ("second", CaseFact.again_home.is_(True) & (CaseFact.closed_day >= since)),
        ("reopened", (CaseFact.rounds > 3) & (CaseFact.received_day >= since)),
        ("unfounded", (CaseFact.outcome == "unfounded") & (CaseFact.received_day >= since)),
    ):
        for (community_id, category), figure in _counted(session, which).items():
            if community_id in open_now:
                count = counts.get((community_id, category), figure)
                yield Finding(community_id, kind, category, Decimal(figure), count)
    yield from _places(session, today - timedelta(days=set_by["improvement_place_span"]), open_now)


def _counted(session: Session, which: ColumnElement[bool]) -> dict[tuple[int, str], int]:
    asked = select(CaseFact.community_id, CaseFact.category, func.count()).where(which, *_real())
    rows = session.execute(asked.group_by(CaseFact.community_id, CaseFact.category))
    return {(community_id, category): count for community_id, category, count in rows}


def _places(session: Session, since: date, open_now: set[int]) -> Iterator[Finding]:
    columns = (CaseFact.community_id, CaseFact.category, CaseFact.building)
    asked = select(*columns, func.count()).where(CaseFact.received_day >= since, CaseFact.building != "", *_real())
    for community_id, category, building, count in session.execute(asked.group_by(*columns).having(func.count() > 1)):
        if community_id in open_now:
            yield Finding(community_id, "place", category, Decimal(count), count, building)


def _real() -> tuple[ColumnElement[bool], ...]:
    return CaseFact.kind == "complaint", CaseFact.past.is_(False)


def _held(session: Session) -> list[tuple[int, str | None, bool]]:
    """Return what is being improved or was lately: community, category (None: any), and whether a rule began it today."""
    now, quiet = clock.now(), timedelta(days=thresholds.of(session)["improvement_quiet"])
    first = select(ImprovementGoal.category).where(ImprovementGoal.improvement_id == Improvement.id)
    goal = first.order_by(ImprovementGoal.round.desc()).limit(1).scalar_subquery()
    rows = session.execute(
        select(Improvement.id, Improvement.community_id, goal, Improvement.origin, Improvement.started_at).where(
            Improvement.ended_at.is_(None) | (Improvement.ended_at > now - quiet)
        )
    ).all()
    about = starting.categories_of(session, [row[0] for row in rows])
    lately = now - timedelta(hours=20)
    return [
        (community_id, category or each, origin == "rule" and started > lately)
        for improvement_id, community_id, category, origin, started in rows
        for each in (about.get(improvement_id) or [""])
    ]


def _is_free(finding: Finding, held: list[tuple[int, str | None, bool]], most: int) -> bool:
    mine = [(category, today) for community_id, category, today in held if community_id == finding.community_id]
    return sum(today for _category, today in mine) < most and finding.category not in {each for each, _today in mine}


def _behind(session: Session, finding: Finding) -> list[Complaint]:
    asked = select(Complaint).join(CaseFact, CaseFact.complaint_id == Complaint.id)
    asked = asked.where(CaseFact.community_id == finding.community_id, CaseFact.category == finding.category, *_real())
    if finding.building:
        asked = asked.where(CaseFact.building == finding.building)
    return list(session.scalars(asked.order_by(Complaint.received_at.desc()).limit(starting.MOST_COMPLAINTS)))


def _usual_department(found: list[Complaint]) -> str:
    named = [each.department for each in found if each.department]
    return max(set(named), key=named.count) if named else ""


def _has(session: Session, finding: Finding, department: str) -> bool:
    return any(each.code == department for each in places.departments(session, finding.community_id))


topics.asks(
    DECISION,
    of=starting.PROCESS,
    reads=("start", "department"),
    given=("kind", "figure", "count", "category", "area"),
    codes={"kind": KINDS},
)
