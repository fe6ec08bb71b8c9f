"""One complaint with its facts and actions; `complaint_list` adds the list."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine import history
from engine.casework import cases, tasks
from engine.casework.cases import Case
from engine.company import people, places
from engine.company.people import Person
from engine.complaints.core import access
from engine.complaints.limits import pauses
from engine.complaints.resident import asking_up, resident_acts
from engine.core.errors import Conflict, Invalid
from engine.history import NewEntry
from web.complaints import dossier, joining
from web.shared import case_diagrams as web_cases
from web.shared import codes_in_words, letter_states, shown_phones, task_times
from web.shared import files as shared_files
from web.shared.diagram_drawing import groups_in_words
from web.shell import current, guard
from web.shell import form_input as typed_by
from web.shell.formats import zone
from web.shell.guard import DIAGRAMS, relaxed, rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("complaints", __name__, url_prefix="/complaints")
blueprint.context_processor(codes_in_words.context)
blueprint.context_processor(shared_files.context)
blueprint.context_processor(letter_states.context)

NOTHING: Mapping[str, Any] = MappingProxyType({})

Errors = Mapping[str, tuple[str, str]]


# ---- one complaint ---------------------------------------------------------------------------------------------------


@blueprint.get("/<int:complaint_id>")
@rule("complaint.see")
@relaxed(DIAGRAMS)
def show(complaint_id: int) -> str:
    """One complaint: text, limits, history, and its diagrams."""
    return page(complaint_id)


def page(complaint_id: int, typed: Mapping[str, str] = NOTHING, errors: Errors = NOTHING, said: str = "") -> str:
    """The page; `typed` and `errors` of the submitted form, `said`: why something could not be done."""
    reading, me = current.reading(), current.someone()
    complaint = access.find(reading, me, complaint_id)
    return render_template(
        "complaints/show.html",
        dossier=dossier.read(reading, me, complaint),
        together=joining.read(reading, me, complaint),
        with_phone=shown_phones.is_shown(complaint.id),
        typed=typed,
        errors=errors,
        said=said,
        groups_in_words=groups_in_words,
    )


@blueprint.get("/<int:complaint_id>/print")
@rule("complaint.see")
@relaxed(DIAGRAMS)
def print_out(complaint_id: int) -> str:
    """The whole case for printing: text, limits, who did what, the history with the form data."""
    reading, me = current.reading(), current.someone()
    complaint = access.find(reading, me, complaint_id)
    with_diagram = complaint.case_id is not None and bool(request.args.get("diagram"))
    every = tasks.of_case(reading, complaint.case_id) if complaint.case_id is not None else []
    where = places.names(reading, [each.place_id for each in every])
    by = {each.closed_by_id or each.assignee_id for each in every}
    return render_template(
        "complaints/print.html",
        dossier=dossier.read(reading, me, complaint),
        tasks=every,
        titles=places.titles(reading, where.values()),
        people=people.names(reading, [each for each in by if each is not None]),
        with_phone=shown_phones.is_shown(complaint.id),
        with_diagram=with_diagram,
        diagrams=web_cases.diagrams(reading, reading.get_one(Case, complaint.case_id)) if with_diagram else [],
        groups_in_words=groups_in_words,
        task_times=task_times.of_task,
        stamp=stamp,
    )


def stamp(at: datetime | None) -> str:
    """A time for print: absolute, because paper is read on another day."""
    return f"{at.astimezone(zone()):%Y-%m-%d %H:%M}" if at else ""


@blueprint.post("/<int:complaint_id>/phone")
@rule("complaint.see_phone")
def show_phone(complaint_id: int) -> AnyResponse:
    """Show the full phone number once, and record who viewed it in the case and in the company record."""
    me = current.someone()

    def note(writing: Session) -> None:
        complaint = access.find(writing, me, complaint_id, "complaint.see_phone")
        if complaint.case_id is not None:
            cases.record(writing, complaint.case_id, NewEntry("phone.shown", me.id))
        facts = {"complaint": complaint.id}
        history.add(writing, history.company(writing), [NewEntry("phone.shown", me.id, None, facts)])

    current.attempt(note)
    shown_phones.show_next(complaint_id)
    back = guard.safe_target(request.form.get("back"))
    return redirect(back or url_for("complaints.show", complaint_id=complaint_id, _anchor="phone"), 303)


@blueprint.post("/<int:complaint_id>/pause")
@rule("complaint.pause")
@relaxed(DIAGRAMS)
def pause(complaint_id: int) -> AnyResponse | tuple[str, int]:
    """Pause the limits on plan and resolution for a reason and some days."""
    typed = typed_by.texts(("reason", "days", "note"))

    def begin(writing: Session, me: Person) -> None:
        complaint = access.find(writing, me, complaint_id, "complaint.pause")
        length = timedelta(days=int(typed["days"])) if typed["days"].isdecimal() and len(typed["days"]) < 4 else None
        if not typed["reason"] or length is None:
            raise Invalid(unchosen(typed, length))
        pauses.begin(writing, complaint, typed["reason"], length, by=me, note=typed_by.note("note"))

    return act(complaint_id, begin, typed, _("时限已暂停，到期自动恢复。"))


def unchosen(typed: Mapping[str, str], length: timedelta | None) -> dict[str, tuple[str, str]]:
    """What is missing from a pause before its length can be checked."""
    wrong: dict[str, tuple[str, str]] = {}
    if not typed["reason"]:
        wrong["reason"] = ("请选择暂停原因。", "Please choose a reason for the pause.")
    if length is None:
        wrong["days"] = ("请填写天数，如 3。", "Please give a number of days, such as 3.")
    if not typed["note"]:
        wrong["note"] = ("请说明暂停的原因。", "Please say why it has to be paused.")
    return wrong


@blueprint.post("/<int:complaint_id>/resume")
@rule("complaint.pause")
@relaxed(DIAGRAMS)
def resume(complaint_id: int) -> AnyResponse | tuple[str, int]:
    """Resume the limits."""

    def end(writing: Session, me: Person) -> None:
        pauses.end(writing, access.find(writing, me, complaint_id, "complaint.pause"), by=me)

    return act(complaint_id, end, {}, _("时限继续计时。"))


@blueprint.post("/<int:complaint_id>/withdraw")
@rule("complaint.withdraw")
@relaxed(DIAGRAMS)
def withdraw(complaint_id: int) -> AnyResponse | tuple[str, int]:
    """Withdraw the complaint at the resident's request."""
    typed = typed_by.texts(("words",))

    def take_back(writing: Session, me: Person) -> None:
        complaint = access.find(writing, me, complaint_id, "complaint.withdraw")
        if not typed["words"]:
            raise Invalid(
                {"words": ("请写明业主怎样提出、为什么。", "Please say how the resident asked for it, and why.")}
            )
        resident_acts.withdraw(writing, complaint, typed["words"], by=me)

    return act(complaint_id, take_back, typed, _("已代业主撤诉。"))


