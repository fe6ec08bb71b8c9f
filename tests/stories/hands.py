"""What people do in a story, through the engine. `pages.py` does the same over HTTP; stories run with either."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import complaints
from engine.casework import assignment, cases, tasks
from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.company.people import Person
from engine.company.roles import DEPARTMENTS
from engine.complaints.core import categories, feedback, links
from engine.complaints.core.complaint import Complaint
from engine.complaints.intake.registration import Concern
from engine.complaints.limits import deadlines
from engine.complaints.limits.deadlines import Deadline
from engine.complaints.resident import resident_acts
from engine.complaints.timeline import timeline
from engine.core import clock
from engine.core.store import Store
from engine.forms import Choice, Words
from engine.letters import Letter
from engine.operations.schedule import fire_timers
from engine.processes import versions
from tests.stories.company import KEY, Company

MOST_ROUNDS = 50


@dataclass(frozen=True, slots=True)
class Photo:
    """A file as a browser would send it."""

    filename: str = "photo.jpg"


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a complaint at one moment of its story."""

    status: str
    outcome: str | None
    level: int
    round: int
    open: dict[str, Task]
    deadlines: list[Deadline]

    def deadline(self, kind: str) -> Deadline:
        """The latest limit of that kind."""
        return [each for each in self.deadlines if each.kind == kind][-1]


