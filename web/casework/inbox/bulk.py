"""Bulk actions on tasks: each in its own transaction, each result reported; failed ones stay, with the reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.casework import assignment, cases, tasks
from engine.casework.tasks import Task
from engine.company import absences, people, permissions, places, rosters
from engine.company.absences import Absence
from engine.company.people import Person
from engine.complaints.core import access
from engine.core.errors import BihuanError, Conflict, Invalid, NotFound
from engine.forms import Checked
from web.casework.inbox.page import blueprint
from web.casework.tasks.page import Asked, ask, locked
from web.shared import case_subjects
from web.shell import current, form_input, guard
from web.shell.formats import name_of, zone
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

MOST = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result for one task; `why` says why it could not be done."""

    task: Task
    why: str = ""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody to give tasks to. `on_duty`: None where there is no roster; `away`: with who stands in."""

    person: Person
    on_duty: bool | None
    away: Absence | None


Answer = Response | str | tuple[str, int]


@blueprint.post("/bulk")
@rule("task.work", "task.assign")
def act() -> Answer:
    """Do the requested action on the selected tasks, at once or after a page that asks for more."""
    chosen = _chosen()
    if not chosen:
        flash(_("请先勾选要一起办的待办。"), "error")
        return _back()
    wish = request.form.get("act", "")
    if wish == "claim":
        outcomes = _each(chosen, lambda session, task: assignment.claim(session, task, current.someone()))
        return _told(outcomes, _("已领取 {count} 件。", count=len(chosen)))
    if wish == "unclaim":
        note = form_input.note("note") or None
        outcomes = _each(chosen, lambda session, task: assignment.unclaim(session, task, current.someone(), note))
        return _told(outcomes, _("已放回 {count} 件。", count=len(chosen)))
    if wish == "give":
        return _giving(chosen, {})
    if wish == "complete":
        return _completing_if_alike(chosen)
    raise NotFound()


def _chosen() -> list[Task]:
    """The selected tasks that the person may see, in list order."""
    ids = [int(each) for each in request.form.getlist("task") if each.isdecimal() and len(each) < 10][:MOST]
    session = current.reading()
    me = current.someone()
    seen = select(Task).where(Task.id.in_(ids), tasks.is_seen(session, me), ~access.concerns(me.id, Task.case_id))
    found = {task.id: task for task in session.scalars(seen)}
    return [found[each] for each in dict.fromkeys(ids) if each in found]


def _each(chosen: Sequence[Task], work: Callable[[Session, Task], str | None]) -> list[Outcome]:
    """Do `work` on each task in its own transaction, its case locked; text that it returns is a warning."""
    return [_once(task, work) for task in chosen]


def _once(task: Task, work: Callable[[Session, Task], str | None]) -> Outcome:
    try:
        why = current.attempt(lambda session: work(session, locked(session, task.id)))
    except Invalid as wrong:
        return Outcome(task, " ".join(said[0 if language() == "zh" else 1] for said in wrong.fields.values()))
    except BihuanError as refused:
        return Outcome(task, refused.text(language()))
    return Outcome(task, why or "")


def _told(outcomes: Sequence[Outcome], said: str) -> Answer:
    """Back to the list if all succeeded; otherwise a page with what was done, what was not, and why."""
    failed = [each for each in outcomes if each.why]
    if not failed:
        flash(said)
        return _back()
    session = current.reading()
    return render_template(
        "inbox/outcome.html",
        done=[each for each in outcomes if not each.why],
        failed=failed,
        subjects=case_subjects.of_cases(session, [each.task.case_id for each in outcomes]),
        back=_target(),
    )


def _target() -> str:
    return guard.safe_target(request.form.get("back")) or url_for("inbox.index")


def _back() -> Response:
    return redirect(_target(), 303)


# ---- hand over to somebody -------------------------------------------------------------------------------------------


def _giving(chosen: Sequence[Task], errors: dict[str, tuple[str, str]]) -> Answer:
    session = current.reading()
    text = render_template(
        "inbox/give.html",
        chosen=chosen,
        subjects=case_subjects.of_cases(session, [task.case_id for task in chosen]),
        colleagues=colleagues(session, chosen),
        errors=errors,
        note=form_input.text("note"),
        given=request.form.get("person", ""),
        back=_target(),
    )
    return (text, 422) if errors else text


def colleagues(session: Session, chosen: Sequence[Task]) -> list[Colleague]:
    """People who may do all of these tasks; those on duty first."""
    spots = {(task.place_id, task.role) for task in chosen}
    known: dict[int, Person] = {}
    shared: set[int] | None = None
    for place_id, role in sorted(spots, key=str):
        here = people.candidates(session, place_id, role)
        known.update({each.id: each for each in here})
        shared = {each.id for each in here} if shared is None else shared & {each.id for each in here}
    duty = _duty(session, spots)
    away = absences.now_away(session, shared or ())
    found = [
        Colleague(known[each], each in duty if duty is not None else None, away.get(each))
        for each in known
        if each in (shared or ())
    ]
    return sorted(found, key=lambda each: (each.away is not None, each.on_duty is False))


def _duty(session: Session, spots: set[tuple[int, str | None]]) -> set[int] | None:
    """Who is on duty for all of this; None where one of the places has no roster."""
    found: set[int] | None = None
    for place_id, role in spots:
        here = rosters.on_duty(session, places.find(session, place_id), role)
        if here is None:
            return None
        found = here if found is None else found & here
    return found


@blueprint.post("/bulk/give")
@rule("task.work", "task.assign")
def give() -> Answer:
    """Hand the tasks to a colleague, as their head or as their owner, with a note for the next person."""
    chosen, person = _chosen(), request.form.get("person", "")
    if not chosen:
        raise NotFound()
    session = current.reading()
    offered = {each.person.id: each.person for each in colleagues(session, chosen)}
    to = offered.get(int(person)) if person.isdecimal() and len(person) < 10 else None
    if to is None:
        return _giving(chosen, {"person": ("请选择给谁。", "Choose whom to give them to.")})
    try:
        note = form_input.note("note") or None
    except Invalid as wrong:
        return _giving(chosen, wrong.fields)
    outcomes = _each(chosen, lambda session, task: _give(session, task, to, note))
    return _told(outcomes, _("已把 {count} 件交给 {name}。", count=len(chosen), name=name_of(to)))


def _give(session: Session, task: Task, to: Person, note: str | None) -> None:
    me = current.someone()
    if permissions.reach(session, me, "task.assign").covers(places.find(session, task.place_id).path):
        assignment.assign(session, task, to, me, note)
    else:
        if task.assignee_id is None:  # an unclaimed task is claimed first: only its owner can hand it over
            assignment.claim(session, task, me)
        assignment.hand_over(session, task, to, me, note)


# ---- finish ----------------------------------------------------------------------------------------------------------


def _completing_if_alike(chosen: Sequence[Task]) -> Answer:
    """One form for all of them; if no single form fits, the list again, with the reason."""
    try:
        return _completing(chosen)
    except Conflict as unlike:
        flash(unlike.text(language()), "error")
        return _back()


def _completing(chosen: Sequence[Task], checked: Checked | None = None) -> Answer:
    session = current.reading()
    asked = [ask(session, task) for task in chosen]
    _require_alike(asked)
    first = asked[0]
    shown = checked or (first.form.blank(first.variables, zone=zone()) if first.form else None)
    text = render_template(
        "inbox/complete.html",
        chosen=chosen,
        subjects=case_subjects.of_cases(session, [task.case_id for task in chosen]),
        form=first.form,
        checked=shown,
        choices=first.offered,
        back=_target(),
    )
    return (text, 422) if checked is not None else text


def _require_alike(asked: Sequence[Asked]) -> None:
    """Raise `Conflict` unless one form can be filled in for all of them."""
    first = asked[0]
    alike = all(each.task.element == first.task.element and each.form == first.form for each in asked)
    if not alike:
        raise Conflict(
            zh="只有同一步骤的待办才能一起完成。请只勾选同一步骤的，或逐件办理。",
            en="Only tasks of the same step can be finished together. Tick those of one step, or do them one by one.",
        )
    if first.form is None:
        return
    if any(field.kind == "filepicker" and field.limits.required for field in first.form.fields):
        raise Conflict(
            zh="这一步每件都要上传照片或文件，请逐件办理。",
            en="This step asks for photos or files of each; do them one by one.",
        )
    blanks = [each.form.blank(each.variables, zone=zone()) for each in asked if each.form]
    if any((each.typed, each.hidden) != (blanks[0].typed, blanks[0].hidden) for each in blanks):
        raise Conflict(
            zh="这一步要填的内容因件而异，请逐件办理。",
            en="What this step asks differs from one to the next; do them one by one.",
        )


@blueprint.post("/bulk/complete")
@rule("task.work")
def complete() -> Answer:
    """Finish the tasks with one form; each separately, so that a refused one does not block the others."""
    chosen = _chosen()
    if not chosen:
        raise NotFound()
    session = current.reading()
    asked = [ask(session, task) for task in chosen]
    _require_alike(asked)
    checked = _check(asked[0])
    if checked is not None and not checked.ok:
        return _completing(chosen, checked)
    return _told(_each(chosen, _complete), _("已完成 {count} 件。", count=len(chosen)))


def _check(asked: Asked) -> Checked | None:
    if asked.form is None:
        return None
    return asked.form.check(request.form, None, asked.variables, asked.offered, zone=zone())


def _complete(session: Session, task: Task) -> str | None:
    asked = ask(session, task)
    me = current.someone()
    if cases.is_done_by(task, me):
        return None
    checked = _check(asked)
    if checked is not None and not checked.ok:
        raise Invalid(dict(checked.errors))
    steering, values = (checked.steering, dict(checked.values)) if checked else ({}, {})
    if cases.complete(session, task, steering, by=me, values=values) is None:
        return _("已提交，但后面的自动步骤出了问题，已通知负责人，您不用再做什么。")
    return None
