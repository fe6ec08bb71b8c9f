"""The people of the company: find, add, assign roles, reset a password, retire."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import Select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.administration import passwords
from engine.casework import leaving
from engine.company import people, places, staff
from engine.company.people import Holding, Person
from engine.company.places import Place, Title
from engine.core.errors import Invalid, NotFound
from web.shell import current, lists
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("people", __name__, url_prefix="/people")

COLUMNS = {"name": Person.name, "login": Person.login, "added": Person.added_at}
FIELDS = ("login", "name", "name_en", "phone", "mail")


# ---- list ------------------------------------------------------------------------------------------------------------


@blueprint.get("")
@rule("people.edit")
def index() -> str:
    """The list of people."""
    wish = lists.read(
        list(COLUMNS), {"role": list(current.known().roles), "place": lists.is_id, "state": ["retired"]}, "name"
    )
    session = current.reading()
    found = lists.turn(session, _chosen(session, wish), wish, COLUMNS, tie=Person.id)
    return render_template(
        "people/index.html",
        found=found,
        wish=wish,
        roles=current.known().offered_roles.values(),
        places=staff.offices(session, current.someone()),
        held=_held(session, found.rows),
    )


def _chosen(session: Session, wish: lists.Wish) -> Select[Any]:
    query = staff.visible(session, current.someone())
    if wish.filters["state"]:
        query = query.where(Person.retired_at.is_not(None))
    else:
        query = query.where(Person.retired_at.is_(None))
    if wish.search:
        query = query.where(lists.contains(wish.search, Person.name, Person.name_en, Person.login, Person.phone))
    if wish.filters["role"] or wish.filters["place"]:
        query = query.where(Person.id.in_(_holders(session, wish)))
    return query


def _holders(session: Session, wish: lists.Wish) -> Select[Any]:
    held = people.current().with_only_columns(Holding.person_id)
    if wish.filters["role"]:
        held = held.where(Holding.role == wish.filters["role"])
    if wish.filters["place"]:
        place = session.get(Place, min(int(wish.filters["place"]), 2**31 - 1))
        ids = [each.id for each in places.below(session, place)] if place else []
        held = held.where(Holding.place_id.in_(ids))
    return held


def _held(session: Session, rows: Sequence[Person]) -> dict[int, list[tuple[Holding, Title]]]:
    query = (
        people.current()
        .where(Holding.person_id.in_([each.id for each in rows]))
        .join(Place, Place.id == Holding.place_id)
    )
    pairs = session.execute(query.with_only_columns(Holding, Place).order_by(Holding.id)).all()
    titles = places.titles(session, {place.id: place for _holding, place in pairs}.values())
    found: dict[int, list[tuple[Holding, Title]]] = {}
    for holding, place in pairs:
        found.setdefault(holding.person_id, []).append((holding, titles[place.id]))
    return found


# ---- add -------------------------------------------------------------------------------------------------------------


@blueprint.get("/new")
@rule("people.edit")
def new() -> str:
    """The form for a new person."""
    return _new({}, {})


def _new(typed: dict[str, str], errors: dict[str, tuple[str, str]]) -> str:
    session = current.reading()
    return render_template(
        "people/new.html",
        typed=typed,
        errors=errors,
        roles=current.known().offered_roles.values(),
        places=staff.offices(session, current.someone()),
    )


@blueprint.post("/new")
@rule("people.edit")
def add() -> Response | tuple[str, int]:
    """Add a person with a first role, and show the link for setting their password."""
    typed = {name: request.form.get(name, "").strip() for name in (*FIELDS, "role", "place")}
    try:
        with current.transaction() as session:
            person, token = _add(session, typed)
    except Invalid as wrong:
        return _new(typed, wrong.fields), 422
    flash(_("已添加 {name}。把下面的链接交给本人设置密码。", name=person.name))
    return _with_link(person.id, token)


def _add(session: Session, typed: dict[str, str]) -> tuple[Person, str]:
    by, place = current.someone(), _id(typed["place"]) if typed["place"] else None
    fields = {name: typed[name] for name in FIELDS}
    person = staff.add(session, by, **fields, role=typed["role"], place_id=place, language=language())
    return person, staff.reset(session, by, person.id)


def _id(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise NotFound()
    return int(text)


def _with_link(person_id: int, token: str) -> tuple[str, int]:
    return _page(person_id, people.link_address(current.settings().address, token)), 200


# ---- one person ------------------------------------------------------------------------------------------------------


@blueprint.get("/<int:person_id>")
@rule("people.edit")
def show(person_id: int) -> str:
    """One person with their roles."""
    return _page(person_id)


def _page(
    person_id: int,
    link: str = "",
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, tuple[str, str]] | None = None,
) -> str:
    session = current.reading()
    person = staff.find(session, person_id, current.someone())
    return render_template(
        "people/person.html",
        shown=person,
        held=_held(session, [person]).get(person.id, []),
        roles=current.known().offered_roles.values(),
        places=staff.offices(session, current.someone()),
        link=link,
        typed=typed or {name: getattr(person, name) for name in FIELDS},
        errors=errors or {},
    )


@blueprint.post("/<int:person_id>")
@rule("people.edit")
def change(person_id: int) -> Response | tuple[str, int]:
    """Change a person's name and contact details."""
    typed = {name: request.form.get(name, "").strip() for name in FIELDS if name != "login"}
    try:
        with current.transaction() as session:
            staff.change(session, current.someone(), person_id, **typed)
    except Invalid as wrong:
        return _page(person_id, typed=typed, errors=wrong.fields), 422
    flash(_("已保存。"))
    return redirect(url_for("people.show", person_id=person_id), 303)


