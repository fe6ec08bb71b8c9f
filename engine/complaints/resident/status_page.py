"""Where a complaint stands, as its resident may see it: steps, promises, and what the company has told them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from engine.casework.tasks import Answer, Task
from engine.complaints.core import joinings
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.joinings import GROUP
from engine.complaints.limits import deadlines
from engine.complaints.resident import resident_acts
from engine.core import clock

State = Literal["done", "now", "ahead"]

STEPS: Sequence[tuple[str, str, str, frozenset[str]]] = (
    ("acknowledged", "客服受理", "Taken in", frozenset({"acknowledge"})),
    ("judged", "安排部门", "A department is found", frozenset({"confirm_triage", "settle", "pass_on"})),
    (
        "contacted",
        "部门和您联系",
        "The department speaks with you",
        frozenset({"accept_work", "redispatch", "first_contact"}),
    ),
    ("investigated", "调查", "Looked into", frozenset({"make_safe", "make_safe_now", "investigate"})),
    ("planned", "方案", "Plan", frozenset({"assist", "plan", "legal_advice", "approve", "visit"})),
    ("carried_out", "动手处理", "Work", frozenset({"carry_out", "tell_result"})),
    (
        "called_back",
        "问您满不满意",
        "We ask whether you are satisfied",
        frozenset({"call_resident", "ask_rest", "decide_rest"}),
    ),
)
"""The way that most complaints go; code, words for residents, and the tasks that belong to each step."""

REACHED: Mapping[str, str] = {"plan_answer": "planned", "resident_answer": "called_back"}
"""Waiting for the resident is being at this step too."""

TOLD: Mapping[str, str] = {
    "settle": "words",
    "pass_on": "words",
    "tell_result": "words",
    "quality_confirms": "words",
    "review_appeal": "words",
    "explain_unsolved": "explanation",
}
"""What the staff writes for the resident: the form's field, by task."""

OF_THE_LEAD = ("make_safe", "make_safe_now", "investigate", "assist", "plan", "approve", "carry_out", "tell_result")
"""What is done in the lead's case for everything that goes along with it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way. `at`: when it was done."""

    code: str
    zh: str
    en: str
    state: State
    at: datetime | None

    def said(self, language: str = "zh") -> str:
        """Its name in one language."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Plan:
    """What the company proposes to do, and from when to when."""

    words: str
    start_on: date | None
    finish_on: date | None


@dataclass(frozen=True, slots=True)
class Word:
    """Something the company has told the resident in writing. `task`: the element it was written at."""

    task: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Promise:
    """A limit that the company keeps towards the resident; `ended_at`: when it was given up without being met."""

    kind: str
    started_at: datetime
    due_at: datetime
    met_at: datetime | None
    ended_at: datetime | None

    @property
    def is_late(self) -> bool:
        """Whether it has passed and is still owed."""
        return self.met_at is None and self.ended_at is None and self.due_at < clock.now()


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything on the resident's page but the story. `offers`: what the resident can do now."""

    status: str
    outcome: str | None
    round: int
    steps: tuple[Step, ...]
    offers: frozenset[str]
    plan: Plan | None
    told: tuple[Word, ...]
    promises: tuple[Promise, ...]


def of(session: Session, complaint: Complaint) -> Standing:
    """How it stands for the resident; five statements, two more when it goes or went along with another."""
    running = deadlines.present(session, complaint)
    began = complaint.received_at if complaint.round == 1 else min((d.started_at for d in running), default=None)
    lead = _lead(session, complaint)
    if lead is not None and complaint.round == 1:
        began = None  # what the lead did before this one came was for it too
    done = _done(session, complaint, lead)
    offers = resident_acts.offers(session, complaint)
    return Standing(
        complaint.status,
        complaint.outcome,
        complaint.round,
        _steps(complaint, done, _open(session, complaint, lead), began, offers),
        offers,
        _plan(done, began),
        tuple(Word(task.element, _closed(task), str(words)) for task, words in _told(done) if words),
        tuple(Promise(each.kind, each.started_at, each.due_at, each.met_at, each.ended_at) for each in running),
    )


