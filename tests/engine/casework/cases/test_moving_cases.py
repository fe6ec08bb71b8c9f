"""A running case is moved to another version: its tasks, timers and messages go on, or it stays as it was."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import history
from engine.bpmn.execution import CannotMove, Plan
from engine.casework import assignment, cases, drafts
from engine.casework.cases import Case, Incident, Wait
from engine.casework.tasks import Task
from engine.casework.timers import Timer
from engine.core import clock
from engine.core.errors import Conflict, NotFound
from engine.core.store import Store
from engine.history import Entry, Note
from engine.operations.schedule import fire_timers
from engine.processes import versions
from tests.engine.casework.cases.company import Company
from tests.engine.casework.cases.test_helping import MISSPELT, stopped
from tests.engine.casework.cases.test_step import WORK, begin, finish, open_tasks

pytestmark = pytest.mark.slow

Draw = Callable[..., None]

WRAPPED = """
<startEvent id="begin"/><sequenceFlow id="f1" sourceRef="begin" targetRef="look"/>
<userTask id="look" name="查看" camunda:candidateGroups="desk"/>
<sequenceFlow id="f2" sourceRef="look" targetRef="phase"/>
<subProcess id="phase" name="实施"><startEvent id="in"/><sequenceFlow id="f6" sourceRef="in" targetRef="mend"/>
  <userTask id="mend" name="上门修理" camunda:candidateGroups="engineering" camunda:formKey="report"/>
  <sequenceFlow id="f7" sourceRef="mend" targetRef="out"/><endEvent id="out"/></subProcess>
