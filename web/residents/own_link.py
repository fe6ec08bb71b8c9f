"""A resident's link: asked for again with number and phone, replaced by its holder, withdrawn."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.complaints.core import links
from engine.complaints.core.complaint import Complaint
from engine.complaints.resident import own_link
from engine.core.settings import secret as key_of
from engine.requests import Request, resident, starting
from engine.requests import own_link as requests_link
from web.residents import follow_now, start
from web.residents.follow import about, blueprint
from web.shell import current
from web.shell.guard import PUBLIC, rule
from web.shell.language import gettext as _


@blueprint.get("/lost-link")
@rule(PUBLIC)
def ask_link() -> str:
    """Ask for number and phone."""
    return lost({})


def lost(typed: Mapping[str, str], *, answered: bool = False, found: Complaint | Request | None = None) -> str:
    """The page that asks for number and phone; `answered`: with what everybody is told, `found`: with its state."""
    is_complaint = isinstance(found, Complaint)
    return render_template(
        "resident/lost_link.html",
        typed=typed,
        answered=answered,
        found=found if is_complaint else None,
        stands=follow_now.stands(found) if isinstance(found, Complaint) else "",
        other=found if isinstance(found, Request) else None,
        standing=resident.standing(current.reading(), found) if isinstance(found, Request) else None,
        phone=start.line(current.reading()),
    )


@blueprint.post("/lost-link")
@rule(PUBLIC)
def find_link() -> str:
    """Send the link to the mail that is known, or show the state if none is; the same words whatever was typed."""
    typed = {name: request.form.get(name, "").replace("\x00", "").strip()[:64] for name in ("number", "phone")}
    settings = current.settings()
    asking = requests_link.ask if starting.is_number(current.reading(), typed["number"]) else own_link.ask
    current.close()
    found = asking(
        current.store(),
        typed["number"],
        typed["phone"],
        key=key_of(settings, "links"),
        address=current.address(),
        by_mail=bool(settings.smtp_url and settings.public_url),
    )
    return lost(typed, answered=True, found=found)


@blueprint.get("/c/<secret>/link")
@rule(PUBLIC)
def ask_renewal(secret: str) -> str:
    """The page for replacing or withdrawing the link."""
    reading = current.reading()
    return render_template("resident/link.html", errors={}, **about(reading, links.enter(reading, secret), secret))


@blueprint.post("/c/<secret>/link")
@rule(PUBLIC)
def renew_link(secret: str) -> Response:
    """Replace the link by a new one, or withdraw it; the old one leads nowhere from now on."""
    key = key_of(current.settings(), "links")

    def withdraw(writing: Session) -> None:
        own_link.withdraw(writing, links.enter(writing, secret), key=key)

    if request.form.get("act") == "withdraw":
        current.attempt(withdraw)
        flash(_("链接已作废。"))
        return redirect(url_for("resident.ask_link"), 303)
    fresh = current.attempt(lambda writing: own_link.renew(writing, links.enter(writing, secret), key=key))
    flash(_("旧链接已作废。请保存这个新链接。"))
    return redirect(url_for("resident.receipt", secret=fresh), 303)
