"""Links to the screen in the hall: made for a place, shown, withdrawn."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.company import people, places
from engine.core.errors import Conflict, Invalid
from engine.core.settings import secret
from engine.measures import walls
from engine.measures.walls import WallLink
from web.shell import current, lists
from web.shell import form_input as typed_by
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("walls", __name__, url_prefix="/walls")


@blueprint.get("")
@rule(walls.ACT)
def index() -> str:
    """The links that hold, and a form for another."""
    return page({}, {})


def page(typed: dict[str, str], errors: dict[str, tuple[str, str]]) -> str:
    """The page with what was typed and what is wrong with it."""
    session, me = current.reading(), current.someone()
    found = walls.every(session, me)
    reach = current.grants().reach(walls.ACT)  # type: ignore[union-attr]
    known = places.known(session)
    offered = [
        each
        for each in known.values()
        if each.kind in ("company", "region", "community") and not each.retired_at and reach.covers(each.path)
    ]
    return render_template(
        "walls/index.html",
        links=[(each, address(each)) for each in found],
        places=known,
        people=people.names(session, [each.by_id for each in found]),
        offered=sorted(offered, key=lambda each: each.path),
        typed=typed,
        errors=errors,
    )


def key() -> bytes:
    """The installation's key, which links are made from."""
    return secret(current.settings(), "links")


def address(link: WallLink) -> str:
    """Where the screen is."""
    root = (current.settings().public_url or request.url_root).rstrip("/")
    return root + url_for("wall.show", secret=walls.secret(key(), link))


@blueprint.post("")
@rule(walls.ACT)
def make() -> Response | tuple[str, int]:
    """Make a link."""
    typed = typed_by.texts(("place", "name"))
    place_id = int(typed["place"]) if lists.is_id(typed["place"]) else 0
    try:
        current.attempt(lambda session: walls.make(session, place_id, typed["name"], key=key(), by=current.someone()))
    except Invalid as wrong:
        return page(typed, wrong.fields), 422
    except Conflict as refused:
        return page(typed, {"name": (refused.text("zh"), refused.text("en"))}), 422
    flash(_("大屏链接已开。在大屏的浏览器里打开它。"))
    return redirect(url_for("walls.index"), 303)


@blueprint.post("/<int:wall_id>/withdraw")
@rule(walls.ACT)
def withdraw(wall_id: int) -> Response:
    """Withdraw a link: whoever has it sees nothing any more."""
    current.attempt(lambda session: walls.withdraw(session, wall_id, by=current.someone()))
    flash(_("链接已作废，拿着它的人再也打不开。"))
    return redirect(url_for("walls.index"), 303)
