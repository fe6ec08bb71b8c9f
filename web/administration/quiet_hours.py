"""When members of the staff are left alone, and which messages reach them all the same."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.administration import quiet_hours, recording
from engine.core.errors import Invalid
from engine.letters import rules, texts
from engine.letters.rules import Rules, clock_time
from web.shared.case_letters import name_of_text
from web.shell import current, form_input
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("quiet_hours", __name__, url_prefix="/quiet-hours")

TIMES = ("begins", "ends", "earliest", "latest")
NUMBERS = ("apart", "few")


@blueprint.get("")
@rule("company.edit")
def index() -> str:
    """The company's quiet hours."""
    session = current.reading()
    recording.require(session, current.someone())
    known = rules.of(session)
    times = dict(zip(TIMES, (clock_time(each) for each in (*known.quiet, *known.widest)), strict=True))
    typed = {**times, "apart": str(known.apart), "few": str(known.few)}
    return _page(typed, known.free_days, known.disturbing, {})


def _page(
    typed: dict[str, str], free_days: bool, disturbing: frozenset[str], errors: dict[str, tuple[str, str]]
) -> str:  # fmt: skip
    return render_template(
        "quiet_hours/index.html",
        typed=typed,
        free_days=free_days,
        disturbing=disturbing,
        messages=texts.for_staff(),
        always=[code for code in texts.shipped() if code in rules.AT_ONCE],
        name_of_text=lambda code: name_of_text(current.reading(), code),
        errors=errors,
    )


@blueprint.post("")
@rule("company.edit")
def change() -> Response | tuple[str, int]:
    """Save the quiet hours."""
    typed = form_input.texts((*TIMES, *NUMBERS))
    free_days, disturbing = "free_days" in request.form, frozenset(request.form.getlist("disturbing"))
    try:
        wanted = _wanted(typed, free_days, disturbing)
        current.attempt(lambda session: quiet_hours.keep(session, current.someone(), wanted))
    except Invalid as wrong:
        return _page(typed, free_days, disturbing, wrong.fields), 422
    flash(_("已保存。"))
    return redirect(url_for("quiet_hours.index"), 303)


def _wanted(typed: dict[str, str], free_days: bool, disturbing: frozenset[str]) -> Rules:
    """What was typed, as rules. Raises `Invalid` naming the fields that are no times."""
    times = {name: form_input.minutes(typed[name]) for name in TIMES}
    wrong = {name: ("请填写时间，如 21:00。", "Give a time such as 21:00.") for name in TIMES if times[name] is None}
    if wrong:
        raise Invalid(wrong)
    begins, ends, earliest, latest = (times[name] or 0 for name in TIMES)
    apart, few = (int(text) if (text := typed[name]).isdecimal() and len(text) <= 6 else -1 for name in NUMBERS)
    return Rules((begins, ends), free_days, (earliest, latest), apart, few, disturbing)
