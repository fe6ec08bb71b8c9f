"""Event sub-processes of a stored case: their timers and messages are rows, their steps entries, their failures incidents."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import history
from engine.casework import cases
from engine.casework.cases import Case, Incident, Wait
from engine.casework.tasks import Task
from engine.casework.timers import Timer
from engine.core import clock
from engine.core.store import Store
from engine.history import Entry
from engine.operations.schedule import fire_timers
from tests.engine.casework.cases.company import Company
from tests.engine.casework.cases.test_step import begin, finish, open_tasks

pytestmark = pytest.mark.slow

Draw = Callable[..., None]

BY_TIME = "<timerEventDefinition><timeDuration>PT2H</timeDuration></timerEventDefinition>"
BY_MESSAGE = '<messageEventDefinition messageRef="m"/>'


def watched(begun_by: str, interrupting: str, group: str = "engineering") -> str:
    """A case with one task, and an event sub-process beside it."""
    return f"""
    <startEvent id="s"/><userTask id="look" name="查看" camunda:candidateGroups="desk"/><endEvent id="e"/>
    <sequenceFlow id="f1" sourceRef="s" targetRef="look"/><sequenceFlow id="f2" sourceRef="look" targetRef="e"/>
    <subProcess id="h" name="处理" triggeredByEvent="true">
      <startEvent id="hs" name="来了" isInterrupting="{interrupting}">{begun_by}</startEvent>
      <userTask id="push" name="催办" camunda:candidateGroups="{group}"/><endEvent id="he"/>
      <sequenceFlow id="f3" sourceRef="hs" targetRef="push"/><sequenceFlow id="f4" sourceRef="push" targetRef="he"/>
    </subProcess>
    """


def test_its_timer_is_a_row_that_fires_and_goes_with_the_flow(each_store: Store, company: Company, draw: Draw) -> None:
    draw(watched=watched(BY_TIME, "false"))
    case_id, quick = begin(each_store, company, "watched"), begin(each_store, company, "watched")
    with each_store.reading() as session:
        timer = session.scalars(select(Timer).where(Timer.case_id == case_id)).one()
        assert (timer.element, timer.due_at) == ("hs", clock.now() + timedelta(hours=2))
    finish(each_store, open_tasks(each_store, quick)["look"], company.anna)
    clock.turn(timedelta(hours=2))
    assert fire_timers(each_store) == 1
    assert set(open_tasks(each_store, case_id)) == {"look", "push"}
    with each_store.reading() as session:
        assert session.scalar(select(Timer.id)) is None
        assert session.get_one(Case, quick).status == "ended"


def test_one_by_message_takes_the_place_of_the_flow_and_all_is_in_the_record(
    each_store: Store, company: Company, draw: Draw
) -> None:
    draw(watched=watched(BY_MESSAGE, "true"))
    case_id = begin(each_store, company, "watched")
    look = open_tasks(each_store, case_id)["look"]
    with each_store.transaction() as session:
        wait = session.scalars(select(Wait)).one()
        assert (wait.element, wait.name, wait.correlation) == ("hs", "answer", "K-1")
        assert cases.deliver(session, case_id, "answer", {}) is not None
    assert set(open_tasks(each_store, case_id)) == {"push"}
    finish(each_store, open_tasks(each_store, case_id)["push"], company.ben)
    with each_store.reading() as session:
        assert session.get_one(Task, look.id).state == "cancelled"
        assert session.scalar(select(Wait.id)) is None
        case = session.get_one(Case, case_id)
        assert (case.status, case.ended_in) == ("ended", "he")
        told = session.execute(select(Entry.kind, Entry.element).where(Entry.case_id == case_id).order_by(Entry.number))
        assert [(kind, element) for kind, element in told][1] == ("message.received", "hs")
        assert not history.verify(session, None)


@pytest.mark.parametrize("begun_by", [BY_TIME, BY_MESSAGE])
def test_one_that_fails_is_an_incident_and_the_flow_stands_as_it_was(
    each_store: Store, company: Company, draw: Draw, begun_by: str
) -> None:
    draw(watched=watched(begun_by, "true", "legal"))
    case_id = begin(each_store, company, "watched")
    clock.turn(timedelta(hours=2))
    fire_timers(each_store)
    if begun_by == BY_MESSAGE:
        with each_store.transaction() as session:
            cases.deliver(session, case_id, "answer", {})
    with each_store.reading() as session:
        incident = session.scalars(select(Incident)).one()
        assert (incident.case_id, incident.element) == (case_id, "push")
        assert session.scalars(select(Task.element).where(Task.state.in_(("open", "held")))).all() == ["look"]
