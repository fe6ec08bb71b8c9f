"""Recipients of letters: looked up when a letter is sent, so that addresses are current and not stored."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company import absences
from engine.company.people import Person
from engine.core.memo import remembered

if TYPE_CHECKING:
    from engine.letters.browsers import Subscription


@dataclass(frozen=True, slots=True)
class Recipient:
    """How to reach somebody, and in which language. Empty: not known. `link`: their own page, for their eyes only;
    `browser`: one browser of theirs alone; `person_id`: who of the staff it is."""

    name: str
    language: str = "zh"
    mail: str = ""
    phone: str = ""
    link: str = ""
    browser: "Subscription | None" = None
    person_id: int | None = None


Lookup = Callable[[Session, int, int | None], Recipient | None]
"""Finds a recipient, by id and the case of the letter."""

LOOKUPS: dict[str, Lookup] = {}
Secret = Callable[[Session, int, int], bool]
SECRETS: list[Secret] = []


def secret(rule: Secret) -> Secret:
    """Register a check for secrets: whether the case (second) is kept from the person (third)."""
    SECRETS.append(rule)
    return rule


def recipient(kind: str) -> Callable[[Lookup], Lookup]:
    """Register how recipients of a kind are found: `@outbox.recipient("resident")`. None: there is nobody any more."""

    def keep(lookup: Lookup) -> Lookup:
        LOOKUPS[kind] = lookup
        return lookup

    return keep


@recipient("person")
def a_person(session: Session, person_id: int, case_id: int | None) -> Recipient | None:
    """Return an active member of the staff, or while they are away the substitute, if that one may know of it."""
    substitute = _substitute(session, person_id)
    if substitute is not None and case_id is not None and any(rule(session, case_id, substitute) for rule in SECRETS):
        substitute = None
    person = session.get(Person, substitute or person_id)
    if person is None or person.retired_at is not None:
        return None
    return Recipient(person.name, person.language, person.mail, person.phone, person_id=person.id)


@dataclass
class Known:
    """The staff to whom a session sends letters: who stands in for them, and the rows of all of these."""

    substitutes: dict[int, int | None] = field(default_factory=dict)
    people: dict[int, Person] = field(default_factory=dict)


def know(session: Session, person_ids: Collection[int]) -> None:
    """Read these people and their substitutes at once: `a_person` costs no statement for them afterwards."""
    kept = remembered(session, Known)
    away = absences.now_away(session, person_ids)
    ids = {*person_ids, *(each.substitute_id for each in away.values())}
    kept.people |= {each.id: each for each in session.scalars(select(Person).where(Person.id.in_(ids)))}
    for person_id in person_ids:
        substitute = kept.people.get(away[person_id].substitute_id) if person_id in away else None
        kept.substitutes[person_id] = substitute.id if substitute and substitute.retired_at is None else None


def _substitute(session: Session, person_id: int) -> int | None:
    kept = remembered(session, Known).substitutes
    return kept[person_id] if person_id in kept else absences.substitute_of(session, person_id)
