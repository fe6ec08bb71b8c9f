"""A complaint's status page as its resident may see it: steps, promises, and what the company has told them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework.cases import Case
from engine.casework.tasks import Answer, Task
from engine.company import calendars
from engine.complaints.core import joinings
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.joinings import GROUP
from engine.complaints.core.meaning import MAKING_SAFE, PLAN, PLAN_DAYS, PLAN_STEPS, PROCESS
from engine.complaints.limits import deadlines
from engine.complaints.resident import resident_acts
from engine.core import clock
from engine.processes import versions

State = Literal["done", "now", "ahead"]

STEPS: Sequence[tuple[str, str, str, frozenset[str]]] = (
    ("acknowledged", "客服受理", "Taken in", frozenset({"registered"})),
    ("judged", "安排部门", "A department is found", frozenset({"judging", "answering", "passing_on"})),
    ("contacted", "部门和您联系", "The department speaks with you", frozenset({"dispatched", "contacting"})),
    ("investigated", "调查", "Looked into", frozenset({"making_safe", "investigating"})),
    ("planned", "方案", "Plan", frozenset({"planning", "plan_offered"})),
    ("carried_out", "动手处理", "Work", frozenset({"carrying_out"})),
    ("called_back", "问您满不满意", "We ask whether you are satisfied", frozenset({"calling_back", "asking_rest"})),
)
"""The usual way of a complaint: code, words for residents, and the statuses of the tasks of each step."""

REACHED: Mapping[str, str] = {"plan_answer": "planned", "resident_answer": "called_back"}
"""Waiting for the resident counts as being at this step."""

OF_THE_LEAD = frozenset({"making_safe", "investigating", "planning", "carrying_out"})
"""The statuses in which the lead's case works for all its followers."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way. `at`: when it was done."""

    code: str
    zh: str
    en: str
    state: State
    at: datetime | None

    def said(self, language: str = "zh") -> str:
        """Return its name in one language."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Plan:
    """What the company proposes to do, and the time from and to."""

    words: str
    start_on: date | None
    finish_on: date | None


@dataclass(frozen=True, slots=True)
class Word:
    """Something the company told the resident in writing. `task`: the element it was written at."""

    task: str
    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Promise:
    """A limit that the company keeps towards the resident; `ended_at`: when it ended without being met."""

    kind: str
    started_at: datetime
    due_at: datetime
    met_at: datetime | None
    ended_at: datetime | None

    @property
    def is_late(self) -> bool:
        """Return whether it is overdue and still owed."""
        return self.met_at is None and self.ended_at is None and self.due_at < clock.now()


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything on the resident's page except the story. `offers`: what the resident can do now."""

    status: str
    outcome: str | None
    round: int
    steps: tuple[Step, ...]
    offers: frozenset[str]
    plan: Plan | None
    told: tuple[Word, ...]
    promises: tuple[Promise, ...]
    is_made_safe: bool
    """Whether somebody has removed a danger since the complaint, or this round of it, began."""


def of(session: Session, complaint: Complaint) -> Standing:
    """Return a complaint's standing for its resident; four statements, two more when it has or had a lead."""
    running = deadlines.present(session, complaint)
    began = complaint.received_at if complaint.round == 1 else min((d.started_at for d in running), default=None)
    lead = _lead(session, complaint)
    if lead is not None and complaint.round == 1:
        began = None  # what the lead did before this one joined counts for it too
    work = _work(session, complaint, lead)
    offers = resident_acts.offers(session, complaint)
    return Standing(
        complaint.status,
        complaint.outcome,
        complaint.round,
        _steps(complaint, work, began, offers),
        offers,
        _plan(work, began, lambda: calendars.of(session, complaint.community_id).zone),
        _told(work),
        tuple(Promise(each.kind, each.started_at, each.due_at, each.met_at, each.ended_at) for each in running),
        _is_made_safe(work, began),
    )


@dataclass(frozen=True, slots=True)
class _Lead:
    """The lead's case, and until when it worked for this complaint; None: it still does."""

    case_id: int
    until: datetime | None


