"""One tap each way where the desk has to say whether there is danger."""

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.complaints.changes import danger_doubts
from engine.complaints.changes.danger_doubts import ACT
from engine.complaints.core import access
from engine.complaints.core.complaint import LATER
from engine.core.errors import Conflict
from web.shell import current
from web.shell.guard import rule, safe_target
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("danger_doubts", __name__, url_prefix="/complaints/<int:complaint_id>/danger")


@blueprint.post("")
@rule(ACT)
def settle(complaint_id: int) -> Response:
    """Say that there is danger (`danger=yes`) or that there is none, and return to the page it was said on."""
    me, danger = current.someone(), request.form.get("danger") == "yes"
    later = access.find(current.reading(), me, complaint_id, ACT).danger_doubt == LATER
    try:
        current.attempt(
            lambda session: danger_doubts.settle(
                session, access.find(session, me, complaint_id, ACT), danger=danger, by=me
            )
        )
    except Conflict as refused:
        flash(refused.text(language()), "error")
    else:
        yes = _("已记下：有危险，已打电话叫人。") if later else _("已按特急办理，抢险任务已经派出。")
        flash(yes if danger else _("已记下：没有危险，按平常的办法办。"))
    back = safe_target(request.form.get("back"))
    return redirect(back or url_for("complaints.show", complaint_id=complaint_id), 303)
