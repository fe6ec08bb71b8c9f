"""What people do with requests in tests, through the engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework import cases
from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.company import people
from engine.company.people import Person
from engine.core.store import Store
from engine.processes import publishing
from engine.requests import opened, resident, starting
from engine.requests.rows import Request
from engine.requests.start_form import Filled
from engine.requests.starting import Started, Wish
from tests.stories.company import KEY, Company

PROCESS = "refurbishment"
ASKED: Mapping[str, object] = {"kind": "partial", "structural": False}
CONTACT = {"person_name": "王小明", "phone": "13812345678", "mail": "wang@example.test", "place_text": "3栋2单元501"}


@dataclass
class Acting:
    """One company, and the request that a test is about."""

    store: Store
    company: Company
    request: Request = field(init=False)
    secret: str = ""

    def person(self, login: str) -> Person:
        """Somebody of the company."""
        return self.company.people[login]

    def open(self, process: str = PROCESS) -> None:
        """The administrator opens a process to residents."""
        by = self.person("administrator")
        self.store.attempt(lambda session: opened.switch(session, process, on=True, by=by))

    def start(self, by: str = "", process: str = PROCESS, **answers: object) -> Started:
        """A resident (or somebody of ours) starts it."""
        wish = Wish(process, self.company.community.id, self.filled(**answers))
        who = self.person(by) if by else None
        done = self.store.attempt(lambda session: starting.start(session, wish, key=KEY, by=who))
        self.request, self.secret = done.request, done.secret
        return done

    def filled(self, **answers: object) -> Filled:
        """What a resident fills in."""
        return Filled({**ASKED, **answers}, {"company": "好手艺装饰"}, text="敲掉厨房的墙", **CONTACT)

    def hire(self, login: str, role: str) -> Person:
        """Somebody with a role for the whole company."""

        def work(session: Session) -> Person:
            person = people.add(session, login, login)
            people.hold(session, person, role, session.merge(self.company.root))
            return person

        return self.store.attempt(work)

    def open_tasks(self) -> dict[str, Task]:
        """The open tasks of the request, by element."""
        with self.store.reading() as session:
            asked = select(Task).where(Task.case_id == self.request.case_id, Task.state == "open").order_by(Task.id)
            return {each.element: each for each in session.scalars(asked)}

    def do(self, login: str, element: str, **answers: object) -> None:
        """Somebody of ours completes a task."""
        task_id = self.open_tasks()[element].id

        def work(session: Session) -> None:
            task = cases.hold(session, task_id)
            cases.complete(session, task, answers, by=people.find(session, self.person(login).id), values=answers)

        self.store.attempt(work)

    def answer(self, element: str, **answers: object) -> None:
        """The resident answers what is asked."""
        task_id = self.open_tasks()[element].id

        def work(session: Session) -> None:
            resident.answer(session, resident.enter(session, self.secret), task_id, answers, answers)

        self.store.attempt(work)

    def case(self) -> Case:
        """The case as it stands."""
        with self.store.reading() as session:
            return session.get_one(Case, self.request.case_id)

    def publish(self, process: str, diagram: str, forms: Mapping[str, str] | None = None) -> None:
        """A process of the company's own is published."""
        files = {f"bpmn/{process}/{process}.bpmn": diagram.encode()}
        files |= {f"forms/{process}/{name}.json": text.encode() for name, text in (forms or {}).items()}
        self.store.attempt(lambda session: publishing.publish(session, process, files))
