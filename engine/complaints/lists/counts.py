"""Count complaints received and closed in a period, and open and late now, grouped in one of several ways."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, case, func, null, select
from sqlalchemy.orm import Session

from engine.company.people import Person
from engine.complaints.core.codes import Words
from engine.complaints.core.complaint import Complaint
from engine.complaints.homes.households import Household
from engine.complaints.lists import queries
from engine.complaints.lists.queries import Filters
from engine.core import clock

LONGEST = timedelta(days=366)
"""The longest period counted at once."""

WAYS: Words = {
    "community": ("小区", "Community"),
    "department": ("责任部门", "Department"),
    "area": ("一级分类", "Area"),
    "category": ("分类", "Category"),
    "channel": ("来源", "Channel"),
    "building": ("楼栋", "Building"),
}
HOME = "home"
"""Grouping within one building."""

HOMES = ("住户", "Household")
MOST_OF_HOMES = 20_000
"""By building and home, only this many of the newest complaints are counted: each has to be looked up."""

COLUMNS: Mapping[str, Any] = {
    "community": Complaint.community_id,
    "department": Complaint.department,
    "area": func.substr(Complaint.category, 1, 2),
    "category": Complaint.category,
    "channel": Complaint.channel,
}
MEASURED: Words = {
    "received": ("收到", "Received"),
    "closed": ("结案", "Closed"),
    "open": ("现在未结", "Open now"),
    "late": ("现在时限逾期", "Past a limit now"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """The numbers of one community, department, category or channel (`code`).

    The code of a building is its community's id and its name, that of a home its id; None: unknown.
    """

    code: Any
    received: int
    closed: int
    open: int
    late: int


def by(
    session: Session, person: Person, way: str, filters: Filters, *, key: bytes, building: str = ""
) -> Sequence[Row]:
    """Return the numbers within the person's reach, the most received first; four statements.

    `filters`: `since` and `until` are the period; community, department, category, kind and past narrow it. `building`:
    count only its homes, in the community of the filters.
    """
    period = (filters.since, filters.until)
    bare = replace(filters, since=None, until=None, status="", words="")
    asked = {
        "received": replace(bare, since=period[0], until=period[1]),
        "closed": replace(bare, closed_since=period[0], closed_until=period[1]),
        "open": replace(bare, status="open"),
        "late": replace(bare, status="late"),
    }
    found = {name: _count(session, person, way, each, key, building) for name, each in asked.items()}
    codes = {code for each in found.values() for code in each}
    rows = [Row(code, **{name: each.get(code, 0) for name, each in found.items()}) for code in codes]
    return sorted(rows, key=lambda row: (-row.received, -row.open, str(row.code)))


@dataclass(frozen=True, slots=True)
class Present:
    """How it stands: complaints received since a moment, and open and late now."""

    received: int
    open: int
    late: int


def present(session: Session, community_ids: Collection[int], since: datetime) -> Present:
    """Return how it stands in these communities, for whoever asks; two statements."""
    # SQLite would otherwise walk the index of each community or of the kind, instead of that of open ones.
    community, kind = (func.coalesce(each, null()) for each in (Complaint.community_id, Complaint.kind))
    there = community.in_(community_ids), kind == "complaint"
    received = session.scalar(select(func.count()).where(*there, Complaint.received_at >= since)) or 0
    late = func.count(case((Complaint.next_due_at < clock.now(), 1)))
    is_open, is_late = session.execute(select(func.count(), late).where(*there, Complaint.is_open)).one()
    return Present(received, is_open, is_late)


def _count(session: Session, person: Person, way: str, filters: Filters, key: bytes, building: str) -> dict[Any, int]:
    fits = queries.fitting(session, person, filters, key)
    if way in COLUMNS:
        # SQLite would otherwise walk every community's index to get them in order, instead of the period's.
        code = func.coalesce(COLUMNS[way], null()).label("code")
        asked = select(code, func.count()).where(fits).group_by(code)
        return {row[0]: row[1] for row in session.execute(asked)}
    newest = Complaint.closed_at if filters.closed_since is not None else Complaint.received_at
    some = select(Complaint.household_id).where(fits).order_by(newest.desc()).limit(MOST_OF_HOMES + 1)
    if way == HOME:
        return _of_homes(session, some, filters.community_id, building)
    return _of_buildings(session, some)


def _of_homes(session: Session, some: Select[Any], community_id: int | None, building: str) -> dict[Any, int]:
    there = select(Household.id).where(Household.community_id == community_id, Household.building == building)
    homes = some.where(Complaint.household_id.in_(there)).subquery()
    asked = select(homes.c.household_id, func.count()).group_by(homes.c.household_id)
    return {row[0]: row[1] for row in session.execute(asked)}


def _of_buildings(session: Session, some: Select[Any]) -> dict[Any, int]:
    homes = some.subquery()
    named = Household.community_id, Household.building
    asked = select(*named, func.count()).select_from(homes).outerjoin(Household, Household.id == homes.c.household_id)
    found: Counter[Any] = Counter()
    for community_id, building, count in session.execute(asked.group_by(*named)):
        found[(community_id, building) if building else None] += count
    return found


def period(filters: Filters, zone: ZoneInfo, usual: timedelta = timedelta(days=30)) -> Filters:
    """Return the filters with a period of whole days: the last thirty by default, never longer than `LONGEST`.

    Days given the wrong way round are a period too.
    """
    today = clock.now().astimezone(zone).date()
    since, until = filters.since, filters.until
    if since and until and since >= until:  # both are midnights: the last day ends with the next
        since, until = until - timedelta(days=1), since + timedelta(days=1)
    until = until or datetime.combine(today + timedelta(days=1), time(), zone)
    since = since or until - usual
    return replace(filters, since=max(min(since, until), until - LONGEST), until=until)
