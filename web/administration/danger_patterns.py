"""What counts as danger in a resident's words: the patterns, what speaks against them, and a text to try them on."""

from collections.abc import Mapping

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.administration import dangers, recording
from engine.administration.dangers import FIELDS
from engine.complaints.intake import danger
from engine.complaints.intake.registration import LONGEST
from engine.core.errors import Invalid
from web.shared import codes_in_words
from web.shell import current, form_input
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("dangers", __name__, url_prefix="/dangers")
blueprint.context_processor(codes_in_words.context)

MOST_SHOWN = dangers.MOST
"""Of each kind; all that are in use come first."""
Errors = dict[str, tuple[str, str]]
BLANK = {"kind": "danger"}


@blueprint.get("")
@rule("company.edit")
def index() -> str:
    """The patterns by kind, narrowed by a search (`q`), below the text to try."""
    recording.require(current.reading(), current.someone())
    search = request.args.get("q", "").strip()[:60]
    return list_page(search, tried(""))


def list_page(search: str, tried: Mapping[str, object]) -> str:
    """The patterns that fit a search; the last retired ones may be too many to show."""
    found = dangers.every(current.reading(), search)
    return render_template("dangers/index.html", patterns=found, search=search, most=MOST_SHOWN, **tried)


def tried(text: str) -> dict[str, object]:
    """Whether this text would alarm, and why."""
    reading = current.reading()
    signs = danger.signs(reading, text) if text else []
    alarms = danger.preset(signs) == "yes"
    likeness = danger.likeness(reading, text) if text and not alarms else None
    return {"text": text, "signs": signs, "alarms": alarms, "likeness": likeness}


@blueprint.post("/try")
@rule("company.edit")
def try_out() -> str:
    """Would this text alarm? The answer alone where the page asks while one types, else on its page."""
    recording.require(current.reading(), current.someone())
    facts = tried(request.form.get("text", "").strip()[:LONGEST])
    if "HX-Request" in request.headers:
        return render_template("dangers/verdict.html", **facts)
    return list_page("", facts)


@blueprint.get("/new")
@rule("company.edit")
def new() -> str:
    """The form for a new pattern."""
    recording.require(current.reading(), current.someone())
    return render_template("dangers/show.html", found=None, typed=BLANK, errors={})


@blueprint.post("")
@rule("company.edit")
def add() -> Response | tuple[str, int]:
    """Add a pattern."""
    typed = form_input.texts(FIELDS)
    try:
        with current.transaction() as session:
            made = dangers.add(session, current.someone(), typed)
    except Invalid as wrong:
        return render_template("dangers/show.html", found=None, typed=typed, errors=wrong.fields), 422
    flash(_("已添加 {name}。", name=made.said()))
    return redirect(url_for("dangers.index", _anchor=f"p{made.id}"), 303)


@blueprint.get("/<int:pattern_id>")
@rule("company.edit")
def show(pattern_id: int) -> str:
    """One pattern."""
    recording.require(current.reading(), current.someone())
    return page(pattern_id, {}, {})


def page(pattern_id: int, typed: dict[str, str], errors: Errors) -> str:
    """The form of one pattern with the input."""
    found = dangers.find(current.reading(), pattern_id)
    known = {name: getattr(found, name) for name in FIELDS}
    return render_template("dangers/show.html", found=found, typed={**known, **typed}, errors=errors)


@blueprint.post("/<int:pattern_id>")
@rule("company.edit")
def change(pattern_id: int) -> Response | tuple[str, int]:
    """Change a pattern, retire it or bring it back (`do`: retire, return)."""
    typed, what = form_input.texts(("name", "name_en", "who", "what")), request.form.get("do", "")
    try:
        with current.transaction() as session:
            if what in {"retire", "return"}:
                dangers.retire(session, current.someone(), pattern_id, back=what == "return")
            else:
                dangers.change(session, current.someone(), pattern_id, typed)
    except Invalid as wrong:
        return page(pattern_id, typed, wrong.fields), 422
    flash(_("已停用。") if what == "retire" else _("已保存。"))
    return redirect(url_for("dangers.index", _anchor=f"p{pattern_id}"), 303)
