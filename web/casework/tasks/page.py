"""A task's page: facts, time left, what was done before, the form, and standard texts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from flask import Blueprint, render_template
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine import files, requests
from engine.casework import attendance, cases, drafts, handovers, tasks
from engine.casework.attendance import Attendance
from engine.casework.cases import Case
from engine.casework.drafts import Typed
from engine.casework.tasks import Task
from engine.casework.tasks.rows import SUPERVISION
from engine.company import absences, people, permissions, places
from engine.company.people import Person
from engine.complaints.core import access
from engine.complaints.core.complaint import Complaint
from engine.complaints.lists.exporting import without_phones
from engine.complaints.resident import callback_questions
from engine.core.errors import BihuanError
from engine.files import File
from engine.forms import Checked, Form
from engine.knowledge import Article, articles
from engine.processes import versions
from web.casework import phrases as web_phrases
from web.casework.tasks import before
from web.shared import (
    case_subjects,
    codes_in_words,
    form_choices,
    improvement_story,
    request_matter,
    shown_phones,
    warning_story,
)
from web.shared import files as shared_files
from web.shell import current
from web.shell.formats import zone
from web.shell.guard import DIAGRAMS, relaxed, rule

blueprint = Blueprint("tasks", __name__, url_prefix="/tasks")
blueprint.context_processor(codes_in_words.context)
blueprint.context_processor(shared_files.context)

KEPT = ".kept"
"""Suffix of a field's name: the ids of files uploaded for it before the form was sent."""

NUMBER = (int, float, Decimal)
EXTRA_COST = "approve_cost"
"""The form that asks whether to approve what was spent beyond the plan."""

OF_CASE = select(Complaint).where(Complaint.case_id == bindparam("case"))

Drafted = tuple[list[Typed], datetime]
"""A draft: what was typed earlier and not sent, and when."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A task with its form as shown: blank, or with the input that was refused."""

    task: Task
    case: Case
    form: Form | None
    offered: form_choices.Choices
    variables: dict[str, object]


@dataclass(frozen=True, slots=True)
class Going:
    """Who is on the way and who is on site. `mine`: the reader's last tap; `next`: what they may tap now."""

    rows: list[Attendance]
    mine: Attendance | None
    next: tuple[str, ...]


def find(session: Session, task_id: int) -> Task:
    """The task, if the person may see it. Raises `NotFound`."""
    task = tasks.find(session, current.someone(), task_id)
    access.hide_from_subject(session, current.someone(), task.case_id)
    return task


def locked(session: Session, task_id: int) -> Task:
    """The current task, its case locked: changes to a task and steps of its case wait for each other."""
    task = find(session, task_id)
    cases.lock(session, task.case_id)
    return task


def ask(session: Session, task: Task) -> Asked:
    """The task with its form and the choices of the form."""
    case = session.get_one(Case, task.case_id)
    published = versions.form(session, case.pin, task.process, task.form) if task.form else None
    form = callback_questions.as_asked(session, published) if published else None
    offered = form_choices.offered(session, form, task.community_id) if form else {}
    known = {**(cases.variables(session, case) if form and form.names else {}), **task.local}
    return Asked(task, case, form.offering(known, zone()) if form else None, offered, known)


@blueprint.get("/<int:task_id>")
@rule("task.work", "task.see")
@relaxed(DIAGRAMS)
def show(task_id: int) -> str:
    """The task."""
    session, me = current.reading(), current.someone()
    asked = ask(session, find(session, task_id))
    checked = asked.form.blank(asked.variables, zone=zone()) if asked.form else None
    draft = drafts.find(session, me, task_id) if asked.task.state == "open" else None
    return page(asked, _with_photos(session, checked, draft), draft=draft)


