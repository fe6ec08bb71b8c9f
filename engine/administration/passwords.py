"""Passwords that an administrator lets somebody set anew: recorded, and told to whoever it concerns."""

from sqlalchemy.orm import Session

from engine import letters
from engine.company import staff
from engine.company.people import Person
from engine.core import clock


def reset(session: Session, by: Person, person_id: int) -> str:
    """Return a token to set a password once, and tell its owner. Raises like `staff.reset`."""
    token = staff.reset(session, by, person_id)
    _tell(session, "password_link", person_id)
    return token


def redeem(session: Session, token: str, password: str) -> Person:
    """Set the password that a link allows, and tell its owner. Raises `LinkExpired` or `Invalid`."""
    person = staff.redeem(session, token, password)
    _tell(session, "password_set", person.id)
    return person


def _tell(session: Session, template: str, person_id: int) -> None:
    letters.put(session, f"{template}:{person_id}:{clock.now().isoformat()}", template, ("person", person_id), {})
