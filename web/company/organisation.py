"""The organisation: regions, communities and departments as an editable tree."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.administration import places as verbs
from engine.company import organisation, places
from engine.company.places import Place
from engine.core.errors import Invalid, NotFound
from web.shell import current
from web.shell.formats import name_of
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("organisation", __name__, url_prefix="/organisation")

FIELDS = ("parent", "kind", "code", "name", "name_en")
KEPT = ("name", "name_en", "phone", "address")


@blueprint.get("")
@rule("company.edit")
def index() -> str:
    """The tree."""
    found = organisation.tree(current.reading(), current.someone())
    departments: dict[int | None, list[Place]] = {}
    for place in found:
        if place.kind == "department":
            departments.setdefault(place.parent_id, []).append(place)
    shown = [place for place in found if place.kind != "department"]
    return render_template(
        "organisation/index.html",
        places=shown,
        departments=departments,
        closed=verbs.closed(current.reading(), current.someone()),
    )


@blueprint.get("/new")
@rule("company.edit")
def new() -> str:
    """The form for a region or a community."""
    typed = {"parent": request.args.get("parent", ""), "kind": request.args.get("kind", "community")}
    return _new(typed, list(current.known().offered_departments), {})


def _new(typed: dict[str, str], ticked: list[str], errors: dict[str, tuple[str, str]]) -> str:
    found = organisation.tree(current.reading(), current.someone())
    return render_template(
        "organisation/new.html",
        typed=typed,
        ticked=ticked,
        errors=errors,
        parents=[place for place in found if place.kind in {"company", "region"}],
        departments=current.known().offered_departments.values(),
    )


@blueprint.post("/new")
@rule("company.edit")
def add() -> Response | tuple[str, int]:
    """Add a region or a community."""
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    ticked = request.form.getlist("departments")
    try:
        with current.transaction() as session:
            place = organisation.add(
                session,
                current.someone(),
                _id(typed["parent"]),
                kind=typed["kind"],
                code=typed["code"],
                name=typed["name"],
                name_en=typed["name_en"],
                departments=ticked if typed["kind"] == "community" else (),
            )
    except Invalid as wrong:
        return _new(typed, ticked, wrong.fields), 422
    flash(_("已添加 {name}。", name=place.name))
    return redirect(url_for("organisation.index"), 303)


def _id(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise NotFound()
    return int(text)


@blueprint.get("/<int:place_id>")
@rule("company.edit")
def show(place_id: int) -> str:
    """One place: its name, its departments, closing it."""
    return _page(place_id, {}, {})


def _page(place_id: int, typed: dict[str, str], errors: dict[str, tuple[str, str]]) -> str:
    session, by = current.reading(), current.someone()
    place = organisation.find(session, by, place_id)
    inside = [
        each for each in organisation.tree(session, by) if each.parent_id == place_id and each.kind == "department"
    ]
    taken = {each.code for each in inside}
    return render_template(
        "organisation/place.html",
        place=place,
        typed={name: getattr(place, name) for name in KEPT} | typed,
        open=verbs.still_open(session, place),
        parents=verbs.parents(session, by, place),
        others=places.departments(session, place.parent_id) if place.kind == "department" and place.parent_id else [],
        errors=errors,
        inside=inside,
        possible=[each for each in current.known().offered_departments.values() if each.code not in taken],
    )


@blueprint.post("/<int:place_id>")
@rule("company.edit")
def rename(place_id: int) -> Response | tuple[str, int]:
    """Change the names and the residents' phone of a place."""
    typed = {name: request.form.get(name, "").strip() for name in KEPT}
    try:
        with current.transaction() as session:
            organisation.rename(session, current.someone(), place_id, **typed)
    except Invalid as wrong:
        return _page(place_id, typed, wrong.fields), 422
    flash(_("已保存。"))
    return redirect(url_for("organisation.show", place_id=place_id), 303)


@blueprint.post("/<int:place_id>/departments")
@rule("company.edit")
def add_department(place_id: int) -> Response:
    """Add a department."""
    with current.transaction() as session:
        department = organisation.add_department(session, current.someone(), place_id, request.form.get("code", ""))
    flash(_("已添加 {name}。", name=name_of(department)))
    return redirect(url_for("organisation.show", place_id=place_id), 303)


@blueprint.post("/<int:place_id>/close")
@rule("company.edit")
def close(place_id: int) -> Response:
    """Close a place."""
    with current.transaction() as session:
        place = verbs.close(session, current.someone(), place_id)
    flash(_("{name} 已停用。", name=name_of(place)))
    return redirect(url_for("organisation.index"), 303)


@blueprint.post("/<int:place_id>/move")
@rule("company.edit")
def move(place_id: int) -> Response:
    """Move a community to another region."""
    with current.transaction() as session:
        place = verbs.move(session, current.someone(), place_id, _id(request.form.get("parent", "")))
    flash(_("{name} 已移动。", name=name_of(place)))
    return redirect(url_for("organisation.show", place_id=place_id), 303)


@blueprint.post("/<int:place_id>/hand-over")
@rule("company.edit")
def hand_over(place_id: int) -> Response | tuple[str, int]:
    """Hand the open tasks of this department to another one."""
    try:
        with current.transaction() as session:
            count = verbs.hand_over(session, current.someone(), place_id, request.form.get("to", ""))
    except Invalid as wrong:
        return _page(place_id, {}, wrong.fields), 422
    flash(_("已转交 {count} 件待办。", count=count))
    return redirect(url_for("organisation.show", place_id=place_id), 303)


@blueprint.post("/<int:place_id>/open")
@rule("company.edit")
def reopen(place_id: int) -> Response:
    """Reopen a closed place."""
    with current.transaction() as session:
        place = verbs.reopen(session, current.someone(), place_id)
    flash(_("{name} 已恢复使用。", name=name_of(place)))
    return redirect(url_for("organisation.show", place_id=place_id), 303)
