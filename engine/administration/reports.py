"""When reports are made by themselves, and who gets those that were signed."""

from collections.abc import Callable, Collection, Mapping

from sqlalchemy.orm import Session

from engine.administration.recording import differing, record, require
from engine.company.people import Person
from engine.core.errors import Invalid
from engine.reports import addresses, mailing, plans
from engine.reports.making import LEVELS
from engine.reports.periods import KINDS

LONGEST = 3


def fields() -> list[tuple[str, str]]:
    """Return every kind and level that can have a day."""
    return [(kind, level) for kind in KINDS for level in LEVELS]


def keep(session: Session, by: Person, typed: Mapping[str, str], readers: Collection[int]) -> None:
    """Set the days as typed, by `kind_level` (nothing: by hand only), and the readers. Raises `Invalid` naming each."""
    require(session, by)
    before = _told(session)
    days = {each: _day(typed.get("_".join(each), "").strip()) for each in fields()}
    wrong: dict[str, tuple[str, str]] = {}
    try:
        plans.keep(session, days)
    except Invalid as refused:
        wrong |= refused.fields
    try:
        mailing.keep_readers(session, readers)
    except Invalid as refused:
        wrong |= refused.fields
    if wrong:
        raise Invalid(wrong)
    if changed := differing(before, _told(session)):
        record(session, by, "report.planned", {"changed": changed})


def add_address(session: Session, by: Person, place_id: int, typed: Mapping[str, str]) -> None:
    """Mail the signed reports of a place to an address outside. Raises `Invalid` naming the fields, `Conflict`."""
    _change(session, by, lambda: addresses.add(session, place_id, typed))


def remove_address(session: Session, by: Person, address_id: int) -> None:
    """Mail nothing to an address any more. Raises `NotFound`."""
    _change(session, by, lambda: addresses.remove(session, address_id))


def _change(session: Session, by: Person, change: Callable[[], object]) -> None:
    require(session, by)
    before = _told(session)
    change()
    record(session, by, "report.planned", {"changed": differing(before, _told(session))})


def _day(typed: str) -> int | None:
    if not typed:
        return None
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= LONGEST else 0


def _told(session: Session) -> dict[str, object]:
    days = plans.of(session)
    told: dict[str, object] = {"_".join(each): days.get(each) for each in fields()}
    outside = ", ".join(str(each.id) for each in addresses.every(session))
    return {**told, "readers": ", ".join(str(each.id) for each in mailing.readers(session)), "addresses": outside}
