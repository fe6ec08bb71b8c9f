"""Who a letter goes to: looked up when it is sent, so that a new address is used and an old one is not kept."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.company import absences
from engine.company.people import Person


@dataclass(frozen=True, slots=True)
class Recipient:
    """How to reach somebody, and in which language. Empty: not known."""

    name: str
    language: str = "zh"
    mail: str = ""
    phone: str = ""


Lookup = Callable[[Session, int, int | None], Recipient | None]
"""Finds who is meant: by id, and the case that the letter is about."""

LOOKUPS: dict[str, Lookup] = {}
Secret = Callable[[Session, int, int], bool]
SECRETS: list[Secret] = []


def secret(rule: Secret) -> Secret:
    """Register what is kept from people: whether nobody tells the person (third) of the case (second)."""
    SECRETS.append(rule)
    return rule


def recipient(kind: str) -> Callable[[Lookup], Lookup]:
    """Say how recipients of a kind are found: `@outbox.recipient("resident")`. None: nobody is there any more."""

    def keep(lookup: Lookup) -> Lookup:
        LOOKUPS[kind] = lookup
        return lookup

    return keep


@recipient("person")
def a_person(session: Session, person_id: int, case_id: int | None) -> Recipient | None:
    """Somebody of the staff who still works here; while they are away, whoever stands in for them and may know of it."""
    substitute = absences.substitute_of(session, person_id)
    if substitute is not None and case_id is not None and any(rule(session, case_id, substitute) for rule in SECRETS):
        substitute = None
    person = session.get(Person, substitute or person_id)
    if person is None or person.retired_at is not None:
        return None
    return Recipient(person.name, person.language, person.mail, person.phone)
