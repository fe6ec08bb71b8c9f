"""Closed complaints as they were: the facts that they began with, what people did and when, what it came to."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from engine.casework.cases import Case
from engine.casework.tasks import Answer, Task
from engine.company import people, places
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import Feedback
from engine.complaints.intake import registration
from engine.complaints.limits.deadlines import Deadline, Pause
from engine.core.errors import BihuanError, NotFound
from engine.forms import Form
from engine.history import Entry
from engine.processes import versions

BY_HAND = frozenset({"case.put", "case.moved", "case.withdrawn", "task.withdrawn", "signal.received"})
"""Entries of what somebody did to the case by hand: it cannot be lived again."""

FACTS_CHANGED = frozenset({"complaint.corrected", "complaint.moved"})
"""Entries after which the complaint's facts are not those that it began with."""

OF_OTHERS = frozenset({"superseded"})
"""Messages that the process sends itself."""


@dataclass(frozen=True, slots=True)
class Act:
    """What happened to a case from outside. kind: "complete", "message", "change" or "pause".

    place: the element. values: the answers, the fields, or the changed variables; None where nobody kept them. by_id: who.
    """

    at: datetime
    kind: str
    place: str = ""
    key: str = ""
    values: Mapping[str, Any] | None = None
    by_id: int | None = None
    pause: tuple[datetime, datetime] | None = None


@dataclass(slots=True)
class Past:
    """One closed complaint. start: the variables that it began with, as far as they are known.

    flows, began_by, limits: what was recorded, to be compared with a life on the same version. odd: why it cannot be lived
    again, in Chinese and English; corrected: whether its facts were corrected. one_by_one: whether timers that were due
    together fired each at its own time, as they do where the clock is turned. doubted: whether the desk had to say if there was danger.
    went_off: when each timer went off, by element, and whether it was passed over for a higher rung.
    """

    complaint: Complaint
    case: Case
    start: dict[str, object]
    acts: list[Act] = field(default_factory=list)
    flows: Counter[str] = field(default_factory=Counter)
    began_by: Mapping[str, Sequence[int]] = field(default_factory=dict)
    limits: list[Deadline] = field(default_factory=list)
    groups: int = 0
    odd: tuple[str, str] | None = None
    corrected: bool = False
    one_by_one: bool = False
    doubted: bool = False
    went_off: dict[str, list[tuple[datetime, bool]]] = field(default_factory=dict)

    def was_passed(self, element: str, due: datetime) -> bool:
        """Return whether a rung that was due then was passed over, because a higher one was due before it was seen."""
        return next((passed for at, passed in self.went_off.get(element, ()) if at >= due), False)


def read(session: Session, complaints: Sequence[Complaint]) -> list[Past]:
    """Return complaints with everything that happened to them, in a fixed number of statements."""
    ids, case_ids = [each.id for each in complaints], [each.case_id for each in complaints]
    kept = {each.id: each for each in session.scalars(select(Case).where(Case.id.in_(case_ids)))}
    entries = _by(session.scalars(select(Entry).where(Entry.case_id.in_(case_ids)).order_by(Entry.number)), "case_id")
    answers = _answers(session, case_ids)
    limits = _by(
        session.scalars(select(Deadline).where(Deadline.complaint_id.in_(ids)).order_by(Deadline.id)), "complaint_id"
    )
    pauses = _by(
        session.scalars(select(Pause).where(Pause.complaint_id.in_(ids)).order_by(Pause.begun_at)), "complaint_id"
    )
    rated = _by(
        session.scalars(select(Feedback).where(Feedback.complaint_id.in_(ids)).order_by(Feedback.at)), "complaint_id"
    )
    logins = people.names(session, [each.registered_by_id for each in complaints if each.registered_by_id])
    found = []
    for complaint in complaints:
        case = kept[complaint.case_id or 0]
        past = Past(complaint, case, {}, limits=limits.get(complaint.id, []))
        by = logins.get(complaint.registered_by_id or 0)
        past.doubted = bool(complaint.danger_doubt)
        past.start = {**registration.start_variables(complaint, by), **_reply(session, complaint, past.limits)}
        reader = _Reader(session, past, answers, rated.get(complaint.id, []), complaint.received_at)
        for entry in entries.get(case.id, []):
            reader.take(entry)
            past.one_by_one |= entry.at < reader.last
            reader.last = entry.at
        for pause in pauses.get(complaint.id, []):
            past.acts.append(Act(pause.begun_at, "pause", pause=(pause.begun_at, pause.ends_at)))
        past.acts.sort(key=lambda each: each.at)
        found.append(past)
    return found


