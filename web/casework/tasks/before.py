"""What happened before a task: the history, the last answers, and what a supervisor needs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from engine.casework import tasks
from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.company import people, places
from engine.company.people import KnownPerson, Person
from engine.company.places import KnownPlace
from engine.complaints.core import access, meaning
from engine.complaints.core.complaint import Complaint
from engine.complaints.joining import joining
from engine.complaints.limits import escalated
from engine.complaints.timeline import timeline
from engine.complaints.timeline.timeline import Happening
from engine.forms import Choice, Form
from web.shared import answers, shown_limits
from web.shared.answers import Answered

STORY_SHOWN = 10
ACTS_SHOWN = 4
WORDS_SHOWN = 2
"""The answers of this many earlier steps are shown: findings, the plan, or why it was returned."""

NOISE = frozenset(
    {"timer.fired", "timer.passed", "task.claimed", "task.returned", "task.withdrawn"}
    | {"comment.added", "comment.changed", "comment.deleted", "attendance.undone"}
)
"""Left out of a task's history: the person doing it needs what people did and said before."""


@dataclass(frozen=True, slots=True)
class Before:
    """What happened before the task: the `story`, and the last steps with their answers.

    Of a step that the same person did several times (such as unanswered calls), only the last counts. `objection`: the
    resident's, to the plan, as long as no step was done since.
    """

    story: list[Happening]
    filled: list[tuple[Happening, list[Answered]]]
    objection: Happening | None = None

    @property
    def acts(self) -> list[Happening]:
        """The last things that people did, for whoever supervises them."""
        return [each for each in self.story if each.by_id is not None or each.kind == "message.received"][-ACTS_SHOWN:]


NOTHING = Before([], [])


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a supervising task came, since when, and that it came from a role that nobody holds (or None)."""

    why: str
    zh: str
    en: str
    at: datetime
    from_nobody: tuple[str, str] | None

    def said(self, language: str = "zh") -> str:
        """The reason in one language."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Supervised:
    """What a supervising task is about: why it came, running limits, and the tasks that wait for `people` at `places`.

    `decisions`: what its form lets them choose; `may_join`: whether they may group complaints.
    """

    reasons: list[Reason]
    limits: list[shown_limits.Limit]
    waiting: list[Task]
    people: Mapping[int, KnownPerson]
    places: Mapping[int, KnownPlace]
    may_join: bool
    decisions: tuple[Choice, ...]


def of_task(session: Session, case: Case, complaint: Complaint, masked: Callable[[str], str]) -> Before:
    """The history of a complaint's case so far, its text `masked` for this reader."""
    entries = timeline.entries_of(session, case)
    relieved = {id for id, each in meaning.elements(session, case).items() if each.message == "superseded"}
    happened = timeline.of(session, complaint, entries)
    told = [each for each in happened if each.kind not in NOISE and each.element not in relieved]
    told = [replace(each, note=masked(each.note) if each.note else None) for each in told]
    found = answers.of_case(session, case, [entry for entry, _note in entries])
    latest = {(each.element, each.by_id): each.entry for each in told if found.get(each.entry)}
    filled = [
        (each, [replace(one, text=masked(one.text)) for one in found[each.entry]])
        for each in told
        if each.entry in latest.values()
    ]
    return Before(told[-STORY_SHOWN:], filled[-WORDS_SHOWN:][::-1], _objection(session, case, told, entries))


def _objection(
    session: Session, case: Case, told: Sequence[Happening], entries: Sequence[timeline.Told]
) -> Happening | None:
    elements = meaning.elements(session, case)
    against = {entry.number for entry, _ in entries if timeline.plan_accepted(entry, elements) is False}
    last = next((each for each in reversed(told) if each.kind in ("task.done", "message.received")), None)
    return last if last is not None and last.entry in against else None


def supervised(session: Session, me: Person, complaint: Complaint, task: Task, form: Form | None) -> Supervised:
    """Why it came, running limits and other people's open tasks: what a supervisor decides about."""
    running = [each for each in shown_limits.limits(session, complaint) if each.deadline.is_open]
    waiting = [each for each in tasks.of_case(session, task.case_id) if each.state == "open" and each.id != task.id]
    return Supervised(
        _reasons(session, task),
        running,
        waiting,
        people.known(session),
        places.known(session),
        may_join=complaint.is_open and bool(access.may(session, me, complaint.id, [joining.ACT])),
        decisions=decided.choices if (decided := form.field("action") if form is not None else None) else (),
    )


def _reasons(session: Session, task: Task) -> list[Reason]:
    entries = [entry for entry, _note in timeline.entries_of(session, session.get_one(Case, task.case_id))]
    found = escalated.of_task(entries, task)
    return [
        Reason(each.facts["why"], *escalated.reason(each.facts), each.at, escalated.passed_over(each.facts))
        for each in found
    ]


def is_wordy(form: Form | None) -> bool:
    """Whether a form has a field for which standard texts are offered."""
    return form is not None and any(each.kind == "textarea" for each in form.every)
