"""A new link for a resident whom the desk has recognised, or the old one withdrawn."""

from collections.abc import Mapping
from types import MappingProxyType

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.complaints.core import access
from engine.complaints.core.complaint import Complaint
from engine.complaints.resident import own_link
from engine.core.errors import Invalid
from engine.core.settings import secret
from web.shared import qr_codes, resident_links
from web.shell import current, form_input
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("resident_link", __name__, url_prefix="/complaints/<int:complaint_id>/link")

ACT = "complaint.register"
NOTHING: Mapping[str, tuple[str, str]] = MappingProxyType({})


@blueprint.get("")
@rule(ACT)
def show(complaint_id: int) -> str:
    """Ask how the resident was recognised."""
    complaint = access.find(current.reading(), current.someone(), complaint_id, ACT)
    return render_template("resident_link/form.html", complaint=complaint, why="", errors=NOTHING)


@blueprint.post("")
@rule(ACT)
def replace(complaint_id: int) -> str | Response | tuple[str, int]:
    """Replace the link and show the new one, this once; or withdraw it."""
    me, key, why = current.someone(), secret(current.settings(), "links"), form_input.texts(("why",))["why"]
    withdrawing = request.form.get("act") == "withdraw"

    def work(session: Session) -> Complaint:
        complaint = access.find(session, me, complaint_id, ACT)
        (own_link.withdraw if withdrawing else own_link.renew)(session, complaint, key=key, by=me, why=why)
        return complaint

    try:
        current.attempt(work)
    except Invalid as wrong:
        complaint = access.find(current.reading(), me, complaint_id, ACT)
        return render_template("resident_link/form.html", complaint=complaint, why=why, errors=wrong.fields), 422
    if withdrawing:
        flash(_("链接已作废。"))
        return redirect(url_for("complaints.show", complaint_id=complaint_id), 303)
    complaint = access.find(current.reading(), me, complaint_id, ACT)
    link = resident_links.address(complaint)
    return render_template("resident_link/made.html", complaint=complaint, link=link, qr=qr_codes.qr(link))