def _with_photos(session: Session, checked: Checked | None, draft: Drafted | None) -> Checked | None:
    """The form with photos uploaded earlier; the text is restored by the page's script."""
    brought = [each for each in draft[0] if each.name.endswith(KEPT)] if draft else []
    if checked is None or not brought:
        return checked
    own = {
        each.id
        for each in unattached(session, current.someone(), [int(each.value) for each in brought if is_id(each.value)])
    }
    kept: dict[str, list[int]] = {}
    for each in brought:
        if is_id(each.value) and int(each.value) in own:
            kept.setdefault(each.name.removesuffix(KEPT), []).append(int(each.value))
    return replace(checked, kept={key: tuple(ids) for key, ids in kept.items()})


def page(
    asked: Asked,
    checked: Checked | None,
    problem: BihuanError | None = None,
    draft: Drafted | None = None,
) -> str:
    """The page of a task; `problem`: why it could not be done, `draft`: input not sent yet."""
    session, me, task = current.reading(), current.someone(), asked.task
    complaint = session.scalar(OF_CASE, {"case": asked.case.id})
    may_see_phone = complaint is not None and _may_see_phone(session, me, complaint)
    masked: Callable[[str], str] = str if may_see_phone else without_phones
    may_do = task.state == "open" and tasks.is_free_for(session, me, task) and tasks.may_do(session, me, task)
    going = _going(session, asked.case, task, me) if complaint and may_do else None
    about = case_subjects.of_cases(session, [task.case_id]).get(task.case_id)
    place = places.known(session)[task.place_id]
    says = web_phrases.Says(complaint, about, task, place, may_see_phone=may_see_phone) if asked.form else None
    return render_template(
        "tasks/show.html",
        task=task,
        form=asked.form,
        checked=checked,
        choices=asked.offered,
        problem=problem,
        draft=draft,
        draft_rows=_draft_rows,
        about=about,
        complaint=complaint,
        may_see_phone=may_see_phone,
        knowledge=_knowledge(session, complaint),
        **_of_others(session, asked.case, task, complaint),
        **_of_request(session, me, asked.case, complaint, may_see_phone=may_see_phone),
        masked=masked,
        files=files.of_complaint(session, complaint.id) if complaint else [],
        kept_files=_kept_files(session, checked),
        limits=files.limits.of(session) if may_do and _takes_files(asked.form) else None,
        before=before.of_task(session, asked.case, complaint, masked) if complaint else before.NOTHING,
        handover=handovers.of_task(session, task),
        costs=_costs(session, asked),
        supervised=_supervised(session, me, complaint, asked),
        assignee=people.known(session)[task.assignee_id] if task.assignee_id else None,
        place=place,
        may_do=may_do,
        going=going,
        on_site_at=going.mine.at if going and going.mine and going.mine.kind == "on_site" else None,
        phrases=web_phrases.offered(session, says) if says and may_do and before.is_wordy(asked.form) else [],
        **_assigning(session, me, task),
        may_take_over=_may(session, me, "task.take_over", task.place_id),
    )


def _knowledge(session: Session, complaint: Complaint | None) -> list[Article]:
    """Articles on what to do with complaints of this kind."""
    if complaint is None or not current.may(articles.SEE):
        return []
    return articles.fitting(session, complaint.category, complaint.community_id)


def _of_others(session: Session, case: Case, task: Task, complaint: Complaint | None) -> dict[str, object]:
    """The improvement or warning that a task belongs to, for its page."""
    if complaint is not None:
        return {"improving": None, "warned": None}
    return {
        "improving": improvement_story.of_task(session, case, task),
        "warned": warning_story.of_task(session, case),
        "names": warning_story,
    }


def _of_request(
    session: Session, me: Person, case: Case, complaint: Complaint | None, *, may_see_phone: bool
) -> dict[str, object]:
    """The request that a task belongs to, for its page; and whether the resident's phone is shown in full, this once."""
    found = requests.rows.about(session, case) if complaint is None else None
    shown = complaint.id if complaint is not None and may_see_phone else found.number if found is not None else None
    facts: dict[str, object] = {"matter": None, "with_phone": shown is not None and shown_phones.is_shown(shown)}
    if found is None:
        return facts
    matter = request_matter.read(session, me, found, case)
    before = request_matter.filled_before(session, case, matter)
    return {**facts, "matter": matter, "matter_before": before, "community": places.known(session)[case.place_id]}


