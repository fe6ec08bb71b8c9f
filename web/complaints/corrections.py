"""Correcting a registered complaint: what was wrong, what is right, and why."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.company.places import KnownPlace
from engine.complaints.changes import corrections
from engine.complaints.changes.corrections import ACT, Facts
from engine.complaints.core import access, categories
from engine.complaints.core.complaint import UNJUDGED, Complaint
from engine.complaints.homes import households
from engine.complaints.homes.households import Found, Household
from engine.core.errors import Conflict, Invalid, NotFound
from engine.core.settings import secret
from web.shared import codes_in_words
from web.shared.reachable_places import communities
from web.shell import current, form_input
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("corrections", __name__, url_prefix="/complaints/<int:complaint_id>/corrections")
blueprint.context_processor(codes_in_words.context)

FIELDS = ("community", "household", "find", "kind", "category", "place_text", "person_name", "phone", "reason", "seen")
FIELD_OF = {"community_id": "community", "household_id": "household"}
NOTHING: Mapping[str, tuple[str, str]] = MappingProxyType({})


@blueprint.get("")
@rule(ACT)
def index(complaint_id: int) -> str:
    """The form, filled with the complaint's current values."""
    complaint = access.find(current.reading(), current.someone(), complaint_id, ACT)
    now = corrections.facts_of(complaint)
    return page(
        complaint,
        {
            "community": str(now.community_id),
            "household": str(now.household_id or ""),
            "kind": now.kind,
            "category": now.category,
            "place_text": now.place_text,
            "person_name": now.person_name,
        },
    )


def page(
    complaint: Complaint, filled: Mapping[str, str], errors: Mapping[str, tuple[str, str]] = NOTHING, said: str = ""
) -> str:
    """The form with the input and its errors; `said`: why nothing was done."""
    session, me = current.reading(), current.someone()
    offered = communities(session, me, ACT)
    chosen = household_of(session, filled.get("household", ""), offered, complaint)
    return render_template(
        "corrections/form.html",
        complaint=complaint,
        seen=filled.get("seen") or corrections.mark(complaint, secret(current.settings(), "links")),
        typed=filled,
        errors=errors,
        said=said,
        fixed=corrections.closed_to(session, complaint),
        judged=complaint.status not in UNJUDGED,
        communities=offered,
        names={each.id: each for each in offered},
        found=search(session, filled, offered),
        chosen=chosen,
        tree=categories.tree(session),
    )


def household_of(session: Session, text: str, offered: Sequence[KnownPlace], complaint: Complaint) -> Household | None:
    """The chosen household: the complaint's own, or one in a community where the person may correct complaints."""
    found = session.get(Household, int(text)) if text.isdecimal() and len(text) < 10 else None
    known = {complaint.community_id, *(each.id for each in offered)}
    return found if found is not None and found.community_id in known else None


def search(session: Session, filled: Mapping[str, str], offered: Sequence[KnownPlace]) -> Found:
    """Matching households in the chosen community."""
    chosen = [each.id for each in offered if str(each.id) == filled.get("community", "")]
    return households.propose(session, chosen, filled.get("find", ""))


@blueprint.post("/households")
@rule(ACT)
def find_households(complaint_id: int) -> str:
    """A few matching households to choose from."""
    session, me, filled = current.reading(), current.someone(), form_input.texts(FIELDS)
    complaint = access.find(session, me, complaint_id, ACT)
    offered = communities(session, me, ACT)
    return render_template(
        "desk/households.html",
        found=search(session, filled, offered),
        typed=filled,
        names={each.id: each for each in offered},
        communities=(),
        chosen=household_of(session, filled["household"], offered, complaint),
    )


@blueprint.post("")
@rule(ACT)
def put_right(complaint_id: int) -> Response | tuple[str, int] | str:
    """Correct it, with the reason in its history; without JavaScript the same form also finds households."""
    me, filled = current.someone(), form_input.texts(FIELDS)
    complaint = access.find(current.reading(), me, complaint_id, ACT)
    if request.form.get("act") == "find":
        return page(complaint, filled)
    key = secret(current.settings(), "links")

    def write(session: Session) -> None:
        found = access.find(session, me, complaint_id, ACT)
        wanted = wanted_of(session, found, filled)
        corrections.put_right(session, found, wanted, key=key, by=me, reason=filled["reason"], seen=filled["seen"])

    try:
        current.attempt(write)
    except Invalid as wrong:
        errors = {FIELD_OF.get(name, name): said for name, said in wrong.fields.items()}
        return page(reread(complaint_id), filled, errors), 422
    except Conflict as refused:
        return page(reread(complaint_id), {**filled, "seen": ""}, said=refused.text(language())), 409
    flash(_("已更正，原因记入经过。"))
    return onwards(complaint_id)


def reread(complaint_id: int) -> Complaint:
    """The complaint in its current state, after a refusal."""
    return access.find(current.reading(), current.someone(), complaint_id, ACT)


def onwards(complaint_id: int) -> Response:
    """Redirect to the complaint, if the person may still see it."""
    try:
        access.find(current.reading(), current.someone(), complaint_id)
    except NotFound:
        return redirect(url_for("complaints.index"), 303)
    return redirect(url_for("complaints.show", complaint_id=complaint_id), 303)


def wanted_of(session: Session, complaint: Complaint, filled: Mapping[str, str]) -> Facts:
    """The new values: an empty phone keeps the known one, a household from another community is dropped."""
    now = corrections.facts_of(complaint)
    offered = communities(session, current.someone(), ACT)
    fixed = corrections.closed_to(session, complaint)
    allowed = {str(each.id) for each in offered} | {str(now.community_id)}
    community = int(filled["community"]) if filled["community"] in allowed else now.community_id
    household = household_of(session, filled["household"], offered, complaint)
    return Facts(
        community_id=community,
        household_id=household.id if household is not None and household.community_id == community else None,
        kind=now.kind if "kind" in fixed and not filled["kind"] else filled["kind"],
        category=filled["category"],
        place_text=filled["place_text"],
        person_name=filled["person_name"],
        phone=filled["phone"] or now.phone,
    )
