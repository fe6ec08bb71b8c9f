"""The people of the company: find, add, give roles, reset a password, retire."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import Select, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import people, permissions, places
from engine.errors import Conflict, Invalid, NotFound
from engine.people import Holding, Person
from engine.places import Place, Title
from engine.roles import ROLES
from web import current, lists
from web.guard import rule
from web.language import gettext as _
from web.language import language

blueprint = Blueprint("people", __name__, url_prefix="/people")

COLUMNS = {"name": Person.name, "login": Person.login, "added": Person.added_at}
FIELDS = ("login", "name", "name_en", "phone", "mail")


# ---- what may be seen and edited -------------------------------------------------------------------------------------


def visible(session: Session) -> Select[Any]:
    """Query: the people that I may edit: all of whose roles lie where I may edit people, and who have any role there."""
    reach = permissions.reach(session, current.someone(), "people.edit")
    query = select(Person)
    if reach.everything:
        return query
    inside = permissions.within(reach, Holding.place_id)
    held = people.current().with_only_columns(Holding.person_id)
    return query.where(Person.id.in_(held.where(inside)), Person.id.not_in(held.where(~inside)))


def editable(session: Session, person_id: int) -> Person:
    """The person, if they are mine to edit; raises `NotFound`."""
    person = session.scalar(visible(session).where(Person.id == person_id))
    if person is None:
        raise NotFound()
    return person


def place_for_role(session: Session, place_id: int) -> Place:
    """A place where I may give roles; raises `NotFound`."""
    permissions.require(session, current.someone(), "people.edit", place_id)
    return places.find(session, place_id)


# ---- list ------------------------------------------------------------------------------------------------------------


@blueprint.get("")
@rule("people.edit")
def index() -> str:
    """The list of people."""
    wish = lists.read(list(COLUMNS), {"role": list(ROLES), "place": str.isdecimal, "state": ["retired"]}, "name")
    session = current.reading()
    found = lists.turn(session, _chosen(session, wish), wish, COLUMNS, tie=Person.id)
    return render_template(
        "people/index.html",
        found=found,
        wish=wish,
        roles=ROLES.values(),
        places=_places(session),
        held=_held(session, found.rows),
    )


def _chosen(session: Session, wish: lists.Wish) -> Select[Any]:
    query = visible(session)
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


def _places(session: Session) -> list[Place]:
    reach = permissions.reach(session, current.someone(), "people.edit")
    query = select(Place).where(Place.retired_at.is_(None), permissions.within(reach, Place.id)).order_by(Place.path)
    return list(session.scalars(query))


# ---- add -------------------------------------------------------------------------------------------------------------


@blueprint.get("/new")
@rule("people.edit")
def new() -> str:
    """The form for a new person."""
    return _new({}, {})


def _new(typed: dict[str, str], errors: dict[str, tuple[str, str]]) -> str:
    session = current.reading()
    return render_template("people/new.html", typed=typed, errors=errors, roles=ROLES.values(), places=_places(session))


@blueprint.post("/new")
@rule("people.edit")
def add() -> Response | tuple[str, int]:
    """Add a person with a first role, and show the link by which they set their password."""
    typed = {name: request.form.get(name, "").strip() for name in (*FIELDS, "role", "place")}
    try:
        with current.transaction() as session:
            person, token = _add(session, typed)
    except Invalid as wrong:
        return _new(typed, wrong.fields), 422
    flash(_("已添加 {name}。把下面的链接交给本人设置密码。", name=person.name))
    return _with_link(person, token)


def _add(session: Session, typed: dict[str, str]) -> tuple[Person, str]:
    wrong: dict[str, tuple[str, str]] = {}
    for name, longest in (("name_en", 60), ("phone", 30), ("mail", 120)):
        if len(typed[name]) > longest:
            wrong[name] = (f"最多 {longest} 个字符。", f"At most {longest} characters.")
    if not typed["role"] or not typed["place"]:
        wrong["role"] = ("请选择第一个角色和所在单位。", "Choose a first role and where it is held.")
    if wrong:
        raise Invalid(wrong)
    person = people.add(session, language=language(), **{name: typed[name] for name in FIELDS})
    try:
        people.hold(session, person, typed["role"], place_for_role(session, _id(typed["place"])))
    except Conflict as refused:
        raise Invalid({"role": (refused.text("zh"), refused.text("en"))}) from None
    return person, people.reset_link(session, person, current.someone())


def _id(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise NotFound()
    return int(text)


def _with_link(person: Person, token: str) -> tuple[str, int]:
    link = (current.settings().public_url.rstrip("/") or request.host_url.rstrip("/")) + url_for(
        "login.ask_password", token=token
    )
    return _page(person.id, link), 200


# ---- one person ------------------------------------------------------------------------------------------------------


@blueprint.get("/<int:person_id>")
@rule("people.edit")
def show(person_id: int) -> str:
    """One person with their roles."""
    return _page(person_id)


def _page(person_id: int, link: str = "") -> str:
    session = current.reading()
    person = editable(session, person_id)
    return render_template(
        "people/person.html",
        shown=person,
        held=_held(session, [person]).get(person.id, []),
        roles=ROLES.values(),
        places=_places(session),
        link=link,
    )


@blueprint.post("/<int:person_id>/roles")
@rule("people.edit")
def give_role(person_id: int) -> Response:
    """Give a role at a place."""
    with current.transaction() as session:
        person = editable(session, person_id)
        place = place_for_role(session, _id(request.form.get("place", "")))
        people.hold(session, person, request.form.get("role", ""), place)
    flash(_("角色已添加。"))
    return redirect(url_for("people.show", person_id=person_id), 303)


@blueprint.post("/<int:person_id>/roles/<int:holding_id>/end")
@rule("people.edit")
def end_role(person_id: int, holding_id: int) -> Response:
    """End a role."""
    with current.transaction() as session:
        editable(session, person_id)
        held = {each.id: each for each in people.holdings(session, person_id)}
        if holding_id not in held:
            raise NotFound()
        people.release(session, held[holding_id])
        permissions.keep_editor(session)
    flash(_("角色已结束。"))
    return redirect(url_for("people.show", person_id=person_id), 303)


@blueprint.post("/<int:person_id>/reset")
@rule("people.edit")
def reset(person_id: int) -> tuple[str, int]:
    """Make a one-time link for a new password and show it once."""
    with current.transaction() as session:
        person = editable(session, person_id)
        if person.retired_at is not None:
            raise Conflict(zh="已离职的人员不能登录。", en="Someone who has left cannot log in.")
        token = people.reset_link(session, person, current.someone())
    return _with_link(person, token)


@blueprint.post("/<int:person_id>/retire")
@rule("people.edit")
def retire(person_id: int) -> Response:
    """Retire a person: roles end, log-ins end, what they did stays."""
    with current.transaction() as session:
        people.retire(session, editable(session, person_id))
        permissions.keep_editor(session)
    flash(_("已办理离职，角色和登录都已结束。"))
    return redirect(url_for("people.index"), 303)


@blueprint.post("/<int:person_id>/return")
@rule("people.edit")
def bring_back(person_id: int) -> Response:
    """Let a retired person work again."""
    with current.transaction() as session:
        people.bring_back(session, editable(session, person_id))
    flash(_("已恢复，请重新分配角色。"))
    return redirect(url_for("people.show", person_id=person_id), 303)
