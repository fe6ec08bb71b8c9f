"""The mailbox that residents write to: whether it can be read, and what became of each mail."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import mail_in
from engine.company import permissions
from engine.complaints.core.complaint import Complaint
from engine.core.errors import NotFound
from engine.mail_in import ReceivedMail
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("mailbox", __name__, url_prefix="/mailbox")

ACT = "company.edit"
PER_PAGE = 50
OUTCOMES = ("failed", "complaint", "joined", "passed_over", "waiting", "again")


@blueprint.get("")
@rule(ACT)
def index() -> str:
    """When it was last read, and the mails, newest first; `before` continues after the last one shown."""
    reading = current.reading()
    require(reading)
    outcome = request.args.get("outcome", "")
    before = request.args.get("before", "")
    asked = select(ReceivedMail, Complaint.number).outerjoin(Complaint, Complaint.id == ReceivedMail.complaint_id)
    if outcome in OUTCOMES:
        asked = asked.where(ReceivedMail.outcome == outcome)
    if before.isdecimal() and len(before) < 10:
        asked = asked.where(ReceivedMail.id < int(before))
    rows = reading.execute(asked.order_by(ReceivedMail.id.desc()).limit(PER_PAGE + 1)).all()
    return render_template(
        "mailbox/index.html",
        state=mail_in.state(reading),
        address=current.settings().imap_url.rpartition("@")[2],
        rows=rows[:PER_PAGE],
        more=rows[PER_PAGE - 1][0].id if len(rows) > PER_PAGE else None,
        outcome=outcome,
        outcomes=OUTCOMES,
    )


@blueprint.post("/<int:mail_id>/again")
@rule(ACT)
def again(mail_id: int) -> Response:
    """Read a mail again the next time the mailbox is read."""
    with current.transaction() as session:
        require(session)
        mail_in.again(session, mail_id, by=current.someone())
    flash(_("下一次读邮箱时会再试。"))
    return redirect(url_for("mailbox.index"), 303)


def require(session: Session) -> None:
    """Allow only people responsible for the whole company: mails belong to no community yet. Raises `NotFound`."""
    if not permissions.reach(session, current.someone(), ACT).everything:
        raise NotFound()
