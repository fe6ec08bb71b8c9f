"""Mails that were not taken in, for the desk to look at: a person may have written one of them."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from engine.mail_in import aside
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("mails", __name__, url_prefix="/desk/mails")


@blueprint.get("")
@rule(aside.ACT)
def index() -> str:
    """The mails of the last month: those that sound like danger first, then those that nobody has looked at."""
    session = current.reading()
    mails = aside.of(session, current.someone())
    alarming = aside.alarming(session, mails)
    ordered = sorted(mails, key=lambda each: each.id not in alarming)
    return render_template("mails/index.html", mails=ordered, alarming=alarming)


@blueprint.post("/<int:mail_id>/take")
@rule(aside.ACT)
def take(mail_id: int) -> Response:
    """Register a mail the next time the mailbox is read."""
    current.attempt(lambda session: aside.take_in(session, mail_id, by=current.someone()))
    flash(_("一两分钟后登记，发件人会收到编号。"))
    return redirect(url_for("mails.index"), 303)


@blueprint.post("/<int:mail_id>/seen")
@rule(aside.ACT)
def see(mail_id: int) -> Response:
    """Note that a mail is none for us."""
    current.attempt(lambda session: aside.see(session, mail_id, by=current.someone()))
    return redirect(url_for("mails.index"), 303)