@blueprint.post("/<int:complaint_id>/supervisor")
@rule("complaint.register")
@relaxed(DIAGRAMS)
def want_supervisor(complaint_id: int) -> AnyResponse | tuple[str, int]:
    """Ask for a supervisor for a resident on the phone."""
    typed = typed_by.texts(("wanted",))

    def ask(writing: Session, me: Person) -> None:
        complaint = access.find(writing, me, complaint_id, "complaint.register")
        try:
            asking_up.ask(writing, complaint, typed["wanted"], by=me)
        except Invalid as wrong:
            raise Invalid({"wanted": wrong.fields["words"]}) from None

    return act(complaint_id, ask, typed, _("已请上级处理。"))


@blueprint.post("/<int:complaint_id>/words")
@rule("complaint.register")
@relaxed(DIAGRAMS)
def add_words(complaint_id: int) -> AnyResponse | tuple[str, int]:
    """Record what a resident who called again said, instead of registering the matter twice."""
    typed = typed_by.texts(("added",))

    def add(writing: Session, me: Person) -> None:
        complaint = access.find(writing, me, complaint_id, "complaint.register")
        if not typed["added"]:
            raise Invalid(
                {"added": ("请写下业主这次说了什么。", "Please write down what the resident said this time.")}
            )
        try:
            resident_acts.add(writing, complaint, typed["added"], by=me)
        except Invalid as wrong:
            raise Invalid({"added": wrong.fields["words"]}) from None

    return act(complaint_id, add, typed, _("已记下，经办人在经过里能看到。"))


def act(
    complaint_id: int, work: Callable[[Session, Person], None], typed: Mapping[str, str], done: str
) -> AnyResponse | tuple[str, int]:
    """Do something to a complaint and confirm it; errors are shown on its page with the input."""
    me = current.someone()
    try:
        current.attempt(lambda writing: work(writing, me))
    except Invalid as wrong:
        return page(complaint_id, typed, wrong.fields), 422
    except Conflict as refused:
        return page(complaint_id, typed, said=refused.text(language())), 409
    flash(done)
    return redirect(url_for("complaints.show", complaint_id=complaint_id), 303)
