"""Failing steps: whatever the reason, one case stops with an incident, nothing is lost, and others go on."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engine import history
from engine.bpmn.execution import CancelCase, Work
from engine.casework import cases, tasks
from engine.casework.cases import Case, Incident, domain
from engine.casework.tasks import Answer, Task
from engine.casework.timers import Timer
from engine.company import people, places
from engine.core import clock
from engine.core.errors import Conflict, NotFound
from engine.core.store import Store
from engine.operations.schedule import fire_timers
from engine.processes.topics import ALLOWED, Topic
from tests.engine.casework.cases.company import Company
from tests.engine.casework.cases.test_step import NAP, begin, finish, open_tasks

pytestmark = pytest.mark.slow

Draw = Callable[..., None]

LOST = NAP.replace('candidateGroups="desk"', 'candidateGroups="legal"').replace('name="填写"', 'name="咨询法务"')
"""Its next task is for a department that this community does not have."""


def incidents(store: Store) -> list[Incident]:
    with store.reading() as session:
        return list(session.scalars(select(Incident).order_by(Incident.id)))


def test_a_timer_that_fails_does_not_keep_the_others_from_firing(
    each_store: Store, company: Company, draw: Draw
) -> None:
    draw(lost=LOST, nap=NAP)
    failing = begin(each_store, company, "lost")
    clock.turn(timedelta(minutes=1))
    other = begin(each_store, company, "nap")
    clock.turn(timedelta(hours=2))
    fire_timers(each_store)
    assert set(open_tasks(each_store, other)) == {"ask"}
    [incident] = incidents(each_store)
    assert (incident.case_id, incident.element) == (failing, "ask")
    assert "咨询法务" in incident.zh
    assert "legal" in incident.en
    assert fire_timers(each_store) == 0


def test_a_timer_that_failed_fires_once_when_it_is_tried_again(each_store: Store, company: Company, draw: Draw) -> None:
    draw(lost=LOST)
    case_id = begin(each_store, company, "lost")
    clock.turn(timedelta(hours=1))
    fire_timers(each_store)
    [incident] = incidents(each_store)
    with each_store.transaction() as session:
        places.add_department(session, places.find(session, company.community.id), "legal")
    assert each_store.attempt(lambda session: cases.retry(session, incident.id, company.root)) is True
    assert set(open_tasks(each_store, case_id)) == {"ask"}
    with each_store.reading() as session:
        assert session.get_one(Case, case_id).status == "running"
        assert session.scalar(select(Timer.id)) is None
        assert not history.verify(session, None)
    assert fire_timers(each_store) == 0


NEXT = """
<startEvent id="begin"/><sequenceFlow id="f1" sourceRef="begin" targetRef="look"/>
<userTask id="look" name="查看" camunda:candidateGroups="desk"/><sequenceFlow id="f2" sourceRef="look" targetRef="next"/>
<userTask id="next" name="下一步" camunda:candidateGroups="{group}"/><sequenceFlow id="f3" sourceRef="next" targetRef="done"/>
<endEvent id="done"/>
"""


@pytest.mark.parametrize("group", ["legal", "nobody_at_all"])
def test_a_task_for_nobody_is_an_incident_and_the_answers_are_kept(
    each_store: Store, company: Company, draw: Draw, group: str
) -> None:
    draw(next=NEXT.format(group=group))
    case_id = begin(each_store, company, "next")
    look = open_tasks(each_store, case_id)["look"]
    assert finish(each_store, look, company.anna, amount=3) is None
    [incident] = incidents(each_store)
    assert incident.element == "next"
    assert group in incident.zh
    with each_store.reading() as session:
        assert session.get_one(Task, look.id).state == "held"
        assert session.scalars(select(Answer.values)).one() == {"amount": 3}


def test_a_mistake_of_ours_behind_a_step_is_an_incident_too(
    each_store: Store, company: Company, draw: Draw, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(session: Session, case: Case, _: object) -> None:
        if case.entries:
            raise RuntimeError("out of paper")

    monkeypatch.setitem(domain._domains, "next", cases.Domain(broken))
    draw(next=NEXT.format(group="desk"))
    case_id = begin(each_store, company, "next")
    look = open_tasks(each_store, case_id)["look"]
    assert finish(each_store, look, company.anna) is None
    [incident] = incidents(each_store)
    assert "out of paper" in incident.en
    assert "out of paper" in caplog.text
    monkeypatch.setitem(domain._domains, "next", cases.Domain())
    assert each_store.attempt(lambda session: cases.retry(session, incident.id, company.root)) is True
    assert set(open_tasks(each_store, case_id)) == {"next"}


def test_somebody_who_came_between_is_no_incident(
    each_store: Store, company: Company, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = []

    def busy(session: Session, case: Case, work: Work) -> dict[str, object]:
        tries.append(work.topic)
        if len(tries) == 1:
            raise OperationalError("insert", {}, Exception("database is locked"))
        return {}

    monkeypatch.setitem(ALLOWED.topics, "busy", Topic("busy", "", "", {}, {}, busy))
    inside = NEXT.format(group="desk").replace(
        '<userTask id="next" name="下一步" camunda:candidateGroups="desk"/>',
        '<serviceTask id="next" camunda:type="external" camunda:topic="busy"/>',
    )
    draw(next=inside)
    case_id = begin(each_store, company, "next")
    look = open_tasks(each_store, case_id)["look"]
    assert finish(each_store, look, company.anna) is not None
    assert len(tries) == 2
    assert not incidents(each_store)
    with each_store.reading() as session:
        assert session.get_one(Case, case_id).status == "ended"
        assert len(session.scalars(select(Answer.id)).all()) == 1


def test_a_held_task_is_over_for_others_and_moot_when_the_case_ends(
    each_store: Store, company: Company, draw: Draw
) -> None:
    draw(next=NEXT.format(group="legal"))
    case_id = begin(each_store, company, "next")
    look = open_tasks(each_store, case_id)["look"]
    finish(each_store, look, company.anna)
    with pytest.raises(Conflict):
        finish(each_store, look, company.ben)
    assert finish(each_store, look, company.anna) is None

    each_store.attempt(lambda session: cases.act(session, case_id, CancelCase()))
    [incident] = incidents(each_store)
    assert each_store.attempt(lambda session: cases.retry(session, incident.id, company.root)) is True
    with each_store.reading() as session:
        assert session.get_one(Case, case_id).status == "ended"
        assert session.get_one(Task, look.id).state == "cancelled"
        assert session.get_one(Incident, incident.id).solved_at is not None


def test_a_first_step_that_fails_leaves_the_case_standing_until_it_is_retried(
    each_store: Store, company: Company, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = NEXT.format(group="desk").replace(
        '<userTask id="look" name="查看" camunda:candidateGroups="desk"/>',
        '<serviceTask id="look" name="登记" camunda:type="external" camunda:topic="absent"/>',
    )
    draw(next=inside)
    case_id = begin(each_store, company, "next", number="A-1")
    [incident] = incidents(each_store)
    assert incident.element == "look"
    monkeypatch.setitem(ALLOWED.topics, "absent", Topic("absent", "", "", {}, {}, lambda *_: {"there": True}))
    assert each_store.attempt(lambda session: cases.retry(session, incident.id, company.root)) is True
    assert set(open_tasks(each_store, case_id)) == {"next"}
    with each_store.reading() as session:
        case = session.get_one(Case, case_id)
        assert cases.variables(session, case) == {"number": "A-1", "there": True}
        assert case.status == "running"
        assert not history.verify(session, None)


def test_who_may_not_retry_is_told_and_nothing_happens(each_store: Store, company: Company, draw: Draw) -> None:

    draw(next=NEXT.format(group="legal"))
    case_id = begin(each_store, company, "next")
    finish(each_store, open_tasks(each_store, case_id)["look"], company.anna)
    [incident] = incidents(each_store)
    with pytest.raises(NotFound):
        each_store.attempt(lambda session: cases.retry(session, incident.id, company.anna))
    assert incidents(each_store)[0].tries == 1


def test_long_names_and_large_numbers_from_a_diagram_are_no_trouble(
    each_store: Store, company: Company, draw: Draw
) -> None:
    name = "很" * 300
    inside = NEXT.format(group="desk").replace('name="下一步"', f'name="{name}" camunda:priority="900000000000"')
    draw(next=inside)
    case_id = begin(each_store, company, "next")
    finish(each_store, open_tasks(each_store, case_id)["look"], company.anna)
    assert open_tasks(each_store, case_id)["next"].name == name[:200]
    with each_store.reading() as session:
        assert [task.element for task in session.scalars(tasks.inbox(session, company.anna))] == ["next"]


def test_rows_that_were_not_written_yet_go_with_the_step_that_failed(store: Store) -> None:
    def fail(session: Session) -> None:
        with session.begin_nested():
            session.add(people.Person(login="nobody", name="无人"))
            raise Conflict(zh="不行", en="No")

    with store.transaction() as session:
        with pytest.raises(Conflict):
            fail(session)
        assert session.scalar(select(people.Person).where(people.Person.login == "nobody")) is None
