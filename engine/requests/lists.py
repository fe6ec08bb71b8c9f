"""Lists of requests: found by number, phone, name or home, filtered, sorted, paged."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, union_all
from sqlalchemy.orm import Session

from engine.casework.cases import Case
from engine.company.people import Person
from engine.core import phones, secret_links
from engine.processes import versions
from engine.requests import access
from engine.requests.rows import Request, RequestContact

MOST = 1_000
FEWEST_DIGITS = 7
"""Fewest digits that are looked up as a phone number."""

NUMBER = re.compile(r"[A-Z0-9]+-[A-Z]-[0-9-]*")
"""The beginning of a number: nobody's name or home."""

LAST = "\uffff"

STATES = {"open": ("进行中", "Running"), "ended": ("已结束", "Ended")}
COLUMNS: dict[str, Any] = {"started": Request.started_at, "number": Request.number, "ended": Request.ended_at}
SHOWN = (
    *(Request.id, Request.number, Request.process, Request.community_id, Request.case_id, Request.started_at),
    *(Request.ended_at, Request.started_by_id, Request.origin, Case.status, Case.pin, Case.ended_in),
    *(RequestContact.place_text, RequestContact.person_name),
)


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a list; empty means everything. `mine`: only what the person started."""

    words: str = ""
    process: str = ""
    state: str = ""
    community_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    mine: bool = False
    sort: str = "started"
    descending: bool = True


@dataclass(frozen=True, slots=True)
class RequestPage:
    """One page; `total` is counted up to `MOST` + 1."""

    rows: Sequence[Any]
    total: int
    page: int


def fitting(
    session: Session, person: Person, filters: Filters, key: bytes, act: str = access.SEE
) -> Select[*tuple[Any, ...]]:
    """Return the matching requests within the person's reach. `key`: the installation's, to find a phone."""
    asked: Select[*tuple[Any, ...]] = (
        select(*SHOWN)
        .join(Case, Case.id == Request.case_id)
        .outerjoin(RequestContact, RequestContact.request_id == Request.id)
        .where(access.within(session, person, act))
    )
    return asked.where(*_conditions(session, person, filters, key))


def page(session: Session, person: Person, filters: Filters, key: bytes, *, number: int, size: int) -> RequestPage:
    """Return one page of the matching requests, in two statements."""
    asked = fitting(session, person, filters, key)
    some = asked.with_only_columns(Request.id).limit(MOST + 1).subquery()
    total = session.scalar(select(func.count()).select_from(some)) or 0
    pages = max(1, -(-min(total, MOST) // size))
    at = min(max(number, 1), pages)
    rows = session.execute(in_order(asked, filters).limit(size).offset((at - 1) * size)).all()
    return RequestPage(rows, total, at)


def in_order(asked: Select[*tuple[Any, ...]], filters: Filters) -> Select[*tuple[Any, ...]]:
    """Order as the filters say."""
    order = (COLUMNS[filters.sort], Request.id)
    return asked.order_by(*(each.desc() if filters.descending else each for each in order))


def _conditions(session: Session, person: Person, filters: Filters, key: bytes) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.words.strip():
        found.append(_said(filters.words.strip(), key))
    if filters.process:
        found.append(Request.process == filters.process)
    if filters.state:
        found.append(Request.ended_at.is_(None) if filters.state == "open" else Request.ended_at.is_not(None))
    if filters.community_id is not None:
        found.append(Request.community_id == filters.community_id)
    if filters.since is not None:
        found.append(Request.started_at >= filters.since)
    if filters.until is not None:
        found.append(Request.started_at < filters.until)
    if filters.mine:
        found.append(Request.started_by_id == person.id)
    return found


def _said(words: str, key: bytes) -> ColumnElement[bool]:
    """Return a condition: the number begins so, or the phone is this, or the name or the home has it in it.

    Each way finds its rows by itself: joined to the list with an or, none of them could use its index.
    """
    number = words.upper()
    ways: list[Select[int]] = [select(Request.id).where(Request.number >= number, Request.number < number + LAST)]
    contact = select(RequestContact.request_id)
    if len(phones.digits(words)) >= FEWEST_DIGITS:
        ways.append(contact.where(RequestContact.phone_hash == secret_links.phone_hash(key, words)))
    elif not NUMBER.fullmatch(number):
        named = RequestContact.person_name.contains(words, autoescape=True)
        ways.append(contact.where(named | RequestContact.place_text.contains(words, autoescape=True)))
    return Request.id.in_(union_all(*ways))


def result_of(session: Session, row: Any, language: str) -> str:
    """Return how a request ended: the name of the diagram's end, in one language; "" while it runs."""
    if row.ended_at is None or not row.ended_in:
        return ""
    element = versions.program(session, row.pin, row.process).elements.get(row.ended_in)
    if element is None:
        return ""
    return (element.properties.get("name_en", "") if language == "en" else "") or element.name
