"""Reasons for pausing a complaint, and for how many days at most."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.administration import asking, recording
from engine.complaints.limits import pauses
from engine.core.errors import Invalid
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("reasons", __name__, url_prefix="/reasons")

FIELDS = ("code", "name", "name_en", "days")


@blueprint.get("")
@rule("company.edit")
def index() -> str:
    """The reasons."""
    return _page({}, {})


def _page(typed: dict[str, str], errors: dict[str, tuple[str, str]]) -> str:
    session = current.reading()
    recording.require(session, current.someone())
    return render_template("reasons/index.html", reasons=pauses.reasons(session), typed=typed, errors=errors)


@blueprint.post("")
@rule("company.edit")
def change() -> Response | tuple[str, int]:
    """Add (`do=add`), change, retire or bring back one."""
    typed = {name: request.form.get(name, "").strip() for name in (*FIELDS, "do")}
    code, what = typed["code"], typed["do"]
    try:
        with current.transaction() as session:
            if what in {"retire", "return"}:
                asking.retire_reason(session, current.someone(), code, back=what == "return")
            else:
                words = typed["name"], typed["name_en"], typed["days"]
                asking.keep_reason(session, current.someone(), code, *words, new=what == "add")
    except Invalid as wrong:
        return _page(typed, wrong.fields), 422
    flash(_("已保存。"))
    return redirect(url_for("reasons.index"), 303)
