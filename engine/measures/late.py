"""Why complaints are late: at which step they waited longest and for whom, and where lateness is more than chance."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Subquery, case, func, select
from sqlalchemy.orm import Session

from engine.casework.tasks import Task
from engine.company.people import Person
from engine.company.places import Place
from engine.complaints.core.complaint import Complaint
from engine.complaints.facts import CaseFact
from engine.core import clock
from engine.measures import excess, funnel
from engine.measures.funnel import Compared, Group
from engine.measures.narrowing import MOST_CASES, over, within
from engine.measures.scopes import Scope

BAND = 6
BANDS = tuple(range(24 // BAND))
"""Parts of the day by the hour received: 0 to 6, 6 to 12, 12 to 18, 18 to 24."""

BESIDE = ("callback", "supervision", "office_reply", "undo_over")
"""What steps count as that run beside the handling, or after the result was told."""


@dataclass(frozen=True, slots=True)
class Held:
    """Late complaints that waited longest at one step for one department or role.

    `hours`: their waiting there, all together; `by_band`: how many by the part of the day they were received in;
    `complaint_ids`: the newest of them.
    """

    element: str
    step: tuple[str, str]
    waited_for: str
    cases: int
    hours: float
    by_band: tuple[int, ...]
    complaint_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WhyLate:
    """The steps that held late complaints, the most first; of `late` complaints `looked_at` were looked into."""

    held: Sequence[Held]
    late: int
    due: int
    looked_at: int


@dataclass(frozen=True, slots=True)
class Cell:
    """Complaints of one category received in one part of the day: late ones and what the whole lets expect."""

    category: str
    band: int
    compared: Compared


@dataclass(frozen=True, slots=True)
class _Stay:
    """One late complaint at the step that held it longest."""

    complaint_id: int
    hour: int
    element: str
    step: tuple[str, str]
    waited_for: str
    length: timedelta


def why(session: Session, person: Person, scope: Scope, since: date, until: date) -> WhyLate:
    """Return where complaints due in the period that were late lost their time; three statements."""
    here = within(session, person, scope, CaseFact.due_day, since, over(session, until))
    late = func.sum(case((CaseFact.due_kept.is_(False), 1), else_=0))
    decided = func.sum(case((CaseFact.due_kept.is_not(None), 1), else_=0))
    counted = session.execute(select(late, decided).where(here)).one()
    newest = (
        select(CaseFact.complaint_id, CaseFact.received_hour, Complaint.case_id)
        .join(Complaint, Complaint.id == CaseFact.complaint_id)
        .where(here, CaseFact.due_kept.is_(False), Complaint.case_id.is_not(None))
        .order_by(CaseFact.due_day.desc(), CaseFact.complaint_id.desc())
        .limit(MOST_CASES)
        .subquery()
    )
    stays = _longest(session, newest)
    return WhyLate(_held(stays), counted[0] or 0, counted[1] or 0, len(stays))


def _longest(session: Session, newest: Subquery) -> list[_Stay]:
    late = newest.c
    asked = (
        select(
            late.complaint_id, late.received_hour, Task.element, Task.name, Task.name_en, Task.role, Place.kind,
            Place.code, Task.opened_at, Task.closed_at,
        )
        .join(Task, Task.case_id == late.case_id)
        .join(Place, Place.id == Task.place_id)
        .where(Task.counts_as.not_in(BESIDE), Task.state != "cancelled")
    )  # fmt: skip
    now, found = clock.now(), dict[int, _Stay]()
    for row in session.execute(asked):
        length = (row.closed_at or now) - row.opened_at
        if row.complaint_id not in found or length > found[row.complaint_id].length:
            whom = row.code if row.kind == "department" else row.role or row.code
            found[row.complaint_id] = _Stay(
                row.complaint_id, row.received_hour, row.element, (row.name, row.name_en), whom, length
            )
    return sorted(found.values(), key=lambda each: -each.complaint_id)


def _held(stays: Iterable[_Stay]) -> list[Held]:
    grouped: dict[tuple[str, str], list[_Stay]] = {}
    for each in stays:
        grouped.setdefault((each.element, each.waited_for), []).append(each)
    found = []
    for (element, whom), mine in grouped.items():
        bands = Counter(each.hour // BAND for each in mine)
        hours = sum(each.length.total_seconds() for each in mine) / 3600
        ids = tuple(each.complaint_id for each in mine)
        found.append(
            Held(element, mine[0].step, whom, len(mine), hours, tuple(bands[band] for band in BANDS), ids[:200])
        )
    return sorted(found, key=lambda each: (-each.cases, -each.hours))


def standing_out(session: Session, person: Person, scope: Scope, since: date, until: date) -> list[Cell]:
    """Return the categories and parts of the day with more late complaints than their mix of urgency explains.

    One statement.
    """
    here = within(session, person, scope, CaseFact.due_day, since, over(session, until))
    band = CaseFact.received_hour // BAND
    late = func.sum(case((CaseFact.due_kept.is_(False), 1), else_=0))
    asked = select(CaseFact.category, band, CaseFact.urgency, late, func.count())
    asked = asked.where(here, CaseFact.due_kept.is_not(None)).group_by(CaseFact.category, band, CaseFact.urgency)
    cells: dict[tuple[str, int], dict[str, Group]] = {}
    for category, part, urgency, hit, size in session.execute(asked):
        cells.setdefault((category, int(part)), {})[urgency or ""] = Group(hit, size)
    compared = funnel.compare(cells, "share")
    return [Cell(*name, compared[name]) for name in excess.found(compared)]
