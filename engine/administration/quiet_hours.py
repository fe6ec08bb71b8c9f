"""When a company's staff may be disturbed, changed and recorded."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from engine.administration.recording import differing, record, require
from engine.company.people import Person
from engine.letters import rules
from engine.letters.rules import Rules, clock_time


def keep(session: Session, by: Person, wanted: Rules) -> None:
    """Set the rules. Raises `Invalid` naming the fields, `NotFound` for messages that do not exist."""
    require(session, by)
    before = rules.of(session)
    rules.change(session, wanted)
    if changed := differing(_said(before), _said(wanted)):
        record(session, by, "quiet_hours.changed", {"changed": changed})


def _said(known: Rules) -> Mapping[str, object]:
    quiet, widest = ("–".join(clock_time(each) for each in span) for span in (known.quiet, known.widest))
    numbers = {"apart": known.apart, "few": known.few, "free_days": known.free_days}
    return {"quiet": quiet, "widest": widest, **numbers, "disturbing": sorted(known.disturbing)}
