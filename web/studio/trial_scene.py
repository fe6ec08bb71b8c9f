"""What a trial run shows: where its cases stand, what waits and for whom, what time brings, and what happened so far.

Read within the sandbox, with its clock: nothing here asks the live store about cases.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import requests
from engine.casework import tasks
from engine.casework.cases import Case, Incident, Wait
from engine.casework.tasks import Task, is_open
from engine.casework.timers import Timer
from engine.company import calendars, people, places
from engine.company.calendars import WorkingTime
from engine.company.calendars.working_time import HOLIDAYS
from engine.company.people import Person
from engine.complaints.core.complaint import Complaint
from engine.complaints.resident import resident_acts
from engine.core import clock
from engine.processes import versions
from engine.scenarios.company import COMMUNITY
from engine.scenarios.sandboxes import Sandbox
from web.shared import case_path
from web.shared.case_path import CaseDiagram
from web.shared.diagram_drawing import groups_in_words
from web.shell.formats import name_of
from web.shell.language import language

DAYS_SHOWN = 14
MOST_TIMERS = 8
MOST_WHO = 12
MOST_TASKS = 40


@dataclass(frozen=True, slots=True)
class WaitingTask:
    """An open task, whose it is in words, and who may do it."""

    task: Task
    whose: str
    people: Sequence[Person]
    is_residents: bool


@dataclass(frozen=True, slots=True)
class Due:
    """A timer that will go off: what it is called, when, and how a scenario says that moment."""

    name: str
    at: datetime
    said: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar: whether people work, and whether it is a public holiday."""

    on: date
    works: bool
    holiday: bool
    moment: str


@dataclass(frozen=True, slots=True)
class ShownCase:
    """A case of the trial: its name in the trial, the complaint it is about, its diagrams, what failed in it."""

    subject: str
    case: Case
    complaint: Complaint | None
    diagrams: Sequence[CaseDiagram]
    failed: Sequence[Incident]
    offers: Sequence[tuple[str, str]]
    messages: Sequence[tuple[str, str]]

    @property
    def is_complaint(self) -> bool:
        """Whether it is a complaint's."""
        return self.complaint is not None


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything about a trial as it stands."""

    now: datetime
    working: bool
    cases: Sequence[ShownCase]
    tasks: Sequence[WaitingTask]
    timers: Sequence[Due]
    days: Sequence[Day]


def read(session: Session, sandbox: Sandbox, address: Callable[[str], str]) -> Scene:
    """The scene; `address` gives the URL of a diagram's file."""
    hours = hours_of(session)
    cases = [
        _case(session, name, each.case_id, each.complaint_id, address)
        for name, each in sandbox.play.subjects.items()
    ]  # fmt: skip
    return Scene(clock.now(), hours.is_working(clock.now()), cases, waiting(session), _timers(session), _days(hours))


def hours_of(session: Session) -> WorkingTime:
    """The working hours of the community of trials."""
    return calendars.of(session, places.by_code(session, COMMUNITY[0]).id)


# ---- cases -----------------------------------------------------------------------------------------------------------


def _case(
    session: Session, subject: str, case_id: int, complaint_id: int | None, address: Callable[[str], str]
) -> ShownCase:
    case = session.get_one(Case, case_id)
    complaint = session.get(Complaint, complaint_id) if complaint_id is not None else None
    failed = session.scalars(
        select(Incident).where(Incident.case_id == case_id, Incident.solved_at.is_(None)).order_by(Incident.id)
    ).all()
    diagrams = case_path.of_case(session, case, address)
    for drawn in diagrams:
        drawn.marks["findings"] = {
            each.element: [{"text": each.zh if language() == "zh" else each.en, "level": "error"}]
            for each in failed
            if each.element
        }
    offers = _offers(session, case, complaint)
    return ShownCase(subject, case, complaint, diagrams, failed, offers, _messages(session, case, complaint, offers))


def _offers(session: Session, case: Case, complaint: Complaint | None) -> list[tuple[str, str]]:
    """What the resident can do now, as (code, words): the codes of a complaint are those of `OFFERS`."""
    if complaint is not None:
        found = resident_acts.offers(session, complaint)
        return [(each, "") for each in resident_acts.OFFERS if each in found]
    return [(each.message, each.words.said(language())) for each in requests.resident.offers(session, case)]


def _messages(
    session: Session, case: Case, complaint: Complaint | None, offers: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Messages that the case waits for and the resident does not send, as (name, the step's name)."""
    known = {name for name, _words in offers} | (set(resident_acts.OFFERS) if complaint is not None else set())
    asked = select(Wait).where(Wait.case_id == case.id, Wait.kind == "message").order_by(Wait.id)
    found = {each.name: each.element for each in session.scalars(asked) if each.name not in known}
    return [(name, _named(session, case, element)) for name, element in found.items()]


def _named(session: Session, case: Case, element: str) -> str:
    """The name of a step in any of the diagrams of a case."""
    for diagram in versions.drawn(session, case.pin).values():
        node = diagram.node.get(element)
        if node is not None:
            return (node.name_en if language() == "en" else "") or node.name or element
    return element


# ---- tasks -----------------------------------------------------------------------------------------------------------


def waiting(session: Session) -> list[WaitingTask]:
    """The open tasks, the oldest first, with the people who may do it."""
    asked = select(Task).where(is_open()).order_by(Task.opened_at, Task.id).limit(MOST_TASKS)
    return [waiting_task(session, each) for each in session.scalars(asked)]


def waiting_task(session: Session, task: Task) -> WaitingTask:
    """One open task, with the people who may do it."""
    is_residents = requests.resident.is_residents(task)
    assignee = session.get(Person, task.assignee_id) if task.assignee_id is not None else None
    near = [] if is_residents else people.candidates(session, task.place_id, task.role)
    who = [assignee] if assignee is not None else near
    able = [each for each in who if tasks.may_do(session, each, task) and tasks.is_free_for(session, each, task)]
    whose = name_of(assignee) if assignee is not None else _whose(session, task)
    return WaitingTask(task, whose, able[:MOST_WHO], is_residents)


def _whose(session: Session, task: Task) -> str:
    if task.group and not task.group.startswith("="):
        return groups_in_words(task.group)
    place = places.names(session, [task.place_id]).get(task.place_id)
    return " ".join(filter(None, (name_of(place), name_of(task.role or ""))))


# ---- time ------------------------------------------------------------------------------------------------------------


def _timers(session: Session) -> list[Due]:
    """The next timers; of several of one step the first, which is the one that a scenario can name."""
    asked = select(Timer, Case).join(Case, Case.id == Timer.case_id).where(Timer.due_at.is_not(None))
    first: dict[str, Due] = {}
    for timer, case in session.execute(asked.order_by(Timer.due_at, Timer.id)):
        if timer.element not in first and timer.due_at is not None:
            name = _named(session, case, timer.element)
            first[timer.element] = Due(name, timer.due_at, f"timer {timer.element}")
    return list(first.values())[:MOST_TIMERS]


def _days(hours: WorkingTime) -> list[Day]:
    today = clock.now().astimezone(hours.zone).date()
    days = (today + timedelta(days=number) for number in range(DAYS_SHOWN))
    return [Day(each, bool(hours.on(each)), each in HOLIDAYS, f"{each} {_opens(hours, each)}") for each in days]


def _opens(hours: WorkingTime, on: date) -> str:
    """When work begins on a day; nine where nobody works."""
    spans = hours.on(on)
    return f"{spans[0][0]:%H:%M}" if spans else "09:00"
