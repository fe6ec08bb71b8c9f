"""The forms of a trial: the real ones, with a box instead of each file, and their answers as a scenario writes them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from engine.casework import cases
from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.complaints.resident import callback_questions
from engine.core.errors import NotFound
from engine.forms import Checked, Field, Form, Words
from engine.processes import start_events, versions
from engine.requests import start_form
from engine.scenarios import asking, choices
from engine.scenarios.choices import Choices
from web.studio.trial_scene import hours_of

SAMPLE = "photo"
"""What a scenario writes for a file."""

SAMPLED = Words("（用一张样例照片）", " (a sample photo)")


@dataclass(frozen=True, slots=True)
class Asked:
    """A form as a trial shows it, with the choices of its lists and the variables that it reads."""

    form: Form
    choices: Mapping[str, Choices]
    known: Mapping[str, object]
    zone: tzinfo

    def blank(self) -> Checked:
        """The untouched form, with the defaults that it has for everybody."""
        contact = {key: said for key, said in asking.CONTACT.items() if self.form.field(key)}
        return self.form.blank(self.known, contact if not self.known else None, zone=self.zone)

    def check(self, sent: MultiDict[str, str]) -> Checked:
        """What was sent."""
        return self.form.check(sent, {}, self.known, self.choices, zone=self.zone)

    def given(self, checked: Checked) -> dict[str, Any]:
        """The answers as a scenario writes them; what was not answered is left out."""
        found = {each.key: _given(each, checked.values.get(each.key), self.zone) for each in self.form.fields}
        return {key: value for key, value in found.items() if key and value not in (None, "", [])}


def of_task(session: Session, task: Task) -> Asked | None:
    """The form of an open task; None where it has none."""
    if not task.form:
        return None
    case = session.get_one(Case, task.case_id)
    form = callback_questions.as_asked(session, versions.form(session, case.pin, task.process, task.form))
    known = {**cases.variables(session, case), **task.local}
    return _asked(session, form, known)


def of_start(session: Session, process: str) -> Asked | None:
    """The form that people start a process with; None where nobody starts it, or nothing is asked."""
    event = start_events.plain(session, process)
    if event is None or not event.form:
        return None
    try:
        return _asked(session, versions.form_today(session, process, event.form), {})
    except NotFound:
        return None


def public(asked: Asked) -> Asked:
    """The form as a resident is shown it."""
    return replace(asked, form=replace(asked.form, fields=tuple(filter(start_form.is_public, asked.form.fields))))


def _asked(session: Session, form: Form, known: Mapping[str, object]) -> Asked:
    zone = hours_of(session).zone
    shown = replace(form, fields=tuple(map(_sampled, form.offering(known, zone).fields)))
    return Asked(shown, choices.offered(session, form), known, zone)


def _sampled(field: Field) -> Field:
    """A box to tick instead of a file."""
    if field.kind != "filepicker":
        return field
    label = Words(field.label.zh + SAMPLED.zh, field.label.text("en") + SAMPLED.en)
    return replace(field, kind="checkbox", label=label, limits=replace(field.limits, smallest=None, largest=None))


def _given(field: Field, value: object, zone: tzinfo) -> Any:
    """One answer as a scenario writes it."""
    if field.label.zh.endswith(SAMPLED.zh):
        return SAMPLE if value else None
    if isinstance(value, datetime):
        return value.astimezone(zone).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if field.kind == "dynamiclist" and isinstance(value, list):
        inner = {each.key: each for each in field.fields}
        rows = [{key: _given(inner[key], each, zone) for key, each in row.items() if key in inner} for row in value]
        return [{key: each for key, each in row.items() if each not in (None, "", [])} for row in rows]
    return value if isinstance(value, str | bool | int | float | list) else None
