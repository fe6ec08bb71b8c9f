"""Residents to telephone, because a message about a decision did not reach them."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.company import places
from engine.complaints.core import access
from engine.complaints.lists import unreached
from web.shared import letter_states, shown_phones
from web.shared.case_letters import name_of_text
from web.shell import current, guard
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("calls", __name__, url_prefix="/desk/calls")
blueprint.context_processor(letter_states.context)

PHONE = "complaint.see_phone"


@blueprint.app_context_processor
def known() -> dict[str, object]:
    """For templates: {% include "calls/notice.html" %} tells the desk whom to call; others cost no statement."""
    return {"residents_to_call": residents_to_call}


def residents_to_call() -> int:
    """How many residents a message about a decision did not reach, at the reader's places."""
    if not current.may(unreached.ACT):
        return 0
    return unreached.count(current.reading(), current.someone())


@blueprint.get("")
@rule(unreached.ACT)
def index() -> str:
    """Whom to call, with the phone, what the messages said and why they did not arrive."""
    session, me = current.reading(), current.someone()
    found = unreached.of(session, me)
    return render_template(
        "calls/index.html",
        found=found,
        places=places.known(session),
        may_see_phone={each.complaint.id for each in found if access.may(session, me, each.complaint.id, [PHONE])},
        with_phone=shown_phones.of_which(),
        name_of_text=lambda code: name_of_text(session, code),
    )


@blueprint.post("/<int:complaint_id>/told")
@rule(unreached.ACT)
def tell(complaint_id: int) -> Response:
    """Note that a resident was told by telephone."""
    current.attempt(lambda session: unreached.tell(session, complaint_id, current.someone()))
    flash(_("已记下：业主已经知道了。"))
    return redirect(guard.safe_target(request.form.get("back")) or url_for("calls.index"), 303)
