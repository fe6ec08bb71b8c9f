"""Who may change the company, and how a change is recorded: who, what, from what to what."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from engine import history
from engine.company import permissions, places
from engine.company.people import Person
from engine.history import NewEntry

ACT = "company.edit"
LONGEST_KEPT = 200


def require(session: Session, by: Person, act: str = ACT) -> None:
    """Raise unless `by` may do `act` for the whole company: `NotPermitted`, or `NotFound`."""
    permissions.require(session, by, act, places.company(session).id)


def may(session: Session, person: Person, act: str = ACT) -> bool:
    """Return whether the person may do `act` for the whole company."""
    return permissions.reach(session, person, act).everything


def differing(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, list[object]]:
    """Return what changed, by field: [from, to]. Only for texts of the company, never for personal data."""
    found = {}
    for name, value in after.items():
        if before.get(name) != value:
            found[name] = [_short(before.get(name)), _short(value)]
    return found


def _short(value: object) -> object:
    return value[:LONGEST_KEPT] if isinstance(value, str) else value


def record(session: Session, by: Person, kind: str, facts: Mapping[str, object], note: str | None = None) -> None:
    """Write a change to the company's record; `note` for text that may have to be erased later."""
    session.flush()
    history.add(session, history.company(session), [NewEntry(kind, by.id, None, facts, note)])
