"""One task: what it is about, its form, and what can be done with it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import cases, files, people, permissions, places, tasks, versions
from engine.cases import Case
from engine.complaints import Complaint, access, story
from engine.complaints.story import Happening
from engine.complaints.supervision import SUPERVISING
from engine.errors import BihuanError, Conflict, Invalid, NotFound, NotPermitted, NotWaiting
from engine.forms import Checked, Form
from engine.history import Draft, Entry
from engine.people import Person
from engine.places import Place
from engine.tasks import Task
from web import answers, choices, current, dossier, guard, loops, phones, subjects, wording
from web import cases as web_cases
from web.answers import Answered
from web.dossier import without_phones
from web.formats import name_of, zone
from web.guard import DIAGRAMS, relaxed, rule
from web.language import gettext as _

blueprint = Blueprint("tasks", __name__, url_prefix="/tasks")
blueprint.context_processor(wording.context)

REASON_LONGEST = 500
STORY_SHOWN = 10
WORDS_SHOWN = 2
"""How many steps before this one the page shows the answers of: what was found and planned, or why it was returned."""

NOISE = frozenset({"timer.fired", "timer.passed", "task.claimed", "task.returned", "task.withdrawn"})
"""What the story of a task leaves out: whoever does it wants to know what people did and said before."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A task with its form as it is shown: blank, or with what was typed and is not right."""

    task: Task
    case: Case
    form: Form | None
    offered: choices.Choices
    variables: dict[str, object]


@dataclass(frozen=True, slots=True)
class Before:
    """What happened before the task: the `story`, and the last steps in which something was filled in, with it.

    A step that the same person did more than once, as calling in vain, counts as it was the last time.
    """

    story: list[Happening]
    filled: list[tuple[Happening, list[Answered]]]


@dataclass(frozen=True, slots=True)
class Supervised:
    """What a supervising task is about: the limits that run, and the tasks that wait for `people` at `places`."""

    limits: list[dossier.Limit]
    waiting: list[Task]
    people: dict[int, Person]
    places: dict[int, Place]


def _find(session: Session, task_id: int) -> Task:
    """The task, if whoever asks may see it. Raises `NotFound`."""
    task = tasks.find(session, current.someone(), task_id)
    access.hide_from_subject(session, current.someone(), task.case_id)
    return task


def _locked(session: Session, task_id: int) -> Task:
    """The task as it is now, its case held: what is done to a task waits for a step of its case, and the other way."""
    task = _find(session, task_id)
    cases.lock(session, task.case_id)
    return task


def _asked(session: Session, task_id: int) -> Asked:
    task = _find(session, task_id)
    case = session.get_one(Case, task.case_id)
    form = versions.form(session, case.pin, task.process, task.form) if task.form else None
    offered = choices.offered(session, form, task.community_id) if form else {}
    known = cases.variables(session, case) if form and form.names else {}
    return Asked(task, case, form, offered, {**known, **task.local})


# ---- see -------------------------------------------------------------------------------------------------------------


@blueprint.get("/<int:task_id>")
@rule("task.work", "task.see")
@relaxed(DIAGRAMS)
def show(task_id: int) -> str:
    """The task."""
    asked = _asked(current.reading(), task_id)
    checked = asked.form.blank(asked.variables, zone=zone()) if asked.form else None
    return _page(asked, checked)


def _page(asked: Asked, checked: Checked | None, problem: BihuanError | None = None) -> str:
    session, me = current.reading(), current.someone()
    complaint = session.scalar(select(Complaint).where(Complaint.case_id == asked.case.id))
    task = asked.task
    assignee = session.get(Person, task.assignee_id) if task.assignee_id else None
    may_assign = _may(session, me, "task.assign", task.place_id)
    may_see_phone = complaint is not None and _may_see_phone(session, me, complaint)
    masked: Callable[[str], str] = str if may_see_phone else without_phones
    return render_template(
        "tasks/show.html",
        task=task,
        form=asked.form,
        checked=checked,
        choices=asked.offered,
        problem=problem,
        about=subjects.of_cases(session, [task.case_id]).get(task.case_id),
        complaint=complaint,
        may_see_phone=may_see_phone,
        with_phone=complaint is not None and may_see_phone and phones.is_shown(complaint.id),
        masked=masked,
        files=files.of_complaint(session, complaint.id) if complaint else [],
        before=_before(session, asked.case, complaint, masked) if complaint else Before([], []),
        improving=None if complaint else loops.of_task(session, asked.case, task),
        supervised=_supervised(session, complaint, task) if complaint and task.element == SUPERVISING else None,
        assignee=assignee,
        place=places.find(session, task.place_id),
        diagrams=web_cases.diagrams(session, asked.case),
        may_do=task.state == "open" and task.assignee_id in (None, me.id) and tasks.may_do(session, me, task),
        may_assign=may_assign,
        may_take_over=_may(session, me, "task.take_over", task.place_id),
        candidates=people.candidates(session, task.place_id, task.role) if may_assign else [],
    )


