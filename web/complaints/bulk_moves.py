"""Moving many complaints to the right community: those selected in the list, or all that match a filter."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.company import places
from engine.company.places import KnownPlace
from engine.complaints.changes import bulk_moves
from engine.complaints.changes.bulk_moves import Chosen, Move
from engine.complaints.changes.corrections import ACT
from engine.core.errors import Conflict, Invalid
from web.complaints import complaint_list
from web.shared.reachable_places import communities
from web.shell import current, form_input, lists
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("moves", __name__, url_prefix="/complaints/moves")

NOTHING: Mapping[str, tuple[str, str]] = MappingProxyType({})
NAMED = 8
"""How many complaints are listed by number before the rest are only counted."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What to move: complaints that need a community, or the undo of a job that moved some."""

    chosen: Sequence[Chosen] = ()
    back: Sequence[Move] = ()

    @property
    def count(self) -> int:
        """How many, at most the limit."""
        return min(len(self.chosen) or len(self.back), bulk_moves.MOST)


def asked(session: Session) -> Asked:
    """Read it from the address or the form. Raises `NotFound`, or `Conflict` if it cannot be undone."""
    me, given = current.someone(), request.values
    if lists.is_id(given.get("undo", "")):
        return Asked(back=bulk_moves.undoing(session, me, int(given["undo"])))
    if given.get("all"):
        wish = complaint_list.read_wish()
        filters = complaint_list.filters_of(wish)
        return Asked(bulk_moves.of_filter(session, me, filters, complaint_list.key()))
    ids = [int(each) for each in given.getlist("complaint") if lists.is_id(each)][: bulk_moves.MOST]
    return Asked(bulk_moves.of_ids(session, me, ids))


@blueprint.get("")
@rule(ACT)
def index() -> Response | str:
    """The form: what is moved, where to, and why."""
    try:
        wanted = asked(current.reading())
    except Conflict as refused:
        flash(refused.text(language()), "error")
        return redirect(url_for("complaints.index"), 303)
    if not wanted.count:
        flash(_("请先勾选要移动的投诉；只有您能更正的才能移动。"), "error")
        return redirect(url_for("complaints.index"), 303)
    return page(wanted, {})


def page(
    wanted: Asked, filled: Mapping[str, str], errors: Mapping[str, tuple[str, str]] = NOTHING, said: str = ""
) -> str:
    """The form with the input and its errors; `said`: why nothing was started."""
    session = current.reading()
    standing = Counter(each.community_id for each in wanted.chosen[: bulk_moves.MOST])
    going = Counter(each.to_id for each in wanted.back)
    return render_template(
        "complaints/moves.html",
        wanted=wanted,
        typed=filled,
        errors=errors,
        said=said,
        most=bulk_moves.MOST,
        named=NAMED,
        communities=offered(session),
        names=places.names(session, [*standing, *going]),
        standing=standing.most_common(),
        going=going.most_common(),
        query=request.query_string.decode(),
        undo=request.values.get("undo", ""),
    )


def offered(session: Session) -> list[KnownPlace]:
    """Communities to which they can be moved."""
    return communities(session, current.someone(), ACT)


@blueprint.post("")
@rule(ACT)
def begin() -> Response | tuple[str, int]:
    """Start the move and redirect to the page of its job."""
    me, filled = current.someone(), form_input.texts(("community", "reason"))

    def ask(session: Session) -> int:
        return bulk_moves.ask(session, me, ways(session, asked(session), filled["community"]), filled["reason"]).id

    try:
        job_id = current.attempt(ask)
    except Invalid as wrong:
        return page(asked(current.reading()), filled, wrong.fields), 422
    except Conflict as refused:
        return page(Asked(), filled, said=refused.text(language())), 409
    return redirect(url_for("jobs.show", job_id=job_id), 303)


def ways(session: Session, wanted: Asked, community: str) -> list[Move]:
    """The move of each complaint. Raises `Invalid` unless a community was chosen that the person may move to."""
    if wanted.back:
        return list(wanted.back)
    if community not in {str(each.id) for each in offered(session)}:
        raise Invalid({"community": ("请选择移到哪个小区。", "Please choose the community to move them to.")})
    return [each.to(int(community)) for each in wanted.chosen]
