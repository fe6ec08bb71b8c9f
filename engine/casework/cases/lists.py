"""Lists of cases of every process: found by number or process, filtered, paged, exported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from engine.casework.cases.rows import Case
from engine.company import permissions
from engine.company.people import Person

ACT = "incident.see"
MOST = 1_000
STATES = {
    "running": ("进行中", "Running"),
    "stopped": ("因异常停住", "Stopped by a failure"),
    "ended": ("已结束", "Ended"),
}
SHOWN = (Case.id, Case.process, Case.business_key, Case.place_id, Case.status, Case.started_at, Case.ended_at)
"""Columns a list reads of a case: never its state, which is large."""


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of the list; empty means everything. `number`: the start of the business key."""

    number: str = ""
    process: str = ""
    status: str = ""
    community_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    oldest_first: bool = False


@dataclass(frozen=True, slots=True)
class CasePage:
    """One page; `total` is counted up to `MOST` + 1."""

    rows: Sequence[Any]
    total: int
    pages: int
    page: int


def cut(
    session: Session, asked: Select[*tuple[Any, ...]], filters: Filters, *, page: int = 1, size: int = 25
) -> CasePage:
    """Return one page of the requested cases, in two statements."""
    some = asked.with_only_columns(Case.id).limit(MOST + 1).subquery()
    total = session.scalar(select(func.count()).select_from(some)) or 0
    pages = max(1, -(-min(total, MOST) // size))
    number = min(max(page, 1), pages)
    rows = session.execute(in_order(asked, filters).limit(size).offset((number - 1) * size)).all()
    return CasePage(rows, total, pages, number)


def fitting(session: Session, person: Person, filters: Filters) -> Select[*tuple[Any, ...]]:
    """Return the matching cases within the person's reach."""
    reach = permissions.reach(session, person, ACT)
    asked: Select[*tuple[Any, ...]] = select(*SHOWN).where(permissions.within(reach, Case.place_id))
    return asked.where(*_conditions(filters))


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.number:
        key = filters.number.strip().upper()
        found += [Case.business_key >= key, Case.business_key < key + "\uffff"]
    if filters.process:
        found.append(Case.process == filters.process)
    if filters.status:
        found.append(Case.status == filters.status)
    if filters.community_id is not None:
        found.append(Case.place_id == filters.community_id)
    if filters.since is not None:
        found.append(Case.started_at >= filters.since)
    if filters.until is not None:
        found.append(Case.started_at < filters.until)
    return found


def in_order(asked: Select[*tuple[Any, ...]], filters: Filters) -> Select[*tuple[Any, ...]]:
    """Order by start, newest first."""
    order = (Case.started_at, Case.id)
    return asked.order_by(*(each if filters.oldest_first else each.desc() for each in order))