def _by(rows: Iterable[Any], name: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(getattr(row, name), []).append(row)
    return found


def _answers(session: Session, case_ids: Sequence[int | None]) -> dict[tuple[int, str], Row[Any]]:
    """Return the answers by case and visit."""
    asked = select(Task.case_id, Task.key, Task.form, Task.element, Task.process, Answer.values, Answer.by_id)
    rows = session.execute(asked.join(Answer, Answer.task_id == Task.id).where(Task.case_id.in_(case_ids)))
    return {(row.case_id, row.key): row for row in rows}


def _reply(session: Session, complaint: Complaint, limits: Sequence[Deadline]) -> dict[str, object]:
    above = places.ancestors(session, places.find(session, complaint.community_id))
    region = next((place.code for place in above if place.kind == "region"), None)
    owed = next((each for each in limits if each.kind == "reply"), None)
    return {"region": region, "reply_limit": None if owed is None else f"PT{owed.limit_seconds}S"}


@dataclass(slots=True)
class _Reader:
    """Takes the entries of one case, in order."""

    session: Session
    past: Past
    answers: Mapping[tuple[int, str], Row[Any]]
    rated: list[Feedback]
    last: datetime
    joined: Mapping[str, object] | None = None

    def take(self, entry: Entry) -> None:
        past, facts = self.past, entry.facts
        past.flows.update(each[1] for each in facts.get("path", ()) if each[0] == "t")
        if entry.kind in ("timer.fired", "timer.passed") and entry.element:
            past.went_off.setdefault(entry.element, []).append((entry.at, entry.kind == "timer.passed"))
        if entry.kind in BY_HAND:
            past.odd = ("办理中有人动手处置过", "somebody helped the case by hand")
        elif entry.kind in FACTS_CHANGED or entry.kind.startswith("complaint.danger_"):
            past.corrected = True
        elif entry.kind == "case.started":
            past.began_by = facts.get("rules", {})
            if (replies := past.began_by.get("replies")) and not _asked_by_office(self.session, past, replies):
                past.start["reply_limit"] = None
        elif entry.kind == "task.done":
            self._done(entry)
        elif entry.kind == "message.received":
            self._received(entry)
        elif entry.kind == "complaint.joined":
            self.joined = {"joined": facts.get("kind"), "joined_to": facts.get("lead")}
        elif entry.kind == "complaint.gathered":
            past.groups += facts.get("kind") == "group"
            self.joined = {"followers": Decimal(past.groups)}
        elif entry.kind == "variables.changed" and self.joined is not None:
            past.acts.append(Act(entry.at, "change", values=self.joined))
            self.joined = None

    def _done(self, entry: Entry) -> None:
        key = next((each[2] for each in entry.facts.get("path", ()) if each[0] == "c" and each[1] == entry.element), "")
        row = self.answers.get((self.past.case.id, key))
        values = None if row is None else _steering(self.session, self.past.case, row)
        self.past.acts.append(Act(entry.at, "complete", entry.element or "", key, values, entry.by_id))

    def _received(self, entry: Entry) -> None:
        fields: dict[str, object] = dict(entry.facts.get("said", {}))
        if entry.element == "superseded":
            return
        given = next(
            (each for each in self.rated if each.by_id is None and abs(each.at - entry.at).total_seconds() < 5), None
        )
        if given is not None:
            fields |= {"outcome": given.outcome, "score": Decimal(given.score)}
        self.past.acts.append(Act(entry.at, "message", entry.element or "", values=fields, by_id=entry.by_id))


def _asked_by_office(session: Session, past: Past, matched: Sequence[int]) -> bool:
    """Return whether the office set a limit: the row of the table that matched passes it on."""
    model = versions.tables(session, past.case.pin).get("replies")
    if model is None:
        return True
    rules = {rule.number: rule for rule in model.decisions["replies"].rules}
    return any("reply_limit" in output for number in matched if number in rules for output in rules[number].outputs)


def _steering(session: Session, case: Case, row: Row[Any]) -> dict[str, object] | None:
    """Return the answers that became variables, as they were; None when the form is not known any more."""
    if not row.form:
        return {}
    try:
        form = versions.form(session, case.pin, row.process, row.form)
    except (NotFound, BihuanError):
        return None
    return {key: _value(form, key, row.values.get(key)) for key in form.steering if key in row.values}


def _value(form: Form, key: str, value: Any) -> object:
    """Return an answer as the form reads it; it is kept as JSON."""
    field = form.field(key)
    if isinstance(value, bool) or value is None or field is None:
        return value
    if isinstance(value, int | float):
        return Decimal(str(value))
    if isinstance(value, str) and field.kind == "number":
        return Decimal(value)
    if isinstance(value, str) and field.kind == "datetime":
        return datetime.fromisoformat(value)
    if isinstance(value, str) and field.kind == "date":
        return date.fromisoformat(value)
    return value