def _supervised(session: Session, complaint: Complaint, task: Task) -> Supervised:
    """The limits that run and the tasks that others have open: what a supervisor decides about."""
    running = [each for each in dossier.limits(session, complaint) if each.deadline.is_open]
    waiting = [each for each in tasks.of_case(session, task.case_id) if each.state == "open" and each.id != task.id]
    return Supervised(
        running,
        waiting,
        people.names(session, [each.assignee_id for each in waiting if each.assignee_id is not None]),
        places.names(session, [each.place_id for each in waiting]),
    )


def _before(session: Session, case: Case, complaint: Complaint, masked: Callable[[str], str]) -> Before:
    told = [each for each in story.of(session, complaint) if each.kind not in NOISE and each.element != "superseded"]
    told = [replace(each, note=masked(each.note) if each.note else None) for each in told]
    entries = session.scalars(select(Entry).where(Entry.case_id == case.id, Entry.kind == "task.done"))
    found = answers.of_case(session, case, entries)
    latest = {(each.element, each.by_id): each.entry for each in told if found.get(each.entry)}
    filled = [
        (each, [replace(one, text=masked(one.text)) for one in found[each.entry]])
        for each in told
        if each.entry in latest.values()
    ]
    return Before(told[-STORY_SHOWN:], filled[-WORDS_SHOWN:][::-1])


def _may(session: Session, person: Person, act: str, place_id: int) -> bool:
    return permissions.reach(session, person, act).covers(places.find(session, place_id).path)


def _may_see_phone(session: Session, person: Person, complaint: Complaint) -> bool:
    """Whether this reader may know phone and full name, as on the complaint's own page."""
    seen = select(Complaint.id).where(
        Complaint.id == complaint.id, access.within(session, person, "complaint.see_phone")
    )
    return session.scalar(seen) is not None


# ---- do --------------------------------------------------------------------------------------------------------------


@blueprint.post("/<int:task_id>")
@rule("task.work")
def complete(task_id: int) -> Response | tuple[str, int]:
    """Finish the task with what was filled in; what is not right is said at the field and stays."""
    asked = _asked(current.reading(), task_id)
    if cases.is_done_by(asked.task, current.someone()):
        return _gone_on(asked.task, asked.task.state == "done")
    checked = _check(asked)
    if checked is not None and not checked.ok:
        refused = _refusal(asked.task)
        return _page(asked, checked, refused), 409 if refused else 422
    try:
        went_on = current.attempt(lambda session: _complete(session, task_id, checked))
    except Invalid as wrong:
        return _page(_asked(current.reading(), task_id), _with(checked, wrong), None if checked else wrong), 422
    except (Conflict, NotWaiting, NotPermitted) as refused:
        return _page(_asked(current.reading(), task_id), checked, refused), 409
    return _gone_on(asked.task, went_on)


def _refusal(task: Task) -> BihuanError | None:
    """Why the task cannot be finished by whoever asks, whatever is typed: somebody else has it by now, or it is over."""
    try:
        cases.require_completable(current.reading(), task, current.someone())
    except (Conflict, NotPermitted) as refused:
        return refused
    return None


def _gone_on(task: Task, went_on: bool) -> Response:
    if went_on:
        flash(_done(task))  # type: ignore[arg-type]  # the layout shows a mapping with its link
    else:
        flash(_("已提交，但后面的自动步骤出了问题，已通知负责人，您不用再做什么。"), "error")
    return redirect(url_for("inbox.index"), 303)


def _done(task: Task) -> dict[str, str] | str:
    """That it is done; and where it goes on, if the next step of the case is for the same person."""
    session, me = current.reading(), current.someone()
    said = _("“{name}”已完成。", name=name_of(task))
    following = session.scalar(tasks.inbox(session, me).where(Task.case_id == task.case_id).limit(1))
    if following is None:
        return said
    to = url_for("tasks.show", task_id=following.id)
    return {"text": said, "next": to, "name": _("接着办：{name}", name=name_of(following))}


