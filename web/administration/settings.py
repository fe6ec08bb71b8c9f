"""The hub of administration: one page that links to every page of administration."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, current_app, render_template, request, url_for

from engine import letters
from engine.company import calendars
from engine.core import clock
from engine.operations import watching
from web.shell import current
from web.shell.administration_map import ACTS, GROUPS, AdministrationPage, beginning, is_for_all
from web.shell.formats import zone
from web.shell.guard import rule

blueprint = Blueprint("settings", __name__, url_prefix="/settings")


@dataclass(frozen=True, slots=True)
class Link:
    """A page as the hub shows it."""

    name: str
    about: str
    url: str


@blueprint.get("")
@rule(*ACTS)
def index() -> str:
    """All pages of administration that this person may open, grouped; `q` narrows them."""
    asked = request.args.get("q", "").strip().casefold()[:40]
    return render_template(
        "settings/index.html",
        groups=list(groups(asked)),
        asked=request.args.get("q", "").strip()[:40],
        beginning=None if asked else beginning(),
        holidays_until=calendars.holidays_until(clock.now(), zone()) if is_for_all() else None,
        room=watching.room(current.settings()) if is_for_all() else None,
        failing=letters.outbox.failing(current.reading()) if is_for_all() else [],
    )


def groups(asked: str) -> Iterator[tuple[str, list[Link]]]:
    """Name and links of each group that has any links."""
    for name, pages in GROUPS:
        found = [Link(page.name(), page.about(), url_for(page.endpoint)) for page in pages if is_open(page)]
        fitting = [each for each in found if asked in f"{name()} {each.name} {each.about}".casefold()]
        if fitting:
            yield name(), fitting


def is_open(page: AdministrationPage) -> bool:
    """Whether the page exists and this person may use it."""
    grants = current.grants()
    if page.endpoint not in current_app.view_functions or grants is None:
        return False
    reach = grants.reach(page.act)
    return reach.everything if page.everywhere else bool(reach)