def _costs(session: Session, asked: Asked) -> tuple[float, float] | None:
    """What was approved and what was spent, where the form asks about the difference."""
    if asked.task.form != EXTRA_COST:
        return None
    known = cases.variables(session, asked.case)
    approved, spent = known.get("approved_cost"), known.get("actual_cost")
    if isinstance(approved, NUMBER) and isinstance(spent, NUMBER):
        return float(approved), float(spent)
    return None


def _going(session: Session, case: Case, task: Task, me: Person) -> Going | None:
    """Who is on the way or on site, for tasks that need a visit."""
    if not attendance.goes_there(versions.program(session, case.pin, task.process).elements.get(task.element)):
        return None
    rows = attendance.of_task(session, task)
    mine = next((each for each in reversed(rows) if each.person_id == me.id), None)
    return Going(rows, mine, attendance.FOLLOWS[mine.kind if mine else None])


def _assigning(session: Session, me: Person, task: Task) -> dict[str, object]:
    """Whether the reader may assign the task, to whom, and who of them is away."""
    may_assign = _may(session, me, "task.assign", task.place_id)
    candidates = people.candidates(session, task.place_id, task.role) if may_assign else []
    away = absences.now_away(session, [each.id for each in candidates])
    return {"may_assign": may_assign, "candidates": candidates, "away": away}


def _supervised(session: Session, me: Person, complaint: Complaint | None, asked: Asked) -> before.Supervised | None:
    """What a supervising task is about."""
    if complaint is None or asked.task.counts_as != SUPERVISION:
        return None
    return before.supervised(session, me, complaint, asked.task, asked.form)


def _takes_files(form: Form | None) -> bool:
    return form is not None and any(each.kind == "filepicker" for each in form.fields)


def _draft_rows(draft: Drafted) -> list[list[object]]:
    """A draft in the form that the page's script restores."""
    return [[each.name, each.value, each.ticked] for each in draft[0]]


def is_id(text: str) -> bool:
    """Whether this could be an id."""
    return text.isascii() and text.isdigit() and len(text) < 10


def unattached(session: Session, me: Person, ids: Iterable[int]) -> list[File]:
    """Those of the files that `me` uploaded and that are not attached to anything yet."""
    free = (each.is_(None) for each in (File.complaint_id, File.request_id, File.task_id, File.comment_id))
    return list(
        session.scalars(select(File).where(File.id.in_(set(ids)), File.by_id == me.id, *free).order_by(File.id))
    )


def _kept_files(session: Session, checked: Checked | None) -> dict[int, File]:
    """Photos uploaded before the form was valid, by id; no statement if there are none."""
    ids = {one for each in (checked.kept if checked else {}).values() for one in each}
    return {each.id: each for each in session.scalars(select(File).where(File.id.in_(ids)))} if ids else {}


def says_of(session: Session, task: Task) -> web_phrases.Says:
    """The facts available to standard texts on this task, for this person."""
    complaint = session.scalar(OF_CASE, {"case": task.case_id})
    may_see_phone = complaint is not None and _may_see_phone(session, current.someone(), complaint)
    about = case_subjects.of_cases(session, [task.case_id]).get(task.case_id)
    return web_phrases.Says(complaint, about, task, places.known(session)[task.place_id], may_see_phone=may_see_phone)


def _may(session: Session, person: Person, act: str, place_id: int) -> bool:
    return permissions.reach(session, person, act).covers(places.known(session)[place_id].path)


def _may_see_phone(session: Session, person: Person, complaint: Complaint) -> bool:
    """Whether this reader may see phone and full name, as on the complaint's page."""
    return bool(access.may(session, person, complaint.id, ["complaint.see_phone"]))
