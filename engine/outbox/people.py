"""Who a letter goes to: looked up when it is sent, so that a new address is used and an old one is not kept."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine import absences
from engine.people import Person


@dataclass(frozen=True, slots=True)
class Recipient:
    """How to reach somebody, and in which language. Empty: not known."""

    name: str
    language: str = "zh"
    mail: str = ""
    phone: str = ""


Lookup = Callable[[Session, int], Recipient | None]
LOOKUPS: dict[str, Lookup] = {}


def recipient(kind: str) -> Callable[[Lookup], Lookup]:
    """Say how recipients of a kind are found: `@outbox.recipient("resident")`. None: nobody is there any more."""

    def keep(lookup: Lookup) -> Lookup:
        LOOKUPS[kind] = lookup
        return lookup

    return keep


@recipient("person")
def a_person(session: Session, person_id: int) -> Recipient | None:
    """Somebody of the staff who still works here; while they are away, whoever stands in for them."""
    person = session.get(Person, absences.substitute_of(session, person_id) or person_id)
    if person is None or person.retired_at is not None:
        return None
    return Recipient(person.name, person.language, person.mail, person.phone)
