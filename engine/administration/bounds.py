"""Thresholds a company sets: when something is a repeat, a group, or stuck."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from engine.administration.recording import differing, record, require
from engine.company.people import Person
from engine.complaints.limits import thresholds
from engine.core.errors import Invalid

LONGEST = 6


def keep(session: Session, by: Person, typed: Mapping[str, str]) -> None:
    """Set all thresholds as typed, by code. Raises `Invalid` naming each that is not a number within its bounds."""
    require(session, by)
    before = dict(thresholds.of(session))
    wrong: dict[str, tuple[str, str]] = {}
    for code in thresholds.KNOWN:
        number = typed.get(code, "").strip()
        try:
            thresholds.change(session, code, int(number) if number.isdecimal() and len(number) <= LONGEST else -1)
        except Invalid as refused:
            wrong |= refused.fields
    set_now = thresholds.of(session)
    if not wrong and set_now["homes_middle"] >= set_now["homes_large"]:
        zh, en = "大小区的户数要比中等小区的多。", "A large community has more homes than a middle-sized one."
        wrong["homes_large"] = (zh, en)
    if wrong:
        raise Invalid(wrong)
    if changed := differing(before, thresholds.of(session)):
        record(session, by, "threshold.changed", {"changed": changed})
