"""Buildings of a community: the choices for places and posters."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from engine.administration import homes
from engine.complaints.homes.buildings import KINDS, Building
from engine.core.errors import Invalid
from web.company.households import chosen
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("buildings", __name__, url_prefix="/buildings")

FIELDS = ("name", "kind", "units", "floors", "lifts")


@blueprint.get("")
@rule("household.edit")
def index() -> str:
    """The buildings of one community."""
    return _page(request.args.get("community", ""), {}, {})


def _page(community: str, typed: dict[str, str], errors: dict[str, tuple[str, str]]) -> str:
    session = current.reading()
    offered = homes.communities(session, current.someone())
    place = chosen(offered, community)
    rows = session.scalars(select(Building).where(Building.community_id == place.id)).all() if place else []
    return render_template(
        "buildings/index.html",
        offered=offered,
        place=place,
        buildings=sorted(rows, key=lambda each: (each.retired_at is not None, _counted(each.name), each.name)),
        kinds=KINDS,
        typed=typed,
        errors=errors,
    )


def _counted(name: str) -> int:
    digits = "".join(each for each in name if each.isdecimal())[:9]
    return int(digits) if digits else 10**9


@blueprint.post("")
@rule("household.edit")
def add() -> Response | tuple[str, int]:
    """Add a building, or (`do=fill`) all those that households name."""
    community = request.form.get("community", "")
    place_id = int(community) if community.isdecimal() and len(community) <= 9 else 0
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    try:
        with current.transaction() as session:
            if request.form.get("do") == "fill":
                count = homes.fill_buildings(session, current.someone(), place_id)
                flash(_("按住户补了 {count} 栋。", count=count) if count else _("住户写到的楼栋都已经有了。"))
            else:
                made = homes.keep_building(session, current.someone(), typed, community_id=place_id)
                flash(_("已添加 {name}。", name=made.name))
    except Invalid as wrong:
        return _page(community, typed, wrong.fields), 422
    return redirect(url_for("buildings.index", community=place_id), 303)


@blueprint.get("/<int:building_id>")
@rule("household.edit")
def show(building_id: int) -> str:
    """One building."""
    return _one(building_id, {}, {})


def _one(building_id: int, typed: dict[str, str], errors: dict[str, tuple[str, str]]) -> str:
    found = homes.find_building(current.reading(), current.someone(), building_id)
    known = {name: str(getattr(found, name)) for name in FIELDS}
    return render_template("buildings/show.html", found=found, kinds=KINDS, typed={**known, **typed}, errors=errors)


@blueprint.post("/<int:building_id>")
@rule("household.edit")
def change(building_id: int) -> Response | tuple[str, int]:
    """Change, retire or reinstate (`do`) a building."""
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    what = request.form.get("do", "")
    try:
        with current.transaction() as session:
            if what in {"retire", "return"}:
                found = homes.retire_building(session, current.someone(), building_id, back=what == "return")
            else:
                found = homes.keep_building(session, current.someone(), typed, building_id=building_id)
    except Invalid as wrong:
        return _one(building_id, typed, wrong.fields), 422
    flash(_("已保存。"))
    return redirect(url_for("buildings.index", community=found.community_id), 303)
