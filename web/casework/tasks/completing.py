"""Finishing a task with the submitted form, and continuing with the next one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy import Row, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.casework import cases, drafts, tasks
from engine.casework.tasks import Task, Wanted
from engine.company import people
from engine.core.errors import BihuanError, Conflict, Invalid, NotPermitted, NotWaiting
from engine.files import Prepared
from engine.forms import Checked
from web.casework import phrases as web_phrases
from web.casework.alarms import Shown, ringing
from web.casework.tasks import photos
from web.casework.tasks.page import Asked, ask, blueprint, find, page, says_of
from web.shell import current
from web.shell.formats import name_of, zone
from web.shell.guard import DIAGRAMS, relaxed, rule
from web.shell.language import gettext as _


@blueprint.post("/<int:task_id>")
@rule("task.work")
@relaxed(DIAGRAMS)
def complete(task_id: int) -> Response | tuple[str, int]:
    """Finish the task with the submitted form; errors are shown at the field and the input is kept."""
    asked = _asked(task_id)
    checked = _check(asked)
    if cases.is_done_by(asked.task, current.someone()):
        return _done_before(asked, checked)
    if checked is not None and not checked.ok:
        refused = _refusal(asked.task)
        held = checked if refused else photos.hold(asked.task, checked)
        return page(_asked(task_id), held, refused), 409 if refused else 422
    try:
        brought = photos.look_through(checked) if checked else {}
        went_on = current.attempt(lambda session: _complete(session, task_id, checked, brought))
    except Invalid as wrong:
        return page(_asked(task_id), _with(checked, wrong), None if checked else wrong), 422
    except (Conflict, NotWaiting, NotPermitted) as refused:
        return page(_asked(task_id), checked, refused), 409
    return _gone_on(asked.task, went_on)


def _done_before(asked: Asked, checked: Checked | None) -> Response | tuple[str, int]:
    """Sent once more: the same is greeted as done; what is different was not used, and is shown again."""
    if checked is None or _is_same(checked, _kept(asked.task)):
        return _gone_on(asked.task, asked.task.state == "done")
    unused = Conflict(
        zh="这件您已经提交过了（可能在另一个窗口），这次填的没有用上，仍在下面，可以复制出来。",
        en="You finished this before, perhaps in another window. What you sent now was not used; it is still below to copy.",
    )
    return page(asked, checked, unused), 409


def _kept(task: Task) -> Mapping[str, object]:
    found = select(tasks.Answer.values).where(tasks.Answer.task_id == task.id).order_by(tasks.Answer.id.desc())
    return current.reading().scalar(found.limit(1)) or {}


def _is_same(checked: Checked, kept: Mapping[str, object]) -> bool:
    """Whether these are the answers that were kept, files aside."""
    fields = [each for each in checked.fields if each.kind not in ("note", "filepicker")]
    sent = cases.readable({each.key: checked.values.get(each.key) for each in fields if each.key not in checked.hidden})
    return all(value == kept.get(key) for key, value in sent.items())


def _asked(task_id: int) -> Asked:
    session = current.reading()
    return ask(session, find(session, task_id))


def _refusal(task: Task) -> BihuanError | None:
    """Why this person cannot finish the task whatever the input: somebody else has it by now, or it is over."""
    try:
        cases.require_completable(current.reading(), task, current.someone())
    except (Conflict, NotPermitted) as refused:
        return refused
    return None


def _with(checked: Checked | None, wrong: Invalid) -> Checked | None:
    return replace(checked, errors={**checked.errors, **wrong.fields}) if checked else None


def _check(asked: Asked) -> Checked | None:
    if asked.form is None:
        return None
    sent = photos.own_only(current.reading(), request.form)
    return asked.form.check(sent, request.files, asked.variables, asked.offered, zone=zone())


def _complete(session: Session, task_id: int, checked: Checked | None, brought: Mapping[str, list[Prepared]]) -> bool:
    me = current.someone()
    task = cases.hold(session, task_id)
    if cases.is_done_by(task, me):
        return task.state == "done"
    values = dict(checked.values) if checked else {}
    if checked and (any(checked.files.values()) or any(checked.kept.values())):
        cases.require_completable(session, task, me)
        values.update(photos.keep(session, task, checked, brought))
    steering = checked.steering if checked else {}
    outcome = cases.complete(session, task, steering, by=me, values=values)
    if checked and web_phrases.is_sent():
        web_phrases.note_uses(session, task, values, says_of(session, task))
    drafts.done(session, task_id)
    _remember(session)
    return outcome is not None or task.state == "done"


# ---- and then --------------------------------------------------------------------------------------------------------


def _remember(session: Session) -> None:
    """Where to go after finishing, now and next time. Only set by pages that offered the choice."""
    goes_back = _goes_back()
    if goes_back != current.someone().goes_back:
        people.find(session, current.someone().id).goes_back = goes_back


def _goes_back() -> bool:
    wish = request.form.get("then", "")
    return wish == "list" if wish in ("list", "next") else current.someone().goes_back


def _gone_on(task: Task, went_on: bool) -> Response:
    if not went_on:
        flash(_("已提交，但后面的自动步骤出了问题，已通知负责人，您不用再做什么。"), "error")
        return redirect(url_for("inbox.index"), 303)
    said = _("“{name}”已完成。", name=name_of(task))
    if calling := ringing():
        return _to_alarm(calling[0], said)
    following = _following(task)
    if following is None:
        flash(said if _goes_back() else _nothing_of_theirs(task))
        return redirect(url_for("inbox.index"), 303)
    to = url_for("tasks.show", task_id=following.id)
    if _goes_back():
        flash({"text": said, "next": to, "name": _("接着办：{name}", name=name_of(following))})  # type: ignore[arg-type]
        return redirect(url_for("inbox.index"), 303)
    text = _("“{name}”已完成，这是您的下一件。", name=name_of(task))
    flash({"text": text, "next": url_for("inbox.index"), "name": _("返回待办")})  # type: ignore[arg-type]
    return redirect(to, 303)


def _to_alarm(first: Shown, said: str) -> Response:
    """An emergency that calls them comes before everything else, wherever they wanted to go."""
    flash(_("{done}有险情，您能去吗？", done=said))
    return redirect(url_for("alarms.show", alarm_id=first.alarm.id), 303)


def _nothing_of_theirs(task: Task) -> str:
    """They have no tasks left; the message also says whether the list below has unclaimed ones."""
    session, me = current.reading(), current.someone()
    if not tasks.in_order(session, me, Wanted("unclaimed"), most=1):
        return _("“{name}”已完成，没有别的待办了。", name=name_of(task))
    return _("“{name}”已完成，您名下没有别的了；下面的还没人领取。", name=name_of(task))


def _following(task: Task) -> Row[*tuple[Any, ...]] | None:
    """Their next task: of their own tasks and the next steps of this case, the first in their inbox."""
    session, me = current.reading(), current.someone()
    asked = (Wanted("mine"), Wanted(case_id=task.case_id))
    ids = [id_ for each in asked for id_ in tasks.in_order(session, me, each, most=2) if id_ != task.id]
    return min(tasks.rows_of(session, ids), key=_as_in_inbox, default=None)


def _as_in_inbox(task: Row[*tuple[Any, ...]]) -> tuple[bool, bool, float, int, int]:
    due = task.due_at
    return task.can_wait, due is None, due.timestamp() if due else 0, -task.priority, task.id
