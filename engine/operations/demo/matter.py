"""One complaint of the demo, and what people do about it: always through the engine, checked as on the pages."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import complaints, files, improvement
from engine.casework import assignment, cases, tasks
from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.company.people import Person
from engine.company.roles import DEPARTMENTS
from engine.complaints.changes import corrections
from engine.complaints.core import feedback, links
from engine.complaints.core.categories import Category
from engine.complaints.core.complaint import Complaint
from engine.complaints.homes.households import Household
from engine.complaints.intake.registration import Concern
from engine.complaints.joining import joining
from engine.complaints.limits import pauses
from engine.complaints.resident import resident_acts
from engine.core import clock, master_data
from engine.files import Prepared
from engine.forms import Choice, Words
from engine.operations.demo.company import HOME, Site
from engine.operations.demo.photos import photo
from engine.operations.demo.standing import Lost, Stage, Standing
from engine.processes import versions
from engine.reports import contents, making


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo as a browser would send it."""

    name: str

    @property
    def filename(self) -> str:
        """Return its name on somebody's phone."""
        return f"{self.name}.jpg"

    def prepared(self) -> Prepared:
        """Return what is stored of it."""
        return files.prepare(BytesIO(photo(self.name)), self.filename, files.limits.USUAL)


class Matter(Standing):
    """One complaint: the resident, the staff, and its state."""

    def __init__(self, stage: Stage, site: Site = HOME) -> None:
        super().__init__(stage, site)
        self.secret = ""

    def _act(self, work: Callable[[Session], object]) -> None:
        """Do it in a transaction. As on a page, roles are read once while nobody changes them; no act here does."""

        def knowing(session: Session) -> None:
            master_data.note(session, session.scalar(select(master_data.NUMBER)))
            work(session)

        self.store.attempt(knowing)

    # ---- the resident --------------------------------------------------------------------------------------------

    def complain(self, home: str, category: str, text: str, *pictures: str, by: str | None = None, **more: Any) -> None:
        """The resident of that home (`3-2-501`) complains on the page; `by`: the desk enters it for them."""
        concern = replace(Concern(self.community.id, text, category), **more)
        person = self._person(by) if by else None
        drawn = [Picture(name).prepared() for name in pictures]

        def register(session: Session) -> None:
            done = complaints.register(session, self._from(session, home, concern), key=self.stage.key, by=person)
            self.number, self.secret = done.complaint.number, done.secret
            self.id, self.case_id = done.complaint.id, done.complaint.case_id or 0
            for each in drawn:
                self._keep(session, each, by_id=person.id if person else None)

        self._act(register)

    def call(self, home: str, category: str, text: str, **more: Any) -> None:
        """The resident of that home calls the desk."""
        self.complain(home, category, text, **{"by": "agent", "channel": "phone", **more})

    def _from(self, session: Session, home: str, concern: Concern) -> Concern:
        if not home:
            return replace(concern, anonymous=True)
        building, unit, room = home.split("-")
        asked = select(Household).where(
            Household.community_id == self.community.id,
            Household.building == building,
            Household.unit == unit,
            Household.room == room,
        )
        household = session.scalars(asked).one()
        place = concern.place_text or household.label
        return replace(
            concern, household_id=household.id, person_name=household.name, phone=household.phone, place_text=place
        )

    def _mine(self, session: Session) -> Complaint:
        return links.follow(session, self.number, self.secret)

    def accept(self) -> None:
        """The resident agrees to the plan."""
        self._act(lambda session: resident_acts.answer_plan(session, self._mine(session), accepted=True))

    def refuse(self, words: str) -> None:
        """The resident does not agree to the plan."""
        self._act(lambda session: resident_acts.answer_plan(session, self._mine(session), accepted=False, words=words))

    def answer(self, outcome: str, score: int, words: str = "") -> None:
        """The resident answers the callback online."""
        verdict = feedback.Verdict(outcome, score, score, score, score, words)
        self._act(lambda session: resident_acts.answer_callback(session, self._mine(session), verdict))

    def appeal(self, words: str) -> None:
        """The resident contests the finding."""
        self._act(lambda session: resident_acts.appeal(session, self._mine(session), words))

    def withdraw(self, words: str) -> None:
        """The resident takes it back."""
        self._act(lambda session: resident_acts.withdraw(session, self._mine(session), words))

    # ---- the staff -----------------------------------------------------------------------------------------------

    def do(self, login: str, element: str, **answers: Any) -> None:
        """Somebody takes a task from their inbox, fills in its form and completes it."""
        brought = {key: [Picture(each) for each in answers.pop(key)] for key in FILES & answers.keys()}
        drawn = {key: [each.prepared() for each in pictures] for key, pictures in brought.items()}
        self._act(lambda session: self._do(session, login, element, answers, brought, drawn))

    def take(self, login: str, element: str) -> None:
        """Somebody takes a task without completing it."""
        self._act(lambda session: self._take(session, login, element))

    def way(self, usual: str) -> str:
        """Return how the resident is told: on the status page when no phone is known."""
        return "page" if self.variables()["anonymous"] else usual

    def _take(self, session: Session, login: str, element: str) -> Task:
        by = self._person(login)
        mine = tasks.inbox(session, by).where(Task.case_id == self.case_id, Task.element == element)
        task = session.scalars(mine).first()
        if task is None:
            raise Lost(where=f"{self.number}: {login} finds no {element}, open is {sorted(self.open)}")
        if task.assignee_id is None:
            assignment.claim(session, task, by)
        return task

    def _do(
        self,
        session: Session,
        login: str,
        element: str,
        answers: Mapping[str, Any],
        brought: Mapping[str, Sequence[Picture]],
        drawn: Mapping[str, Sequence[Prepared]],
    ) -> None:
        task, by = self._take(session, login, element), self._person(login)
        self._begin(session, task, by)
        case = session.get_one(Case, task.case_id)
        form = versions.form(session, case.pin, task.process, task.form or "")
        typed = {key: _typed(value) for key, value in answers.items()}
        known = {**cases.variables(session, case), **task.local}
        choices = master_data.kept(session, "choices of the demo", lambda: _choices(session))
        checked = form.offering(known).check(typed, brought, known, choices, zone=self.stage.zone)
        if not checked.ok:
            raise Lost(where=f"{self.number}: {element}: {checked.errors}")
        values = dict(checked.values)
        for key, pictures in drawn.items():
            values[key] = [self._keep(session, each, by_id=by.id, task_id=task.id) for each in pictures]
        cases.complete(session, task, checked.steering, by=by, values=values)

    def _begin(self, session: Session, task: Task, by: Person) -> None:
        """The holder takes and opens the task when they go to work on it; some do it all in one go, and nobody knows
        when."""
        dice = Random(f"{self.number}{task.element}{task.id}")  # noqa: S311  nothing here is secret
        if task.element not in MINUTES or dice.random() < ALL_AT_ONCE:
            return
        worked = timedelta(minutes=MINUTES[task.element] * math.exp(dice.gauss(0, 0.5)))
        task.claimed_at = max(task.opened_at, clock.now() - worked)
        tasks.beginning.begin(session, task, by.id, at=task.claimed_at)

    def _keep(self, session: Session, picture: Prepared, *, by_id: int | None, task_id: int | None = None) -> int:
        kept = files.keep(
            session,
            self.stage.settings.files,
            picture,
            by_id=by_id,
            place_id=self.community.id,
            complaint_id=self.id or None,
            task_id=task_id,
        )
        return kept.id

    def pause(self, login: str, reason: str, days: int, note: str) -> None:
        """Somebody pauses the limits for a while."""

        def begin(session: Session) -> None:
            complaint = complaints.find(session, self.id)
            pauses.begin(session, complaint, reason, timedelta(days=days), by=self._person(login), note=note)

        self._act(begin)

    def rename(self, login: str, category: str, reason: str) -> None:
        """Somebody says that it belongs to another category."""

        def correct(session: Session) -> None:
            complaint = complaints.find(session, self.id)
            wanted = replace(corrections.facts_of(complaint), category=category)
            corrections.put_right(session, complaint, wanted, key=self.stage.key, by=self._person(login), reason=reason)

        self._act(correct)

    def improve(self, login: str, title: str, department: str, cause: str) -> None:
        """Somebody starts an improvement from this complaint; the story then follows the improvement."""

        def begin(session: Session) -> None:
            begun = improvement.start(
                session,
                title=title,
                department=department,
                complaint_ids=[self.id],
                by=self._person(login),
                cause=cause,
            )
            self.case_id = begun.case_id or 0

        self._act(begin)

    def report(self, place: str) -> None:
        """The schedule makes the report of the last month of the community or its region; the story then follows it."""
        where = self.community if place == "community" else self.stage.company.regions[self.site.west]
        with self.store.snapshot() as session:
            period = making.last(session, where, "month")
            counted = contents.count(session, where, period)

        def begin(session: Session) -> None:
            made = making.make(session, where, period, counted, by=None)
            self.number, self.case_id = made.number, made.case_id or 0

        self._act(begin)

    def _person(self, login: str) -> Person:
        return self.stage.company.people[self.site.login(login)]

    # ---- together with others ------------------------------------------------------------------------------------

    def another(self) -> "Matter":
        """Return one more complaint of the same community, not told yet."""
        return Matter(self.stage, self.site)

    def lead(self, login: str, *others: "Matter", note: str = "") -> None:
        """Somebody joins these complaints under this one."""

        def bring(session: Session) -> None:
            followers = [complaints.find(session, each.id) for each in others]
            joining.join(session, complaints.find(session, self.id), followers, by=self._person(login), note=note)

        self._act(bring)

    def merge_into(self, login: str, other: "Matter", note: str = "") -> None:
        """Somebody merges this complaint into another as a repeat."""

        def bring(session: Session) -> None:
            lead, repeat = complaints.find(session, other.id), complaints.find(session, self.id)
            joining.merge(session, lead, repeat, by=self._person(login), note=note)

        self._act(bring)

    def earlier(self) -> "Matter | None":
        """Return an earlier open complaint of the same home about the same matter."""
        with self.store.reading() as session:
            mine = complaints.find(session, self.id)
            same = select(Complaint).where(
                Complaint.household_id == mine.household_id,
                Complaint.category == mine.category,
                Complaint.id < mine.id,
                Complaint.closed_at.is_(None),
            )
            there = session.scalars(same.order_by(Complaint.id.desc())).first()
        if there is None:
            return None
        found = self.another()
        found.number, found.id, found.case_id = there.number, there.id, there.case_id or 0
        return found