def _with(checked: Checked | None, wrong: Invalid) -> Checked | None:
    return replace(checked, errors={**checked.errors, **wrong.fields}) if checked else None


def _check(asked: Asked) -> Checked | None:
    if asked.form is None:
        return None
    return asked.form.check(request.form, request.files, asked.variables, asked.offered, zone=zone())


def _complete(session: Session, task_id: int, checked: Checked | None) -> bool:
    me = current.someone()
    task = _find(session, task_id)
    values = dict(checked.values) if checked else {}
    if checked and checked.files:
        task = _locked(session, task_id)
        if cases.is_done_by(task, me):
            return task.state == "done"
        cases.require_completable(session, task, me)
        values.update(_kept(session, task, checked))
    steering = checked.steering if checked else {}
    outcome = cases.complete(session, task, steering, by=me, values=values)
    session.refresh(task)
    return outcome is not None or task.state == "done"


def _kept(session: Session, task: Task, checked: Checked) -> dict[str, list[int]]:
    """Keep what was brought; returns the ids by field. Raises `Invalid` at the field for a file that is none of ours."""
    found: dict[str, list[int]] = {}
    complaint_id = session.scalar(select(Complaint.id).where(Complaint.case_id == task.case_id))
    for key, brought in checked.files.items():
        for each in brought:
            each.stream.seek(0)  # type: ignore[attr-defined]  # read before, if another transaction came between
            try:
                file = files.keep(
                    session,
                    current.settings().files,
                    each.stream,  # type: ignore[attr-defined]
                    each.filename or "",
                    place_id=task.community_id,
                    by_id=current.someone().id,
                    complaint_id=complaint_id,
                    task_id=task.id,
                )
            except files.BadFile as bad:
                raise Invalid({key: (bad.text("zh"), bad.text("en"))}) from None
            found.setdefault(key, []).append(file.id)
    return found


@blueprint.post("/<int:task_id>/claim")
@rule("task.work")
def claim(task_id: int) -> Response:
    """Take the task."""
    _do(task_id, lambda session, task: tasks.claim(session, task, current.someone()), "task.claimed")
    return _back(task_id)


@blueprint.post("/<int:task_id>/unclaim")
@rule("task.work", "task.assign")
def unclaim(task_id: int) -> Response:
    """Put the task back."""
    _do(task_id, lambda session, task: tasks.unclaim(session, task, current.someone()), "task.returned")
    flash(_("已放回，部门同事可以领取。"))
    return _back(task_id)


@blueprint.post("/<int:task_id>/assign")
@rule("task.assign")
def assign(task_id: int) -> Response:
    """Give the task to somebody."""
    chosen = request.form.get("person", "")

    def give(session: Session, task: Task) -> None:
        to = session.get(Person, int(chosen)) if chosen.isdecimal() and len(chosen) < 10 else None
        if to is None or to.id not in {each.id for each in people.candidates(session, task.place_id, task.role)}:
            raise NotFound()
        tasks.assign(session, task, to, current.someone())

    _do(task_id, give, "task.assigned")
    flash(_("已指派。"))
    return _back(task_id)


@blueprint.post("/<int:task_id>/take-over")
@rule("task.take_over")
def take_over(task_id: int) -> Response:
    """Take the task from whoever has it, with a reason."""
    reason = request.form.get("reason", "").strip()[:REASON_LONGEST]
    if not reason:
        raise Conflict(zh="请写明接手的原因。", en="Please say why you take it over.")
    _do(task_id, lambda session, task: tasks.take_over(session, task, current.someone()), "task.taken_over", reason)
    flash(_("已接手。"))
    return _back(task_id)


def _do(task_id: int, act: Callable[[Session, Task], Any], kind: str, note: str | None = None) -> None:
    def work(session: Session) -> None:
        task = _locked(session, task_id)
        before = task.assignee_id
        act(session, task)
        if task.assignee_id != before:
            facts = {"task": task.id, "from": before, "to": task.assignee_id}
            cases.record(session, task.case_id, Draft(kind, current.someone().id, task.element, facts, note))

    current.attempt(work)


def _back(task_id: int) -> Response:
    target = guard.safe_target(request.form.get("back")) or url_for("tasks.show", task_id=task_id)
    return redirect(target, 303)
