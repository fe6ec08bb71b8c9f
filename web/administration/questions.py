"""What residents are asked in a callback, on the phone and online alike."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.administration import asking, recording
from engine.complaints.resident import callback_questions
from engine.core.errors import Invalid
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("questions", __name__, url_prefix="/questions")


@blueprint.get("")
@rule("company.edit")
def index() -> str:
    """The questions and the words of the scale."""
    return _page({}, {})


def _page(typed: dict[str, str], errors: dict[str, tuple[str, str]]) -> str:
    session = current.reading()
    recording.require(session, current.someone())
    return render_template("questions/index.html", asked=callback_questions.of(session), typed=typed, errors=errors)


@blueprint.post("")
@rule("company.edit")
def change() -> Response | tuple[str, int]:
    """Save the questions and the scale."""
    typed = {name: value.strip() for name, value in request.form.items()}
    try:
        with current.transaction() as session:
            me = current.someone()
            for code in callback_questions.OURS.questions:
                zh, en = typed.get(f"{code}_zh", ""), typed.get(f"{code}_en", "")
                asking.reword(session, me, code, zh, en, f"{code}_asked" in typed)
            scale = {
                score: (typed.get(f"scale_{score}_zh", ""), typed.get(f"scale_{score}_en", ""))
                for score in callback_questions.OURS.scale
            }
            asking.rescale(session, me, scale)
    except Invalid as wrong:
        return _page(typed, wrong.fields), 422
    flash(_("已保存，电话回访和网上评价都用新的问法。"))
    return redirect(url_for("questions.index"), 303)