class Hands:
    """One complaint's story: a resident, the staff, and the clock."""

    def __init__(self, store: Store, company: Company) -> None:
        self.store, self.company = store, company
        self.number = self.secret = ""
        self.complaint_id = self.case_id = 0

    # --- the resident

    def complain(self, text: str = "楼道灯坏了三天，晚上看不清", category: str = "1004", **more: Any) -> None:
        """A resident complains on the page."""
        self._register(text, category, None, **{"phone": "13800001234", **more})

    def call(self, login: str = "agent", text: str = "来电反映楼道灯坏", category: str = "1004", **more: Any) -> None:
        """Somebody calls, and the desk registers it."""
        self._register(text, category, self.person(login), **{"channel": "phone", "phone": "13800001234", **more})

    def _register(self, text: str, category: str, by: Person | None, **more: Any) -> None:
        concern = replace(Concern(self.company.community.id, text, category), **more)
        done = self.store.attempt(lambda session: complaints.register(session, concern, key=KEY, by=by))
        self.number, self.secret = done.complaint.number, done.secret
        self.complaint_id, self.case_id = done.complaint.id, done.complaint.case_id or 0

    def _mine(self, session: Session) -> Complaint:
        return links.follow(session, self.number, self.secret)

    def accept_plan(self) -> None:
        """The resident agrees."""
        self.store.attempt(lambda session: resident_acts.answer_plan(session, self._mine(session), accepted=True))

    def object_to_plan(self, words: str = "时间太晚了") -> None:
        """The resident does not agree."""
        self.store.attempt(
            lambda session: resident_acts.answer_plan(session, self._mine(session), accepted=False, words=words)
        )

    def answer(self, score: int, outcome: str, words: str = "") -> None:
        """The resident answers the callback online."""
        verdict = feedback.Verdict(outcome, score, words=words)
        self.store.attempt(lambda session: resident_acts.answer_callback(session, self._mine(session), verdict))

    def appeal(self, words: str = "我有照片为证") -> None:
        """The resident appeals."""
        self.store.attempt(lambda session: resident_acts.appeal(session, self._mine(session), words))

    def withdraw(self) -> None:
        """The resident withdraws it."""
        self.store.attempt(lambda session: resident_acts.withdraw(session, self._mine(session), "自己解决了"))

    def offers(self) -> frozenset[str]:
        """What the resident can do now."""
        with self.store.reading() as session:
            return resident_acts.offers(session, self._mine(session))

    def resident_reads(self) -> list[str]:
        """The history on the resident's page, line by line."""
        with self.store.reading() as session:
            return [line.zh for line in timeline.for_resident(session, self._mine(session))]

    # --- the staff

    def step_of(self, task: Task) -> str:
        """A story's name for a task's step: its id in the shipped diagram."""
        return task.element

    def person(self, login: str) -> Person:
        """Somebody of the staff, by login."""
        return self.company.people[login]

    def inbox(self, login: str) -> list[str]:
        """Somebody's open tasks of this complaint."""
        with self.store.reading() as session:
            return sorted(self.step_of(task) for task in self._inbox(session, login))

    def _inbox(self, session: Session, login: str) -> list[Task]:
        asked = tasks.inbox(session, self.person(login)).where(Task.case_id == self.case_id)
        return list(session.scalars(asked))

    def _open_tasks(self) -> list[Task]:
        with self.store.reading() as session:
            return [task for task in tasks.of_case(session, self.case_id) if task.state == "open"]

    def do(self, login: str, element: str, **answers: Any) -> None:
        """Somebody opens a task in their inbox, fills in its form and finishes it."""
        self.store.attempt(lambda session: self._do(session, login, element, answers))

    def _do(self, session: Session, login: str, element: str, answers: dict[str, Any]) -> None:
        found = [task for task in self._inbox(session, login) if self.step_of(task) == element]
        assert found, f"{login} finds no {element}: {[self.step_of(task) for task in self._inbox(session, login)]}"
        task, by = found[0], self.person(login)
        assignment.claim(session, task, by)
        case = session.get_one(Case, task.case_id)
        form = versions.form(session, case.pin, task.process, task.form or "")
        files = {key: value for key, value in answers.items() if isinstance(value, list) and Photo() in value}
        typed = {key: _typed(value) for key, value in answers.items() if key not in files}
        context = {**cases.variables(session, case), **task.local}
        checked = form.check(typed, files, context, choices(session))
        assert checked.ok, checked.errors
        values = {key: value for key, value in checked.values.items() if key not in files}
        cases.complete(session, task, checked.steering, by=by, values=_plain(values))

    # --- the clock, and the state

    def later(self, **length: float) -> None:
        """Let time pass and the schedule run."""
        clock.turn(timedelta(**length))
        fire_timers(self.store)

    def until(self, element: str, **length: float) -> None:
        """Let time pass in steps of this length until the task exists; at most fifty."""
        for _ in range(MOST_ROUNDS):
            if element in self.now().open:
                return
            self.later(**length)
        raise AssertionError(f"{element} never came")

    def now(self) -> Standing:
        """The state of the complaint."""
        with self.store.reading() as session:
            complaint = session.get_one(Complaint, self.complaint_id)
            return Standing(
                complaint.status,
                complaint.outcome,
                complaint.level,
                complaint.round,
                {self.step_of(task): task for task in self._open_tasks()},
                deadlines.every(session, complaint),
            )

    def letters(self, to: str | None = None) -> list[str]:
        """Templates of sent messages; `to`: a login, or "resident"."""
        with self.store.reading() as session:
            asked = select(Letter).where(Letter.case_id == self.case_id).order_by(Letter.id)
            found = session.scalars(asked).all()
        if to == "resident":
            return [each.template for each in found if each.to_kind == "complaint"]
        if to is not None:
            person = self.person(to).id
            return [each.template for each in found if (each.to_kind, each.to_ref) == ("person", person)]
        return [each.template for each in found]

    def staff_reads(self) -> list[str]:
        """The history as staff see it."""
        with self.store.reading() as session:
            return [line.zh for line in timeline.of(session, session.get_one(Complaint, self.complaint_id))]

    def incidents(self) -> list[str]:
        """Steps that failed."""
        with self.store.reading() as session:
            return [each.zh for each in session.scalars(select(cases.Incident))]


def choices(session: Session) -> dict[str, tuple[Choice, ...]]:
    """The lists that forms refer to."""
    departments = [Choice(each.code, Words(each.name, each.name_en)) for each in DEPARTMENTS.values()]
    named = [each for first, children in categories.tree(session) for each in (first, *children)]
    people = [Choice(each.login, Words(each.name, each.name)) for each in session.scalars(select(Person))]
    return {
        "departments": tuple(departments),
        "categories": tuple(Choice(each.code, Words(each.name, each.name_en)) for each in named),
        "people": tuple(people),
    }


def _typed(value: Any) -> str | list[str]:
    return [str(each) for each in value] if isinstance(value, list) else str(value)


def _plain(values: dict[str, object]) -> dict[str, Any]:
    known = (str, int, float, bool, list, dict, type(None))
    return {key: value if isinstance(value, known) else str(value) for key, value in values.items()}


def in_rows(key: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the answers of a repeated group as a page sends them: `actions.0.what` …"""
    return {f"{key}.{number}.{name}": value for number, row in enumerate(rows) for name, value in row.items()}
