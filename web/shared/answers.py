"""What people filled in for the tasks of a case, in words: each answer under its question."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine.casework.cases import Case
from engine.casework.tasks import Answer, Task
from engine.core.errors import NotFound
from engine.forms import Form
from engine.forms.definition import Field
from engine.history import Entry
from engine.processes import versions
from web.shared import form_choices
from web.shell.formats import day, say_moment, zone
from web.shell.language import gettext as _
from web.shell.language import language


@dataclass(frozen=True, slots=True)
class Answered:
    """One question and its answer."""

    label: str
    text: str


def of_case(session: Session, case: Case, entries: Iterable[Entry]) -> dict[int, list[Answered]]:
    """The answers for each entry about a finished task, by the entry's number."""
    entries = list(entries)
    typed = {row.key: row for row in session.execute(_ANSWERS, {"case": case.id})}
    pins = [case.pin, *(str(entry.facts["was"]) for entry in entries if entry.kind == "case.moved")]
    offered: dict[str, form_choices.Choices] = {}
    found = {}
    for entry in entries:
        key = task_of(entry)
        if key in typed:
            row = typed[key]
            form = _form(session, pins, row.process, row.form)
            if form is not None:
                found[entry.number] = in_words(form, row.values_, _offered(session, form, case.place_id, offered))
    return found


_ANSWERS = (
    select(Task.key, Task.process, Task.form, Answer.values.label("values_"))
    .join(Answer, Answer.task_id == Task.id)
    .where(Task.case_id == bindparam("case"))
    .order_by(Answer.id)
)


def task_of(entry: Entry) -> str:
    """The key of the task that an entry reports as done, or nothing."""
    if entry.kind != "task.done":
        return ""
    passed = entry.facts.get("path", ())
    return next((str(key) for what, element, key, *_more in passed if (what, element) == ("c", entry.element)), "")


def _form(session: Session, pins: Iterable[str], process: str, key: str | None) -> Form | None:
    """The form as the case's version has it, or as one had it from which the case was moved."""
    for pin in pins if key else ():
        with suppress(NotFound):
            return versions.form(session, pin, process, key or "")
    return None


def _offered(
    session: Session, form: Form, place_id: int, kept: dict[str, form_choices.Choices]
) -> form_choices.Choices:
    """The choices of the form, each list read once per page."""
    wanted = {field.choices_from for field in form.every if field.choices_from} - kept.keys()
    if wanted:
        fresh = form_choices.offered(session, form, place_id)
        kept.update({name: {name: tuple(map(form_choices.without_marks, fresh.get(name, ())))} for name in wanted})
    return {name: each for one in kept.values() for name, each in one.items()}


def in_words(form: Form, values: Mapping[str, object], offered: form_choices.Choices) -> list[Answered]:
    """The answers of a form, each under its question; what was not answered is left out."""
    said = ((field, _said(field, values.get(field.key), offered)) for field in form.fields)
    return [Answered(field.label.text(language()), text) for field, text in said if text]


def _said(field: Field, value: object, offered: form_choices.Choices) -> str:
    if value in (None, "", [], False):
        return ""
    if field.kind == "filepicker":
        return _("{count} 个文件", count=len(value) if isinstance(value, list) else 1)
    if field.kind == "checkbox":
        return _("是")
    if field.kind == "dynamiclist" and isinstance(value, list):
        return "; ".join(_row(field, row, offered) for row in value if isinstance(row, dict))
    if field.kind in ("date", "datetime") and isinstance(value, str):
        return _when(value, whole_day=field.kind == "date")
    known = {choice.text: choice.label.text(language()) for choice in field.offered(offered)}
    several = value if isinstance(value, list) else [value]
    text = _("、").join(known.get(str(each), str(each)) for each in several)
    return f"{text} {field.unit.text(language())}".strip()


def _row(field: Field, row: Mapping[str, object], offered: form_choices.Choices) -> str:
    return _("、").join(text for inner in field.fields if (text := _said(inner, row.get(inner.key), offered)))


def _when(text: str, *, whole_day: bool) -> str:
    try:
        if whole_day:
            return day(date.fromisoformat(text))
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return say_moment(at.astimezone(zone())) if at.tzinfo else text
