"""Complaints of many weeks, written directly: only their rows, without what was done; their facts follow."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import count

from sqlalchemy.orm import Session

from engine.complaints.core.complaint import Complaint

CHINA = timedelta(hours=8)
NEWEST = date(2026, 2, 23)
"""The Monday of the last whole week before the Monday on which tests begin."""

WEEK = timedelta(days=7)
_numbers = count(1)


def complained(
    session: Session, community_id: int, category: str, when: Iterable[tuple[date, int]], *, past: bool = False
) -> None:
    """Complaints of a category at a community, each with its day and hour in China."""
    for day, hour in when:
        at = datetime.combine(day, time(hour), UTC) - CHINA
        session.add(
            Complaint(
                number=f"T-{next(_numbers):06}",
                secret_hash="",
                community_id=community_id,
                kind="complaint",
                category=category,
                channel="phone",
                text="又坏了",
                received_at=at,
                status="registered",
                past=past,
            )
        )
    session.flush()


def weekly(each: int, weeks: int = 59, hour: int = 10, until: date = NEWEST) -> list[tuple[date, int]]:
    """So many in each of the weeks before `until`, on its first days."""
    begins = [until - number * WEEK for number in range(1, weeks + 1)]
    return [(begin + timedelta(days=at % 7), hour) for begin in begins for at in range(each)]


def newest(count_of: int, hour: int = 10, week: date = NEWEST) -> list[tuple[date, int]]:
    """So many in the newest week."""
    return [(week + timedelta(days=at % 7), hour) for at in range(count_of)]
