"""Lists of complaints: found by number, phone, household or words, filtered, sorted, a page at a time."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine import clock
from engine.complaints import access, links
from engine.complaints.complaint import Complaint
from engine.complaints.deadlines import Deadline
from engine.complaints.households import Household
from engine.people import Person

PER_PAGE = 30
MOST_PER_PAGE = 200
MOST_WORDS = 5
PHONE = re.compile(r"[+(]?[0-9][0-9 ()-]{5,24}")

SORTS: Mapping[str, InstrumentedAttribute[Any]] = {
    "due": Complaint.next_due_at,
    "received": Complaint.received_at,
    "number": Complaint.number,
    "closed": Complaint.closed_at,
    "level": Complaint.level,
    "category": Complaint.category,
    "status": Complaint.status,
}
SOMETIMES = frozenset({"due", "closed"})
"""What not every complaint has; those without it come last, whichever way the list is sorted."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; empty means everything.

    `status`: "open", "late" or a code of `words.STATUSES`. `since` and `until`: received from (included) to (not).
    `sort`: a key of `SORTS`, a minus before it for the other way round.
    """

    words: str = ""
    status: str = ""
    kind: str = ""
    category: str = ""
    urgency: str = ""
    outcome: str = ""
    channel: str = ""
    department: str = ""
    community_id: int | None = None
    household_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    sort: str = "-received"
    page: int = 1
    per_page: int = PER_PAGE


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, and how many there are in all. `due`: the running limit that ends first, by complaint."""

    rows: Sequence[Complaint]
    total: int
    page: int
    pages: int
    due: Mapping[int, Deadline]


def search(session: Session, person: Person, filters: Filters, *, key: bytes) -> Page:
    """The complaints that `person` may see and that fit, in three statements. `key`: to find by phone number."""
    fits = and_(access.within(session, person), *conditions(filters, key))
    total = session.scalar(select(func.count()).select_from(Complaint).where(fits)) or 0
    size = min(max(filters.per_page, 1), MOST_PER_PAGE)
    pages = max(1, -(-total // size))
    page = min(max(filters.page, 1), pages)
    asked = _sorted(select(Complaint).where(fits), filters.sort).limit(size).offset((page - 1) * size)
    rows = list(session.scalars(asked))
    return Page(rows, total, page, pages, soonest_due(session, [row.id for row in rows if row.is_open]))


def conditions(filters: Filters, key: bytes) -> list[ColumnElement[bool]]:
    """What the filters ask of a complaint."""
    found: list[ColumnElement[bool]] = []
    for name in ("kind", "urgency", "outcome", "channel", "department", "community_id", "household_id"):
        value = getattr(filters, name)
        if value not in ("", None):
            found.append(getattr(Complaint, name) == value)
    if filters.category:
        found.append(Complaint.category.startswith(filters.category, autoescape=True))
    if filters.since is not None:
        found.append(Complaint.received_at >= filters.since)
    if filters.until is not None:
        found.append(Complaint.received_at < filters.until)
    if filters.status:
        found.append(_status(filters.status))
    return found + [_holds(word, key) for word in _words(filters.words)]


def _words(typed: str) -> list[str]:
    """The first few words; a phone number with blanks in it is one."""
    return ["".join(typed.split())] if PHONE.fullmatch(typed.strip()) else typed.split()[:MOST_WORDS]


def _status(status: str) -> ColumnElement[bool]:
    if status == "open":
        return and_(Complaint.is_open)
    if status == "late":
        return and_(Complaint.is_open, Complaint.next_due_at < clock.now())
    return Complaint.status == status


def _holds(word: str, key: bytes) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = [
        Complaint.number.startswith(links.plain_number(word), autoescape=True),
        Complaint.person_name == word,
        Complaint.place_text.contains(word, autoescape=True),
        Complaint.text.contains(word, autoescape=True),
        Complaint.household_id.in_(select(Household.id).where(Household.label.contains(word, autoescape=True))),
    ]
    if PHONE.fullmatch(word):
        ways.append(Complaint.phone_hash == links.phone_hash(key, word))
    return or_(*ways)


def _sorted(asked: Select[Any], sort: str) -> Select[Any]:
    name = sort.removeprefix("-")
    column = SORTS.get(name, Complaint.received_at)
    down = sort.startswith("-") or name not in SORTS
    first = column.desc() if down else column.asc()
    if name in SOMETIMES:
        first = first.nulls_last()
    newest = sort == "due" or down  # among those without a limit the newest is shown first
    return asked.order_by(first, *([Complaint.received_at.desc()] if sort == "due" else []), _by_id(newest))


def _by_id(down: bool) -> ColumnElement[int]:
    return Complaint.id.desc() if down else Complaint.id.asc()


def soonest_due(session: Session, ids: Sequence[int]) -> dict[int, Deadline]:
    """Of each complaint, the running limit that ends first."""
    found: dict[int, Deadline] = {}
    asked = select(Deadline).where(
        Deadline.complaint_id.in_(ids), Deadline.met_at.is_(None), Deadline.ended_at.is_(None)
    )
    for deadline in session.scalars(asked.order_by(Deadline.due_at)) if ids else ():
        found.setdefault(deadline.complaint_id, deadline)
    return found


def of_household(session: Session, person: Person, complaint: Complaint, limit: int = 10) -> list[Complaint]:
    """Other complaints of the same household, or from the same phone, newest first: has it come up before?"""
    same = [Complaint.household_id == complaint.household_id] if complaint.household_id else []
    same += [Complaint.phone_hash == complaint.phone_hash] if complaint.phone_hash else []
    if not same:
        return []
    asked = select(Complaint).where(or_(*same), Complaint.id != complaint.id, access.within(session, person))
    return list(session.scalars(asked.order_by(Complaint.received_at.desc()).limit(limit)))
