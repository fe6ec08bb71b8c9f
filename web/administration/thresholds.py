"""Thresholds that the company sets: what counts as a repeat, as a group, as stuck."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.administration import bounds, recording
from engine.complaints.limits import thresholds
from engine.core.errors import Invalid
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("thresholds", __name__, url_prefix="/thresholds")


@blueprint.get("")
@rule("company.edit")
def index() -> str:
    """The thresholds."""
    session = current.reading()
    recording.require(session, current.someone())
    return _page({code: str(value) for code, value in thresholds.of(session).items()}, {})


def _page(typed: dict[str, str], errors: dict[str, tuple[str, str]]) -> str:
    return render_template("thresholds/index.html", known=thresholds.KNOWN, typed=typed, errors=errors)


@blueprint.post("")
@rule("company.edit")
def change() -> Response | tuple[str, int]:
    """Save the thresholds."""
    typed = {code: request.form.get(code, "").strip() for code in thresholds.KNOWN}
    try:
        current.attempt(lambda session: bounds.keep(session, current.someone(), typed))
    except Invalid as wrong:
        return _page(typed, wrong.fields), 422
    flash(_("已保存。"))
    return redirect(url_for("thresholds.index"), 303)
