"""The lists that forms offer as choices, in the small company of the scenarios."""

from collections.abc import Callable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company import roles
from engine.company.people import Person
from engine.complaints.core import categories
from engine.complaints.homes.buildings import Building
from engine.forms import Choice, Form, Words

Choices = tuple[Choice, ...]


def offered(session: Session, form: Form) -> dict[str, Choices]:
    """Return the choices of the named lists that a form uses."""
    wanted = {field.choices_from for field in form.every if field.choices_from}
    return {name: MAKERS[name](session) for name in sorted(wanted & MAKERS.keys())}


def _departments(session: Session) -> Choices:
    known = roles.of(session).offered_departments.values()
    return tuple(Choice(each.code, Words(each.name, each.name_en)) for each in known)


def _categories(session: Session) -> Choices:
    known = categories.known(session).values()
    return tuple(Choice(each.code, Words(each.name, each.name_en)) for each in known)


def _people(session: Session) -> Choices:
    return tuple(Choice(each.login, Words(each.name, each.name_en)) for each in session.scalars(select(Person)))


def _buildings(session: Session) -> Choices:
    names = session.scalars(select(Building.name).order_by(Building.id))
    return tuple(Choice(name, Words(name, name)) for name in names)


MAKERS: Mapping[str, Callable[[Session], Choices]] = {
    "departments": _departments,
    "categories": _categories,
    "people": _people,
    "buildings": _buildings,
}