FILES = frozenset({"photos", "evidence"})

MINUTES: Mapping[str, float] = {
    "acknowledge": 3, "confirm_triage": 4, "accept_work": 3, "first_contact": 8, "investigate": 40, "plan": 20,
    "carry_out": 90, "tell_result": 8, "call_resident": 6, "make_safe": 40, "make_safe_now": 40,
}  # fmt: skip
"""How long people usually work on a task, in minutes."""

ALL_AT_ONCE = 0.15
"""Share of tasks that are filled in and sent in one go, so that nobody knows when work on them began."""


def _typed(value: Any) -> str | list[str]:
    if isinstance(value, list):
        return [str(each) for each in value]
    return "true" if value is True else str(value)


_BUILDINGS = select(Household.building).distinct()


def _choices(session: Session) -> dict[str, tuple[Choice, ...]]:
    """Return the lists that forms name."""
    return {
        "departments": tuple(Choice(each.code, Words(each.name, each.name_en)) for each in DEPARTMENTS.values()),
        "categories": tuple(
            Choice(each.code, Words(each.name, each.name_en)) for each in session.scalars(select(Category))
        ),
        "buildings": tuple(Choice(each, Words(each, each)) for each in session.scalars(_BUILDINGS)),
        "people": tuple(Choice(each.login, Words(each.name, each.name_en)) for each in session.scalars(select(Person))),
    }
