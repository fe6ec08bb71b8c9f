"""Households: find, add, change, retire, with the history of each."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.administration import homes
from engine.company import people
from engine.company.places import Place
from engine.complaints.homes import home_entries, households
from engine.complaints.lists.exporting import without_phones
from engine.core.errors import Invalid, NotFound
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("households", __name__, url_prefix="/households")

FIELDS = ("building", "unit", "room", "name", "phone")
MOST_FOUND = 60
Errors = dict[str, tuple[str, str]]


@blueprint.get("")
@rule("household.edit")
def index() -> str:
    """The households of one community, by address; `q` finds them by phone, address or name."""
    session, me = current.reading(), current.someone()
    offered = homes.communities(session, me)
    place = chosen(offered, request.args.get("community", ""))
    asked = request.args.get("q", "").strip()[:60]
    building = request.args.get("building", "").strip()[:20]
    retired = request.args.get("state") == "retired"
    found = households.search(session, [each.id for each in offered], asked, MOST_FOUND) if asked else None
    page = None if asked or place is None else homes.page(session, place.id, building, retired=retired, after=after())
    return render_template(
        "households/index.html",
        offered=offered,
        place=place,
        asked=asked,
        building=building,
        retired=retired,
        found=found,
        page=page,
        most=homes.MOST_COUNTED,
        names={each.id: each for each in offered},
    )


def chosen(offered: list[Place], text: str) -> Place | None:
    """The community in the address, else the first."""
    return next((each for each in offered if str(each.id) == text), offered[0] if offered else None)


def after() -> tuple[str, int]:
    """Where the page starts."""
    number = request.args.get("id", 0, type=int)
    return request.args.get("after", "")[:80], min(max(number, 0), 2**31 - 1)


@blueprint.get("/new")
@rule("household.edit")
def new() -> str:
    """The form for a household."""
    session, me = current.reading(), current.someone()
    return _new({"community": request.args.get("community", "")}, {}, homes.communities(session, me))


def _new(typed: dict[str, str], errors: Errors, offered: list[Place]) -> str:
    return render_template("households/new.html", typed=typed, errors=errors, offered=offered)


@blueprint.post("/new")
@rule("household.edit")
def add() -> Response | tuple[str, int]:
    """Add a household."""
    typed = {name: request.form.get(name, "").strip() for name in (*FIELDS, "community")}
    if not typed["community"].isdecimal() or len(typed["community"]) > 9:
        raise NotFound()
    try:
        with current.transaction() as session:
            home = homes.add(session, current.someone(), int(typed["community"]), typed)
    except Invalid as wrong:
        return _new(typed, wrong.fields, homes.communities(current.reading(), current.someone())), 422
    flash(
        {  # type: ignore[arg-type]
            "text": _("已添加 {name}。", name=home.label),
            "next": url_for("households.new", community=home.community_id),
            "name": _("再添加一户"),
        }
    )
    return redirect(url_for("households.show", household_id=home.id), 303)


@blueprint.get("/<int:household_id>")
@rule("household.edit")
def show(household_id: int) -> str:
    """One household with its history."""
    return _one(household_id, {}, {})


def _one(household_id: int, typed: dict[str, str], errors: Errors) -> str:
    session = current.reading()
    home = homes.find(session, current.someone(), household_id)
    story = [(entry, without_phones(note or "")) for entry, note in home_entries.of(session, home.id)]
    return render_template(
        "households/show.html",
        home=home,
        place=session.get(Place, home.community_id),
        typed={**{name: getattr(home, name) for name in FIELDS if name != "phone"}, **typed},
        errors=errors,
        story=story,
        people=people.names(session, [entry.by_id for entry, _note in story if entry.by_id]),
        fields=homes.WORDS,
    )


@blueprint.post("/<int:household_id>")
@rule("household.edit")
def change(household_id: int) -> Response | tuple[str, int]:
    """Change, retire or reinstate (`do`) a household. An empty phone keeps the old one unless removal is asked for."""
    typed = {name: request.form.get(name, "").strip() for name in FIELDS}
    no_phone = bool(request.form.get("no_phone"))
    what = request.form.get("do", "")
    try:
        with current.transaction() as session:
            if what in {"retire", "return"}:
                homes.retire(session, current.someone(), household_id, back=what == "return")
            else:
                home = homes.find(session, current.someone(), household_id)
                phone = "" if no_phone else typed["phone"] or home.phone
                homes.change(session, current.someone(), household_id, {**typed, "phone": phone})
    except Invalid as wrong:
        return _one(household_id, typed, wrong.fields), 422
    flash(_("已保存。"))
    return redirect(url_for("households.show", household_id=household_id), 303)
