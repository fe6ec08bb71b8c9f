"""The start of the site: the person's own first page; without a log-in, the residents' start page."""

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.company import places
from engine.operations import first_start
from web.residents import apply, complain
from web.shell import current, navigation
from web.shell.guard import PUBLIC, rule

blueprint = Blueprint("start", __name__)


@blueprint.get("/")
@rule(PUBLIC)
def home() -> str | Response:
    """The first page for this visitor."""
    if current.person():
        return redirect(navigation.home(), 303)
    reading = current.reading()
    if first_start.is_needed(reading):
        return redirect(url_for("login.show"), 303)
    company = places.company(reading)
    return render_template(
        "resident/start.html",
        company=company,
        phone=line(reading),
        is_open=complain.is_open(reading),
        applies=apply.offered(reading),
    )


def line(reading: Session) -> str:
    """The phone to call if the community is unknown: the company's, or that of the only community."""
    communities = places.communities(reading)
    return places.phone(reading, communities[0] if len(communities) == 1 else places.company(reading))