@blueprint.post("/roles")
@rule("people.edit")
def give_roles() -> Response:
    """Assign a role at a place to all selected people."""
    ids = [int(each) for each in request.form.getlist("person") if each.isdecimal() and len(each) <= 9]
    if not ids:
        flash(_("请先勾选人员。"), "error")
        return redirect(url_for("people.index"), 303)
    with current.transaction() as session:
        role, place = request.form.get("role", ""), _id(request.form.get("place", ""))
        count = staff.give_many(session, current.someone(), ids, role, place)
    flash(_("已给 {count} 人添加角色。", count=count))
    return redirect(url_for("people.index", role=role), 303)


@blueprint.post("/<int:person_id>/roles")
@rule("people.edit")
def give_role(person_id: int) -> Response:
    """Assign a role at a place."""
    with current.transaction() as session:
        role, place = request.form.get("role", ""), _id(request.form.get("place", ""))
        staff.give(session, current.someone(), person_id, role, place)
    flash(_("角色已添加。"))
    return redirect(url_for("people.show", person_id=person_id), 303)


@blueprint.post("/<int:person_id>/roles/<int:holding_id>/end")
@rule("people.edit")
def end_role(person_id: int, holding_id: int) -> Response:
    """End a role."""
    with current.transaction() as session:
        staff.end(session, current.someone(), person_id, holding_id)
    flash(_("角色已结束。"))
    return redirect(url_for("people.show", person_id=person_id), 303)


@blueprint.post("/<int:person_id>/reset")
@rule("people.edit")
def reset(person_id: int) -> tuple[str, int]:
    """Create a one-time link for a new password and show it once."""
    with current.transaction() as session:
        token = passwords.reset(session, current.someone(), person_id)
    return _with_link(person_id, token)


@blueprint.post("/<int:person_id>/retire")
@rule("people.edit")
def retire(person_id: int) -> Response:
    """Retire a person: roles and log-ins end, records stay. People with open tasks hand them over first."""
    person = staff.find(current.reading(), person_id, current.someone())
    if leaving.estate(current.reading(), current.someone(), person).count:
        flash(_("名下还有待办，请先选好由谁接手。"), "error")
        return redirect(url_for("leaving.show", person_id=person_id), 303)
    with current.transaction() as session:
        staff.retire(session, current.someone(), person_id)
    flash(_("已办理离职，角色和登录都已结束。"))
    return redirect(url_for("people.index"), 303)


@blueprint.post("/<int:person_id>/return")
@rule("people.edit")
def bring_back(person_id: int) -> Response:
    """Reinstate a retired person."""
    with current.transaction() as session:
        staff.bring_back(session, current.someone(), person_id)
    flash(_("已恢复，请重新分配角色。"))
    return redirect(url_for("people.show", person_id=person_id), 303)
