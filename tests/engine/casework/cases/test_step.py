"""A case through the store: tasks, timers, messages, incidents, and conflicting requests."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import history
from engine.casework import cases, tasks, timers
from engine.casework.cases import Case, Incident, Wait
from engine.casework.tasks import Task
from engine.casework.timers import Timer
from engine.company import people, places
from engine.company.people import Person
from engine.core import clock
from engine.core.errors import Conflict, NotPermitted, NotWaiting
from engine.core.store import Store
from engine.history import Entry
from engine.operations.schedule import fire_timers
from tests.conftest import NOW
from tests.engine.casework.cases.company import Company

Draw = Callable[..., None]

WORK = """
<startEvent id="begin"/><sequenceFlow id="f1" sourceRef="begin" targetRef="look"/>
<userTask id="look" name="查看" camunda:candidateGroups="desk"/>
<sequenceFlow id="f2" sourceRef="look" targetRef="mend"/>
<userTask id="mend" name="修理" camunda:candidateGroups="engineering">
  <extensionElements><camunda:properties><camunda:property name="name_en" value="Mend"/></camunda:properties></extensionElements>
</userTask>
<boundaryEvent id="late" attachedToRef="mend" cancelActivity="false"><timerEventDefinition><timeDuration>PT2H</timeDuration></timerEventDefinition></boundaryEvent>
<sequenceFlow id="f3" sourceRef="late" targetRef="push"/>
<userTask id="push" name="催办" camunda:candidateGroups="engineering/head"/><sequenceFlow id="f4" sourceRef="push" targetRef="pushed"/><endEvent id="pushed"/>
<sequenceFlow id="f5" sourceRef="mend" targetRef="done"/><endEvent id="done"><terminateEventDefinition/></endEvent>
"""


def begin(store: Store, company: Company, process: str, **variables: object) -> int:
    with store.transaction() as session:
        case = cases.start(session, process, variables, business_key="K-1", place_id=company.community.id)
        return case.id


def open_tasks(store: Store, case_id: int) -> dict[str, Task]:
    with store.reading() as session:
        return {task.element: task for task in tasks.of_case(session, case_id) if task.state == "open"}


def finish(store: Store, task: Task, by: Person, **answers: object) -> object:
    return store.attempt(lambda session: cases.complete(session, session.get_one(Task, task.id), answers, by=by))


def test_each_department_does_its_part_until_the_end(each_store: Store, company: Company, draw: Draw) -> None:
    draw(work=WORK)
    case_id = begin(each_store, company, "work")
    finish(each_store, open_tasks(each_store, case_id)["look"], company.anna)
    mend = open_tasks(each_store, case_id)["mend"]
    assert (mend.name, mend.name_en) == ("修理", "Mend")
    finish(each_store, mend, company.ben)
    with each_store.reading() as session:
        case = session.get_one(Case, case_id)
        assert (case.status, case.ended_in) == ("ended", "done")
        assert session.scalar(select(Timer.id)) is None
        kinds = list(session.scalars(select(Entry.kind).where(Entry.case_id == case_id).order_by(Entry.number)))
        assert kinds == ["case.started", "task.done", "task.done"]
        assert not history.verify(session, None)


def test_a_timer_fires_when_due_never_early_and_once(each_store: Store, company: Company, draw: Draw) -> None:
    draw(work=WORK)
    case_id = begin(each_store, company, "work")
    finish(each_store, open_tasks(each_store, case_id)["look"], company.anna)
    clock.turn(timedelta(hours=2, seconds=-1))
    assert fire_timers(each_store) == 0
    clock.turn(timedelta(seconds=1))
    assert fire_timers(each_store) == 1
    assert fire_timers(each_store) == 0
    assert set(open_tasks(each_store, case_id)) == {"mend", "push"}


def test_what_is_due_fires_before_a_person_completes(each_store: Store, company: Company, draw: Draw) -> None:
    draw(work=WORK)
    case_id = begin(each_store, company, "work")
    finish(each_store, open_tasks(each_store, case_id)["look"], company.anna)
    clock.turn(timedelta(hours=5))
    finish(each_store, open_tasks(each_store, case_id)["mend"], company.ben)
    with each_store.reading() as session:
        push = session.scalars(select(Task).where(Task.element == "push")).one()
        assert push.state == "cancelled"


def test_a_double_click_is_one_and_a_second_person_is_told(each_store: Store, company: Company, draw: Draw) -> None:
    draw(work=WORK)
    case_id = begin(each_store, company, "work")
    look = open_tasks(each_store, case_id)["look"]
    finish(each_store, look, company.anna)
    assert finish(each_store, look, company.anna) is None
    with pytest.raises(Conflict):
        finish(each_store, look, company.ben)
    with each_store.reading() as session:
        assert session.get_one(Case, case_id).entries == 2


def test_another_departments_task_is_refused(each_store: Store, company: Company, draw: Draw) -> None:
    draw(work=WORK)
    case_id = begin(each_store, company, "work")
    with pytest.raises(NotPermitted):
        finish(each_store, open_tasks(each_store, case_id)["look"], company.ben)
    assert set(open_tasks(each_store, case_id)) == {"look"}


SCRIPT = """
<startEvent id="begin"/><sequenceFlow id="f1" sourceRef="begin" targetRef="ask"/>
<userTask id="ask" name="填写" camunda:candidateGroups="desk"/><sequenceFlow id="f2" sourceRef="ask" targetRef="gate"/>
<exclusiveGateway id="gate" name="够吗？" default="f4"/>
<sequenceFlow id="f3" name="够" sourceRef="gate" targetRef="yes"><conditionExpression>amount > 5</conditionExpression></sequenceFlow>
<sequenceFlow id="f4" sourceRef="gate" targetRef="no"/><endEvent id="yes"/><endEvent id="no"/>
"""


def test_a_failing_step_becomes_an_incident_and_can_be_tried_again(
    each_store: Store, company: Company, draw: Draw
) -> None:
    draw(check=SCRIPT)
    case_id = begin(each_store, company, "check")
    ask = open_tasks(each_store, case_id)["ask"]
    assert finish(each_store, ask, company.anna, amount=None) is None
    with each_store.reading() as session:
        incident = session.scalars(select(Incident)).one()
        assert "f3" in incident.zh
        assert "够" in incident.zh
        assert session.get_one(Case, case_id).status == "stopped"
        assert session.get_one(Task, ask.id).state == "held"
    assert each_store.attempt(lambda session: cases.retry(session, incident.id, company.root)) is False
    with each_store.transaction() as session:
        changed = session.get_one(Incident, incident.id)
        changed.act = changed.act.replace('"amount":null', '"amount":7')
    assert each_store.attempt(lambda session: cases.retry(session, incident.id, company.root)) is True
    with each_store.reading() as session:
        case = session.get_one(Case, case_id)
        assert (case.status, case.ended_in) == ("ended", "yes")
        done = session.get_one(Task, ask.id)
        assert (done.state, done.closed_by_id) == ("done", company.anna.id)
        assert not history.verify(session, None)


THROW = """
<startEvent id="begin"/><sequenceFlow id="f1" sourceRef="begin" targetRef="split"/><parallelGateway id="split"/>
<sequenceFlow id="f2" sourceRef="split" targetRef="wait"/><sequenceFlow id="f3" sourceRef="split" targetRef="ask"/>
<intermediateCatchEvent id="wait" name="答复"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
<userTask id="ask" name="填写" camunda:candidateGroups="desk"/>
<sequenceFlow id="f4" sourceRef="wait" targetRef="heard"/><endEvent id="heard"/>
<sequenceFlow id="f5" sourceRef="ask" targetRef="said"/><endEvent id="said"/>
"""


def test_a_message_goes_to_the_one_who_waits_and_only_once(each_store: Store, company: Company, draw: Draw) -> None:
    draw(talk=THROW)
    first, second = begin(each_store, company, "talk"), begin(each_store, company, "talk")
    each_store.attempt(lambda session: cases.deliver(session, first, "answer", {"yes": True}))
    with each_store.reading() as session:
        assert list(session.scalars(select(Wait.case_id))) == [second]
        assert cases.variables(session, session.get_one(Case, first)) == {"yes": True}
    with pytest.raises(NotWaiting):
        each_store.attempt(lambda session: cases.deliver(session, first, "answer", {"yes": False}))


def test_of_rungs_due_together_only_the_highest_opens() -> None:
    def timer(text: str) -> Timer:
        return Timer(key=text, expression=text)

    due = [timer('=rung("resolve", 2)'), timer('=rung("resolve", 3)'), timer('rung("plan",1)'), timer("PT4H")]
    assert timers.passed_over(due) == due[:1]


STUCK = """
<startEvent id="begin"/><sequenceFlow id="f1" sourceRef="begin" targetRef="ask"/>
<userTask id="ask" name="填写" camunda:candidateGroups="desk"/><sequenceFlow id="f2" sourceRef="ask" targetRef="gate"/>
<exclusiveGateway id="gate" default="f4"/>
<sequenceFlow id="f3" sourceRef="gate" targetRef="join"><conditionExpression>true</conditionExpression></sequenceFlow>
<sequenceFlow id="f4" sourceRef="gate" targetRef="join"/>
<parallelGateway id="join" name="汇合"/><sequenceFlow id="f5" sourceRef="join" targetRef="done"/><endEvent id="done"/>
"""


def test_a_case_that_would_stand_still_for_ever_is_an_incident(each_store: Store, company: Company, draw: Draw) -> None:
    draw(stuck=STUCK)
    case_id = begin(each_store, company, "stuck")
    assert finish(each_store, open_tasks(each_store, case_id)["ask"], company.anna) is None
    with each_store.reading() as session:
        assert "汇合" in session.scalars(select(Incident.zh)).one()


NAP = """
<startEvent id="begin"/><sequenceFlow id="f1" sourceRef="begin" targetRef="nap"/>
<intermediateCatchEvent id="nap"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>
<sequenceFlow id="f2" sourceRef="nap" targetRef="ask"/><userTask id="ask" name="填写" camunda:candidateGroups="desk"/>
<sequenceFlow id="f3" sourceRef="ask" targetRef="done"/><endEvent id="done"/>
"""


def test_workers_side_by_side_fire_each_timer_once(each_store: Store, company: Company, draw: Draw) -> None:
    draw(nap=NAP)
    ids = [begin(each_store, company, "nap") for _ in range(12)]
    later = clock.now() + timedelta(hours=1)

    def work(_: int) -> int:
        with clock.at(later):
            return fire_timers(each_store)

    with ThreadPoolExecutor(3) as workers:
        assert sum(workers.map(work, range(3))) == len(ids)
    with each_store.reading() as session:
        opened = list(session.scalars(select(Task.case_id).where(Task.element == "ask")))
    assert sorted(opened) == ids


def test_two_who_complete_the_same_task_at_once_are_told_apart(each_store: Store, company: Company, draw: Draw) -> None:
    draw(work=WORK)
    with each_store.transaction() as session:
        twin = people.add(session, "twin", "Twin")
        people.hold(session, twin, "agent", places.departments(session, company.community.id)[0])
    for _ in range(3):
        case_id = begin(each_store, company, "work")
        look = open_tasks(each_store, case_id)["look"]

        def work(by: Person, look: Task = look) -> str:
            try:
                with clock.at(NOW):
                    finish(each_store, look, by)
            except Conflict:
                return "told"
            return "done"

        with ThreadPoolExecutor(2) as both:
            assert sorted(both.map(work, (company.anna, twin))) == ["done", "told"]