@dataclass(frozen=True, slots=True)
class _Lead:
    """The case that works for this complaint too, and until when it did; none: it still does."""

    case_id: int
    until: datetime | None


def _lead(session: Session, complaint: Complaint) -> _Lead | None:
    joining = joinings.latest(session, complaint)
    if joining is None or joining.kind != GROUP or not (joining.holds or joining.ended == "told"):
        return None
    case_id = session.get_one(Complaint, joining.lead_id).case_id
    return None if case_id is None else _Lead(case_id, joining.parted_at)


def _done(session: Session, complaint: Complaint, lead: _Lead | None) -> list[tuple[Task, Mapping[str, Any]]]:
    """Tasks that were done, with what was filled in, oldest first; those of the lead's that were for it too."""
    mine = Task.case_id == complaint.case_id
    if lead is not None:
        theirs = and_(Task.case_id == lead.case_id, Task.element.in_(OF_THE_LEAD))
        mine = or_(mine, and_(theirs, Task.closed_at <= lead.until) if lead.until else theirs)
    asked = (
        select(Task, Answer.values)
        .outerjoin(Answer, Answer.task_id == Task.id)
        .where(mine, Task.state == "done")
        .order_by(Task.closed_at, Task.id)
    )
    return [(task, values or {}) for task, values in session.execute(asked)]


def _open(session: Session, complaint: Complaint, lead: _Lead | None) -> set[str]:
    """What somebody is working on now, for this complaint or for its lead."""
    if not complaint.is_open:
        return set()
    mine = Task.case_id == complaint.case_id
    if lead is not None and lead.until is None:
        mine = or_(mine, and_(Task.case_id == lead.case_id, Task.element.in_(OF_THE_LEAD)))
    return set(session.scalars(select(Task.element).where(mine, Task.state.in_(("open", "held")))))


def _closed(task: Task) -> datetime:
    return task.closed_at or task.opened_at


def _steps(
    complaint: Complaint,
    done: Sequence[tuple[Task, Mapping[str, Any]]],
    open_now: Collection[str],
    began: datetime | None,
    offers: Collection[str],
) -> tuple[Step, ...]:
    reached = {REACHED[offer] for offer in offers if offer in REACHED}
    steps = []
    for code, zh, en, elements in STEPS:
        # What was begun before a reopening belongs to the round before, but for the reception, which happens once.
        once = code in ("acknowledged", "judged")
        ends = [
            _closed(task)
            for task, _ in done
            if task.element in elements and (once or began is None or _closed(task) >= began)
        ]
        if code == "acknowledged" and complaint.registered_by_id is not None:
            ends.append(complaint.received_at)  # whoever wrote it down at the desk has confirmed it by that
        if elements.intersection(open_now) or code in reached:
            steps.append(Step(code, zh, en, "now", None))
        elif ends:
            steps.append(Step(code, zh, en, "done", ends[-1]))
        elif complaint.is_open:
            steps.append(Step(code, zh, en, "ahead", None))
    return tuple(steps)


def _plan(done: Sequence[tuple[Task, Mapping[str, Any]]], began: datetime | None) -> Plan | None:
    made = [values for task, values in done if task.element == "plan" and (began is None or _closed(task) >= began)]
    if not made:
        return None
    return Plan(str(made[-1].get("steps") or ""), _day(made[-1].get("start_on")), _day(made[-1].get("finish_on")))


def _told(done: Sequence[tuple[Task, Mapping[str, Any]]]) -> list[tuple[Task, object]]:
    return [(task, values.get(TOLD[task.element])) for task, values in done if task.element in TOLD]


def _day(value: object) -> date | None:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value)[:10]) if value else None
    except ValueError:
        return None
