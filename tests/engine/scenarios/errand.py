"""A small process of a company's own, with one scenario, and people who publish it."""

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from engine import jobs
from engine.company.people import Person
from engine.core.settings import Settings
from engine.core.store import Store
from engine.jobs import Job
from engine.operations.schedule import run_jobs
from engine.processes import publishing, uploads, versions
from engine.scenarios import publishing as playing
from engine.scenarios.publishing import of_upload

PATH = "bpmn/errand/errand.bpmn"
SCENARIO = "bpmn/errand/scenarios/urgent.json"
DIAGRAM = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="t">
<process id="errand" name="跑腿" isExecutable="true">
  <startEvent id="asked" name="有人要"/>
  <userTask id="judge" name="看急不急" camunda:candidateGroups="desk" camunda:formKey="judge"/>
  <exclusiveGateway id="gw_urgent" name="急？" default="not_urgent"/>
  <userTask id="hurry" name="马上去" camunda:candidateGroups="security"/>
  <userTask id="walk" name="得空去" camunda:candidateGroups="engineering"/>
  <boundaryEvent id="slow" name="太慢" attachedToRef="walk"><timerEventDefinition id="t">
    <timeDuration>PT4H</timeDuration></timerEventDefinition></boundaryEvent>
  <endEvent id="done" name="办完"/>
  <endEvent id="late" name="没办"/>
  <sequenceFlow id="f1" sourceRef="asked" targetRef="judge"/>
  <sequenceFlow id="f2" sourceRef="judge" targetRef="gw_urgent"/>
  <sequenceFlow id="urgent" sourceRef="gw_urgent" targetRef="hurry">
    <conditionExpression>=urgent</conditionExpression></sequenceFlow>
  <sequenceFlow id="not_urgent" sourceRef="gw_urgent" targetRef="walk"/>
  <sequenceFlow id="f3" sourceRef="hurry" targetRef="done"/>
  <sequenceFlow id="f4" sourceRef="walk" targetRef="done"/>
  <sequenceFlow id="f5" sourceRef="slow" targetRef="late"/>
</process></definitions>"""
FORM = {
    "title": {"zh": "急不急", "en": "Urgent?"},
    "components": [{"type": "checkbox", "key": "urgent", "label": {"zh": "急", "en": "Urgent"}}],
}
STEPS: list[dict[str, Any]] = [
    {"start": "errand", "then": {"waiting": {"judge": "desk"}}},
    {
        "do": "judge",
        "by": "agent",
        "with": {"urgent": True},
        "then": {"waiting": {"马上去": "guard"}, "variables": {"urgent": True}},
    },
    {"do": "hurry", "by": "guard", "then": {"waiting": {}, "ended": "done"}},
]


def scenario(*steps: dict[str, Any], title: str = "急的马上去") -> bytes:
    """A scenario as a file."""
    return json.dumps({"title": title, "steps": steps or STEPS}, ensure_ascii=False).encode()


def files(diagram: str = DIAGRAM, **more: bytes) -> dict[str, bytes]:
    """The process with its scenario, and more scenarios by name."""
    return {
        PATH: diagram.encode(),
        "forms/errand/judge.json": json.dumps(FORM).encode(),
        SCENARIO: scenario(),
        **{f"bpmn/errand/scenarios/{name}.json": text for name, text in more.items()},
    }


Ask = Callable[..., Job]


class Owner:
    """Somebody who uploads and publishes, and the worker that runs the job."""

    def __init__(self, store: Store, settings: Settings, person: Person) -> None:
        self.store, self.settings, self.person = store, settings, person

    def upload(self, found: dict[str, bytes]) -> str:
        """Upload it; return the upload's id."""
        with self.store.reading() as session:
            verdict = publishing.judge(session, "errand", found).verdict
        return self.store.attempt(lambda session: uploads.keep(session, "errand", found, verdict, by=self.person).id)

    def ask(self, upload_id: str, note: str = "改了", seen: int | None = None) -> int:
        """Have an upload published; return the job's id."""

        def ask(session: Session) -> int:
            newest = versions.latest(session, "errand")
            number = (newest.number if newest else 0) if seen is None else seen
            proposal = of_upload(session, upload_id, number, note, by=self.person)
            return playing.ask(session, proposal, by=self.person).id

        return self.store.attempt(ask)

    def accept(self, job_id: int, reason: str) -> int:
        """Accept what differed; return the new job's id."""
        return self.store.attempt(
            lambda session: playing.accept(session, jobs.find(session, self.person, job_id), reason, by=self.person).id
        )

    def work(self) -> None:
        """The worker runs what was asked for."""
        run_jobs(self.store, self.settings)

    def job(self, job_id: int) -> Job:
        """The job as it is now."""
        with self.store.reading() as session:
            return session.get_one(Job, job_id)

    def publish(self, found: dict[str, bytes]) -> Job:
        """Upload and publish; return the job when it is over."""
        job_id = self.ask(self.upload(found))
        self.work()
        return self.job(job_id)

    def number(self) -> int:
        """The newest version's number, 0 if there is none."""
        with self.store.reading() as session:
            newest = versions.latest(session, "errand")
            return newest.number if newest else 0

    def published(self, path: str) -> bytes | None:
        """A file of the newest version."""
        with self.store.reading() as session:
            newest = versions.latest(session, "errand")
            assert newest is not None
            return versions.files_of(session, newest.id).get(path)
