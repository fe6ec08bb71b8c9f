"""A task of a trial, done as anybody whose it could be: the real form, filled in and checked by the engine."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.casework.tasks import Task
from engine.company import places
from engine.forms import Checked
from engine.processes import process_drafts
from engine.scenarios.sandboxes import Sandbox, SandboxGone, Stuck
from engine.scenarios.script import Step
from web.shell import form_input
from web.shell.formats import name_of
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.studio import frame, trial_forms, trial_scene
from web.studio.trial import Here, back, blueprint, here_of, visit
from web.studio.trial_forms import Asked
from web.studio.trial_scene import WaitingTask
from web.studio.trial_steps import go


@dataclass(frozen=True, slots=True)
class Shown:
    """A task as its page shows it, and what is done when its form is sent."""

    name: str
    inside: Markup
    step: Step | None


@blueprint.get("/<process>/trial/tasks/<int:task_id>")
@rule(process_drafts.ACT)
def ask(process: str, task_id: int) -> str | AnyResponse:
    """The task's form, and as whom it is done."""
    here = here_of(process)
    shown = _visit(here, lambda session: _blank(session, here, task_id))
    return _page(here, task_id, shown) if shown else _gone(process)


@blueprint.post("/<process>/trial/tasks/<int:task_id>")
@rule(process_drafts.ACT)
def do(process: str, task_id: int) -> AnyResponse | tuple[str, int]:
    """Do it as the chosen person; what the form or the engine refuses is said above the form."""
    here = here_of(process)
    shown = _visit(here, lambda session: _sent(session, here, task_id, ""))
    if shown is None:
        return _gone(process)
    if shown.step is None:
        return _page(here, task_id, shown), 422
    if problem := go(here, shown.step):
        again = _visit(here, lambda session: _sent(session, here, task_id, problem))
        return (_page(here, task_id, again), 422) if again else _gone(process)
    flash(_("“{name}”已完成。", name=shown.name))
    return back(process)


def _page(here: Here, task_id: int, shown: Shown) -> str:
    return frame.render("studio/trial_task.html", here.draft, here=here, task_id=task_id, shown=shown)


def _gone(process: str) -> AnyResponse:
    flash(_("这个任务不在等了：试运行已经往前走了，或者退回去了。"), "error")
    return redirect(url_for("studio_trial.show", process=process), 303)


def _visit(here: Here, look: Callable[[Session], Shown | None]) -> Shown | None:
    """What `look` makes of the sandbox; None where there is no trial, or its sandbox is gone."""

    def inside(sandbox: Sandbox) -> Shown | None:
        with sandbox.play.store.reading() as session:
            return look(session)

    if not here.played:
        return None
    try:
        return visit(here, inside)
    except (SandboxGone, Stuck):
        return None


def _task(session: Session, task_id: int) -> Task | None:
    task = session.get(Task, task_id)
    return task if task is not None and task.state == "open" else None


def _asked(session: Session, task: Task) -> Asked | None:
    found = trial_forms.of_task(session, task)
    return trial_forms.public(found) if found and task.role == places.RESIDENT else found


def _blank(session: Session, here: Here, task_id: int) -> Shown | None:
    task = _task(session, task_id)
    if task is None:
        return None
    asked = _asked(session, task)
    return _shown(session, here, task, asked, asked.blank() if asked else None, None, "")


def _sent(session: Session, here: Here, task_id: int, problem: str) -> Shown | None:
    task = _task(session, task_id)
    if task is None:
        return None
    asked = _asked(session, task)
    checked = asked.check(request.form) if asked else None
    by = places.RESIDENT if task.role == places.RESIDENT else form_input.text("by")
    step = Step("do", task.element, {"by": by, **_with(asked, checked)})
    ready = (checked is None or checked.ok) and by
    return _shown(session, here, task, asked, checked, step if ready else None, problem)


def _with(asked: Asked | None, checked: Checked | None) -> dict[str, object]:
    given = asked.given(checked) if asked and checked else {}
    return {"with": given} if given else {}


def _shown(
    session: Session,
    here: Here,
    task: Task,
    asked: Asked | None,
    checked: Checked | None,
    step: Step | None,
    problem: str,
) -> Shown:
    waiting: WaitingTask = trial_scene.waiting_task(session, task)
    inside = render_template(
        "studio/trial_form.html",
        here=here,
        process=here.draft.process,
        waiting=waiting,
        task=task,
        form=asked.form if asked else None,
        checked=checked,
        choices=asked.choices if asked else {},
        problem=problem,
        by=form_input.text("by") if request.method == "POST" else "",
    )
    return Shown(name_of(task), Markup(inside), step)  # noqa: S704 - a template escapes
