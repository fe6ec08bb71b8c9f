"""Who handled complaints: the people whose figures can be asked for, by those who may."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company.people import Person
from engine.complaints.facts import CaseFact
from engine.measures.definitions import COUNTED
from engine.measures.scopes import Scope, conditions, reached

MOST = 300


def of(session: Session, person: Person, scope: Scope, since: date, until: date) -> Sequence[Person]:
    """Return who handled complaints received in the period, by name, at most `MOST`; one statement.

    Whoever the scope is narrowed to does not narrow it here. Raises `NotPermitted` where they may not see people's
    figures.
    """
    here = conditions(replace(reached(session, person, scope, "person"), person_id=None))
    ids = select(CaseFact.person_id).where(
        CaseFact.received_day >= since, CaseFact.received_day < until, COUNTED, *here
    )
    asked = select(Person).where(Person.id.in_(ids)).order_by(Person.name, Person.id).limit(MOST)
    return session.scalars(asked).all()


def find(session: Session, person: Person, id: int) -> Person | None:
    """Return who that is, if they ever handled a complaint where `person` may see people's figures; one statement.

    Raises `NotPermitted` where they may see nobody's.
    """
    here = conditions(reached(session, person, Scope(person_id=id), "person"))
    handled = select(CaseFact.complaint_id).where(*here).exists()
    return session.scalar(select(Person).where(Person.id == id, handled))
