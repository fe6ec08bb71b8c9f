"""A case on its diagrams: path taken, current step, who had it and how long."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from engine.casework import cases, tasks
from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.company.people import Person
from engine.core import clock
from engine.core.store import Store
from engine.processes import versions
from tests.web.conftest import Company
from web.shared import case_path
from web.shared.case_path import CaseDiagram

SAMPLES = Path(__file__).parent / "diagrams"


@pytest.fixture
def case_id(store: Store, company: Company) -> int:
    """A case of the sample process, just started."""
    names = ("repair.bpmn", "supervision.bpmn")
    with store.transaction() as session:
        versions.store(session, "repair", {f"bpmn/repair/{name}": (SAMPLES / name).read_bytes() for name in names})
        return cases.start(session, "repair", {}, business_key="R-1", place_id=company.community.id).id


@pytest.fixture
def page(app: Flask) -> Iterator[None]:
    """Runs inside a request in Chinese."""
    with app.test_request_context("/"):
        yield


def drawn(store: Store, case_id: int) -> list[CaseDiagram]:
    with store.reading() as session:
        return case_path.of_case(session, session.get_one(Case, case_id), lambda path: f"/files/{path}")


def complete(store: Store, case_id: int, element: str, by: Person, **answers: object) -> None:
    with store.reading() as session:
        task = next(each for each in tasks.of_case(session, case_id) if each.element == element)
    store.attempt(lambda session: cases.complete(session, session.get_one(Task, task.id), answers, by=by))


def fire_timers_of(store: Store, case_id: int) -> None:
    store.attempt(lambda session: cases.fire_due(session, cases.lock(session, case_id)))


@pytest.mark.usefixtures("page")
def test_it_shows_where_a_case_stands_and_whose_it_is(store: Store, case_id: int) -> None:
    clock.turn(timedelta(hours=2))
    (diagram,) = drawn(store, case_id)
    assert diagram.title == "报修"
    assert diagram.url == "/files/bpmn/repair/repair.bpmn"
    assert diagram.standing == ["判断是否急修"]
    assert diagram.marks["active"] == ["judge"]
    assert "to_judge" in diagram.marks["taken"]
    assert "go_there" not in diagram.marks["taken"]
    assert "客服" in diagram.marks["badges"]["judge"][0]["text"]
    assert "已等 2 小时" in diagram.marks["badges"]["judge"][0]["text"]


@pytest.mark.usefixtures("page")
def test_it_says_who_did_what_and_how_long_it_took(store: Store, company: Company, case_id: int) -> None:
    clock.turn(timedelta(minutes=25))
    complete(store, case_id, "judge", company.people["agent"], urgent=False)
    (diagram,) = drawn(store, case_id)
    assert diagram.marks["badges"]["judge"] == [{"text": "本区首接人 · 25 分", "state": "done"}]
    ((_count, said),) = diagram.marks["details"]["judge"]
    assert said == "今天 09:00 → 今天 09:25 · 25 分 · 本区首接人"
    assert [step.element for step in diagram.steps if step.said] == ["judge", "plan_work"]


@pytest.mark.usefixtures("page")
def test_a_called_process_is_a_diagram_of_its_own_and_the_call_leads_there(
    store: Store, company: Company, case_id: int
) -> None:
    complete(store, case_id, "judge", company.people["agent"], urgent=False)
    clock.turn(timedelta(hours=5))
    fire_timers_of(store, case_id)
    repair, supervision = drawn(store, case_id)
    assert repair.marks["links"]["supervise"]["href"] == "#diagram-supervision"
    assert repair.standing == ["排定工期", "督办"]
    assert supervision.title == "督办"
    assert supervision.standing == ["查看原因"]


@pytest.mark.usefixtures("page")
def test_what_was_cut_off_by_the_end_is_said_to_be_withdrawn_and_nothing_stands_any_more(
    store: Store, company: Company, case_id: int
) -> None:
    with store.transaction() as session:
        case = session.get_one(Case, case_id)
        case.status, case.ended_at = "ended", clock.now()
    (diagram,) = drawn(store, case_id)
    assert diagram.standing == []
    assert diagram.marks["active"] == []
    assert diagram.marks["details"]["judge"][0][1].endswith("已撤回")


WATCHED = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
<message id="m" name="told"/><process id="watched" name="看守" isExecutable="true"><startEvent id="s"/>
<userTask id="look" name="查看" camunda:candidateGroups="desk"/><endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="look"/><sequenceFlow id="f2" sourceRef="look" targetRef="e"/>
<subProcess id="h" name="旁听" triggeredByEvent="true"><startEvent id="hs" name="来信" isInterrupting="false">
<messageEventDefinition messageRef="m"/></startEvent><endEvent id="he"/>
<userTask id="note" name="记下" camunda:candidateGroups="desk"/>
<sequenceFlow id="f3" sourceRef="hs" targetRef="note"/><sequenceFlow id="f4" sourceRef="note" targetRef="he"/></subProcess>
</process></definitions>""".encode()


@pytest.mark.usefixtures("page")
def test_an_event_sub_process_is_shown_as_often_as_it_began(store: Store, company: Company) -> None:
    with store.transaction() as session:
        versions.store(session, "watched", {"bpmn/watched/watched.bpmn": WATCHED})
        case_id = cases.start(session, "watched", {}, business_key="W-1", place_id=company.community.id).id
    (before,) = drawn(store, case_id)
    assert "hs" not in before.marks["taken"]
    for _ in range(2):
        with store.transaction() as session:
            cases.deliver(session, case_id, "told", {})
    (diagram,) = drawn(store, case_id)
    assert diagram.standing == ["查看", "记下"]
    assert {"h", "hs", "f3"} <= set(diagram.marks["taken"])
    assert len(diagram.marks["details"]["hs"]) == len(diagram.marks["details"]["note"]) == 2
    assert {step.element: step.kind for step in diagram.steps}["h"] == "事件子流程"
    complete(store, case_id, "look", company.people["agent"])
    assert drawn(store, case_id)[0].standing == ["记下"]