<boundaryEvent id="late" attachedToRef="phase" cancelActivity="false"><timerEventDefinition><timeDuration>PT9H</timeDuration></timerEventDefinition></boundaryEvent>
<sequenceFlow id="f3" sourceRef="late" targetRef="push"/>
<userTask id="push" name="催办" camunda:candidateGroups="engineering/head"/><sequenceFlow id="f4" sourceRef="push" targetRef="pushed"/><endEvent id="pushed"/>
<sequenceFlow id="f5" sourceRef="phase" targetRef="check"/><userTask id="check" name="复核" camunda:candidateGroups="desk"/>
<sequenceFlow id="f8" sourceRef="check" targetRef="done"/><endEvent id="done"><terminateEventDefinition/></endEvent>
"""
"""The same work, with the repair inside a phase that has the timer now, and a check after it."""


def moved(store: Store, company: Company, case_id: int, plan: Plan | None = None) -> None:
    def work(session: Session) -> None:
        case = cases.take(session, case_id, None)
        pin = versions.pin_latest(session, case.process)
        cases.move(session, case, pin, plan or Plan(), company.root, "新版本")

    store.attempt(work)


def at_mend(store: Store, company: Company, draw: Draw) -> int:
    draw(work=WORK)
    case_id = begin(store, company, "work")
    finish(store, open_tasks(store, case_id)["look"], company.anna)
    return case_id


def test_who_has_the_task_keeps_it_and_the_timer_its_moment(each_store: Store, company: Company, draw: Draw) -> None:
    case_id = at_mend(each_store, company, draw)
    task = open_tasks(each_store, case_id)["mend"]
    with each_store.transaction() as session:
        cases.lock(session, case_id)
        mine = session.get_one(Task, task.id)
        assignment.claim(session, mine, company.ben)
        drafts.keep(session, company.ben, mine, [drafts.Typed("words", "换了阀门")])
    promised = clock.now() + timedelta(hours=2)
    clock.turn(timedelta(hours=1))
    draw(work=WRAPPED)
    moved(each_store, company, case_id)
    now = open_tasks(each_store, case_id)["mend"]
    assert (now.id, now.assignee_id, now.name, now.form) == (task.id, company.ben.id, "上门修理", "report")
    with each_store.reading() as session:
        assert drafts.find(session, company.ben, task.id) is not None
        timer = session.scalars(select(Timer)).one()
        assert (timer.element, timer.expression, timer.due_at) == ("late", "PT9H", promised)
        told = session.execute(select(Entry.facts, Note.text).join(Note, Note.id == Entry.note_id)).one()
        assert (told[1], told[0]["retimed"]) == ("新版本", False)
        assert not history.verify(session, None)
    clock.turn(timedelta(hours=1))
    assert fire_timers(each_store) == 1
    finish(each_store, now, company.ben)
    assert set(open_tasks(each_store, case_id)) == {"check", "push"}


def test_timers_are_worked_out_anew_if_told_so(each_store: Store, company: Company, draw: Draw) -> None:
    case_id = at_mend(each_store, company, draw)
    began = clock.now()
    clock.turn(timedelta(hours=1))
    draw(work=WRAPPED)
    moved(each_store, company, case_id, Plan(retime=True))
    with each_store.reading() as session:
        assert session.scalars(select(Timer.due_at)).one() == began + timedelta(hours=9)


def test_a_timer_that_went_off_does_not_go_off_again(each_store: Store, company: Company, draw: Draw) -> None:
    case_id = at_mend(each_store, company, draw)
    clock.turn(timedelta(hours=2))
    assert fire_timers(each_store) == 1
    draw(work=WRAPPED)
    moved(each_store, company, case_id)
    assert set(open_tasks(each_store, case_id)) == {"mend", "push"}
    with each_store.reading() as session:
        assert session.scalar(select(Timer.id)) is None


def test_a_case_at_a_step_that_is_gone_stays_until_somebody_says_where_it_goes(
    each_store: Store, company: Company, draw: Draw
) -> None:
    case_id = at_mend(each_store, company, draw)
    draw(work=WRAPPED.replace('"mend"', '"repair"'))
    with each_store.reading() as session:
        before = session.get_one(Case, case_id)
        state, revision = before.state, before.revision
    with pytest.raises(CannotMove) as why:
        moved(each_store, company, case_id)
    assert "修理" in why.value.text("zh")
    assert "(mend)" in why.value.text("en")
    with each_store.reading() as session:
        after = session.get_one(Case, case_id)
        assert (after.state, after.revision, after.pin, after.status) == (state, revision, before.pin, "running")
        assert session.scalar(select(Incident.id)) is None
    moved(each_store, company, case_id, Plan({"mend": "repair"}))
    assert set(open_tasks(each_store, case_id)) == {"repair"}


def test_a_task_that_goes_to_another_department_is_offered_there(
    each_store: Store, company: Company, draw: Draw
) -> None:
    case_id = at_mend(each_store, company, draw)
    task = open_tasks(each_store, case_id)["mend"]
    with each_store.transaction() as session:
        cases.lock(session, case_id)
        assignment.claim(session, session.get_one(Task, task.id), company.ben)
    draw(
        work=WORK.replace(
            'name="修理" camunda:candidateGroups="engineering"', 'name="修理" camunda:candidateGroups="desk"'
        )
    )
    moved(each_store, company, case_id)
    now = open_tasks(each_store, case_id)["mend"]
    assert (now.id, now.group, now.assignee_id) == (task.id, "desk", None)


def test_what_failed_goes_through_in_the_version_that_is_right(each_store: Store, company: Company, draw: Draw) -> None:
    case_id = stopped(each_store, company, draw)
    draw(misspelt=MISSPELT.replace("photo_okk", "photo_ok"))
    moved(each_store, company, case_id)
    each_store.attempt(lambda session: cases.try_again(session, cases.take(session, case_id, None), company.root))
    assert set(open_tasks(each_store, case_id)) == {"mend"}
    with each_store.reading() as session:
        assert session.get_one(Case, case_id).status == "running"


def test_a_message_that_is_called_otherwise_is_waited_for_by_its_new_name(
    each_store: Store, company: Company, draw: Draw
) -> None:
    waiting = """
    <startEvent id="begin"/><sequenceFlow id="f1" sourceRef="begin" targetRef="wait"/>
    <intermediateCatchEvent id="wait"><messageEventDefinition messageRef="m"/></intermediateCatchEvent>
    <sequenceFlow id="f2" sourceRef="wait" targetRef="done"/><endEvent id="done"/>"""
    draw(waits=waiting)
    case_id = begin(each_store, company, "waits")
    content = (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t">'
        f'<message id="m" name="reply"/><process id="waits" isExecutable="true">{waiting}</process></definitions>'
    )
    with each_store.transaction() as session:
        versions.store(session, "waits", {"bpmn/waits/waits.bpmn": content.encode()})
    moved(each_store, company, case_id)
    with each_store.reading() as session:
        assert session.scalars(select(Wait.name)).all() == ["reply"]
    each_store.attempt(lambda session: cases.deliver(session, case_id, "reply", {}))
    with each_store.reading() as session:
        assert session.get_one(Case, case_id).status == "ended"


def test_the_second_of_two_movers_is_told_and_strangers_cannot(each_store: Store, company: Company, draw: Draw) -> None:
    case_id = at_mend(each_store, company, draw)
    draw(work=WRAPPED)
    moved(each_store, company, case_id)
    with pytest.raises(Conflict):
        moved(each_store, company, case_id)
    with each_store.transaction() as session:
        case = cases.take(session, case_id, None)
        with pytest.raises(NotFound):
            cases.move(session, case, "nowhere", Plan(), company.ben, "试试")
