"""The lists that forms offer as choices: departments, categories, people, buildings (`valuesFrom`)."""

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company import absences, people, places, roles
from engine.company.people import Holding, Person
from engine.company.places import Place
from engine.complaints.core import categories
from engine.complaints.core.categories import KnownCategory
from engine.complaints.homes import locations
from engine.core import master_data
from engine.forms import Choice, Form, Words

AWAY = Words("（现在不在岗）", " (away now)")

Choices = Mapping[str, tuple[Choice, ...]]


def offered(session: Session, form: Form, community_id: int) -> Choices:
    """The choices of the named lists that this form uses, for a case of this community."""
    wanted = {field.choices_from for field in form.every if field.choices_from}
    makers = {"departments": _departments, "categories": _categories, "people": _people, "buildings": _buildings}
    return {name: makers[name](session, community_id) for name in sorted(wanted & makers.keys())}


def _departments(session: Session, community_id: int) -> tuple[Choice, ...]:
    codes = {
        each.code
        for each in places.known(session).values()
        if each.parent_id == community_id and each.kind == "department" and each.retired_at is None
    }
    known = roles.of(session).departments
    return tuple(Choice(each.code, Words(each.name, each.name_en)) for each in known.values() if each.code in codes)


def _buildings(session: Session, community_id: int) -> tuple[Choice, ...]:
    every = locations.around(session, community_id)
    return tuple(
        Choice(each.building, Words(*(locations.place(each.building, "", "", language) for language in ("zh", "en"))))
        for each in every
    )


def _categories(session: Session, _: int) -> tuple[Choice, ...]:
    return master_data.kept(session, "choices of categories", lambda: _read_categories(session))


def _read_categories(session: Session) -> tuple[Choice, ...]:
    names = categories.known(session)
    found = []
    # A running case may have a category that has since been retired: it stays available, last and marked so.
    for row in sorted(names.values(), key=lambda each: _in_tree(each, names)):
        parent = names.get(row.parent or "")
        zh, en = (
            (f"{parent.name} / {row.name}", f"{parent.name_en} / {row.name_en}") if parent else (row.name, row.name_en)
        )
        found.append(Choice(row.code, Words(f"{zh}（已停用）", f"{en} (retired)") if row.retired else Words(zh, en)))
    return tuple(found)


def _in_tree(category: KnownCategory, names: Mapping[str, KnownCategory]) -> tuple[bool, int, str, int, str]:
    """Each first-level category before its subcategories, in the company's order; retired ones last."""
    first = names.get(category.parent or "", category)
    below = category.position if category.parent else -1
    return category.retired, first.position, first.code, below, category.code


def _people(session: Session, community_id: int) -> tuple[Choice, ...]:
    near = select(Place.id).where((Place.id == community_id) | (Place.community_id == community_id))
    here = people.current().where(Holding.place_id.in_(near)).with_only_columns(Holding.person_id)
    rows = session.scalars(
        select(Person).where(Person.retired_at.is_(None), Person.id.in_(here)).order_by(Person.name, Person.id)
    )
    found = rows.all()
    away = absences.now_away(session, [row.id for row in found])
    return tuple(Choice(row.login, _named(row, away=row.id in away)) for row in found)


def _named(person: Person, *, away: bool) -> Words:
    zh, en = person.name, person.name_en or person.name
    return Words(f"{zh}{AWAY.zh}", f"{en}{AWAY.en}") if away else Words(zh, en)


def without_marks(choice: Choice) -> Choice:
    """A choice as it was answered: whether that person is away today says nothing about it."""
    zh, en = choice.label.zh.removesuffix(AWAY.zh), choice.label.en.removesuffix(AWAY.en)
    return replace(choice, label=Words(zh, en))


def of_company(session: Session) -> Choices:
    """The lists without a community, to draw up a form: all departments and categories; nobody's name."""
    stand_in = Choice("", Words("（办理时按实际名单）", "(the actual list, when it is filled in)"))
    known = roles.of(session).departments.values()
    return {
        "departments": tuple(Choice(each.code, Words(each.name, each.name_en)) for each in known),
        "categories": _categories(session, 0),
        "people": (stand_in,),
        "buildings": (stand_in,),
    }
