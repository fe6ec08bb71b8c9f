"""What residents may start from the public page: switched for each process."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.administration import recording
from engine.requests import opened
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("openings", __name__, url_prefix="/openings")


@blueprint.get("")
@rule("company.edit")
def index() -> str:
    """Every process whose diagram lets residents start it, open or not."""
    reading = current.reading()
    recording.require(reading, current.someone())
    found = [version for _event, version in opened.openable(reading)]
    return render_template("openings/index.html", versions=found, open_now=opened.codes(reading))


@blueprint.post("/<process>")
@rule("company.edit")
def switch(process: str) -> Response:
    """Open a process to residents, or close it."""
    on, me = request.form.get("on") == "1", current.someone()
    current.attempt(lambda writing: opened.switch(writing, process, on=on, by=me))
    flash(_("业主现在可以发起了。") if on else _("业主不能再发起了，已经发起的照常办理。"))
    return redirect(url_for("openings.index"), 303)