def _lead(session: Session, complaint: Complaint) -> _Lead | None:
    joining = joinings.latest(session, complaint)
    if joining is None or joining.kind != GROUP or not (joining.holds or joining.ended == "told"):
        return None
    case_id = session.get_one(Complaint, joining.lead_id).case_id
    return None if case_id is None else _Lead(case_id, joining.parted_at)


@dataclass(frozen=True, slots=True)
class _Work:
    """A task, done or open, with its step's properties and its answers."""

    task: Task
    said: Mapping[str, str]
    values: Mapping[str, Any]

    @property
    def status(self) -> str:
        return self.said.get("status", "")

    @property
    def is_done(self) -> bool:
        return self.task.state == "done"

    @property
    def at(self) -> datetime:
        return self.task.closed_at or self.task.opened_at


def _work(session: Session, complaint: Complaint, lead: _Lead | None) -> list[_Work]:
    """Return done and open tasks, in order of closing; of the lead's, those that count for this complaint too."""
    asked = (
        select(Task, Answer.values, Case.pin)
        .join(Case, Case.id == Task.case_id)
        .outerjoin(Answer, Answer.task_id == Task.id)
        .where(Task.case_id.in_([complaint.case_id, lead.case_id] if lead else [complaint.case_id]))
        .where(Task.state != "cancelled")
        .order_by(Task.closed_at, Task.id)
    )
    found = []
    for task, values, pin in session.execute(asked):
        element = versions.program(session, pin, PROCESS).elements.get(task.element)
        work = _Work(task, element.properties if element else {}, values or {})
        if task.case_id == complaint.case_id or (lead and _is_for_all(work, lead)):
            found.append(work)
    return found


def _is_for_all(work: _Work, lead: _Lead) -> bool:
    ended = work.task.closed_at
    return work.status in OF_THE_LEAD and (lead.until is None or (ended is not None and ended <= lead.until))


def _steps(
    complaint: Complaint, work: Sequence[_Work], began: datetime | None, offers: Collection[str]
) -> tuple[Step, ...]:
    open_now = {each.status for each in work if not each.is_done} if complaint.is_open else set()
    reached = {REACHED[offer] for offer in offers if offer in REACHED}
    steps = []
    for code, zh, en, statuses in STEPS:
        # Steps from before a reopening belong to the earlier round, except the receipt, which happens once.
        once = code in ("acknowledged", "judged")
        done = [each for each in work if each.is_done and each.status in statuses]
        ends = [each.at for each in done if once or began is None or each.at >= began]
        if code == "acknowledged" and complaint.registered_by_id is not None:
            ends.append(complaint.received_at)  # registration at the desk is its own confirmation
        if statuses.intersection(open_now) or code in reached:
            steps.append(Step(code, zh, en, "now", None))
        elif ends:
            steps.append(Step(code, zh, en, "done", ends[-1]))
        elif complaint.is_open:
            steps.append(Step(code, zh, en, "ahead", None))
    return tuple(steps)


def _is_made_safe(work: Sequence[_Work], began: datetime | None) -> bool:
    dangers = [each for each in work if each.status == MAKING_SAFE]
    done = [each for each in dangers if each.is_done and (began is None or each.at >= began)]
    return bool(done) and all(each.is_done for each in dangers)


def _plan(work: Sequence[_Work], began: datetime | None, zone: Callable[[], tzinfo]) -> Plan | None:
    plans = [each for each in work if each.is_done and each.task.counts_as == PLAN]
    made = [each.values for each in plans if began is None or each.at >= began]
    if not made:
        return None
    start, finish = (calendars.day_of(made[-1].get(name), zone) for name in PLAN_DAYS)
    return Plan(str(made[-1].get(PLAN_STEPS) or ""), start, finish)


def _told(work: Sequence[_Work]) -> tuple[Word, ...]:
    said = [(each, each.values.get(each.said.get("tells_resident", ""))) for each in work if each.is_done]
    return tuple(Word(each.task.element, each.at, str(words)) for each, words in said if words)
