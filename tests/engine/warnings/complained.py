"""Complaints of many weeks, written directly as they are counted: one row and one fact each."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from engine.complaints.core.complaint import Complaint
from engine.complaints.facts.rows import CaseFact
from engine.core.store import table_of

CHINA = timedelta(hours=8)
NEWEST = date(2026, 2, 23)
"""The Monday of the last whole week before the Monday on which tests begin."""

WEEK = timedelta(days=7)
BLANK: dict[type, Any] = {int: 0, str: "", bool: False, datetime: datetime(2026, 1, 1, tzinfo=UTC), dict: {}, list: []}
_numbers = count(1)


def blank(table: Table) -> dict[str, Any]:
    """A row with nothing in it, for the columns that need something."""
    needed = [each for each in table.columns if not each.nullable and not each.primary_key]
    return {each.name: BLANK.get(each.type.python_type) for each in needed}


def complained(session: Session, community_id: int, category: str, when: Iterable[tuple[date, int]]) -> None:
    """Complaints of a category at a community, each with its day and hour in China."""
    rows, facts = [], []
    for day, hour in when:
        number = next(_numbers)
        at = datetime.combine(day, time(hour), UTC) - CHINA
        same = {"community_id": community_id, "kind": "complaint", "category": category, "received_at": at}
        rows.append({**blank(table_of(Complaint)), **same, "id": 10_000 + number, "number": f"T-{number:06}"})
        told = {"received_day": day, "received_hour": hour, "channel": "phone"}
        facts.append({**blank(table_of(CaseFact)), **same, **told, "complaint_id": 10_000 + number})
    if rows:
        session.execute(insert(Complaint), rows)
        session.execute(insert(CaseFact), facts)


def weekly(each: int, weeks: int = 59, hour: int = 10, until: date = NEWEST) -> list[tuple[date, int]]:
    """So many in each of the weeks before `until`, on its first days."""
    begins = [until - number * WEEK for number in range(1, weeks + 1)]
    return [(begin + timedelta(days=at % 7), hour) for begin in begins for at in range(each)]


def newest(count_of: int, hour: int = 10, week: date = NEWEST) -> list[tuple[date, int]]:
    """So many in the newest week."""
    return [(week + timedelta(days=at % 7), hour) for at in range(count_of)]
