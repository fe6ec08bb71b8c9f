"""A case that stands in the wrong place is helped: variables, steps, its end. Each act with a reason, in the record."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import history
from engine.bpmn import execution
from engine.casework import cases
from engine.casework.cases import Case, Incident, helping
from engine.casework.tasks import Task
from engine.core.errors import Conflict, Invalid, NotFound, StepFailed
from engine.core.store import Store
from engine.history import Entry, Note
from tests.engine.casework.cases.company import Company
from tests.engine.casework.cases.test_step import begin, finish, open_tasks

pytestmark = pytest.mark.slow

Draw = Callable[..., None]

MISSPELT = """
<startEvent id="begin"/><sequenceFlow id="f1" sourceRef="begin" targetRef="look"/>
<userTask id="look" name="查看" camunda:candidateGroups="desk"/><sequenceFlow id="f2" sourceRef="look" targetRef="good"/>
<exclusiveGateway id="good" default="f4"/>
<sequenceFlow id="f3" sourceRef="good" targetRef="done"><conditionExpression>photo_okk</conditionExpression></sequenceFlow>
<sequenceFlow id="f4" sourceRef="good" targetRef="mend"/>
<userTask id="mend" name="整改" camunda:candidateGroups="engineering"/>
<sequenceFlow id="f5" sourceRef="mend" targetRef="done"/><endEvent id="done"/>
"""


def stopped(store: Store, company: Company, draw: Draw) -> int:
    """A case that stopped at a gateway whose variable is misspelt; its task is done."""
    draw(misspelt=MISSPELT)
    case_id = begin(store, company, "misspelt")
    finish(store, open_tasks(store, case_id)["look"], company.anna, photo_ok=False)
    with store.reading() as session:
        assert session.get_one(Case, case_id).status == "stopped"
    return case_id


def helped(store: Store, case_id: int, act: Callable[[Session, Case], object], revision: int | None = None) -> None:
    store.attempt(lambda session: act(session, cases.take(session, case_id, revision)))


def entries(store: Store, case_id: int) -> list[tuple[str, str | None]]:
    with store.reading() as session:
        assert not history.verify(session, None)
        told = select(Entry.kind, Note.text).outerjoin(Note, Note.id == Entry.note_id).where(Entry.case_id == case_id)
        return [(kind, note) for kind, note in session.execute(told.order_by(Entry.number))]


def state_of(store: Store, case_id: int) -> tuple[str, list[str]]:
    with store.reading() as session:
        assert session.scalar(select(Incident.id).where(Incident.solved_at.is_(None))) is None
        return session.get_one(Case, case_id).status, sorted(open_tasks(store, case_id))


def test_a_variable_is_set_and_what_failed_goes_through(each_store: Store, company: Company, draw: Draw) -> None:
    case_id = stopped(each_store, company, draw)

    def help_it(session: Session, case: Case) -> None:
        helping.set_variable(session, case, "", "photo_okk", False, company.root, "写错了变量名")
        assert cases.try_again(session, case, company.root) == []

    helped(each_store, case_id, help_it)
    assert state_of(each_store, case_id) == ("running", ["mend"])
    told = entries(each_store, case_id)
    assert ("case.variable_set", "写错了变量名") in told
    assert ("step.retried", None) in told
    with each_store.reading() as session:
        done = session.scalars(select(Task).where(Task.case_id == case_id, Task.element == "look")).one()
        assert (done.state, done.closed_by_id) == ("done", company.anna.id)


def test_an_answer_that_failed_is_replaced_by_the_variable_set(each_store: Store, company: Company, draw: Draw) -> None:
    draw(answer=MISSPELT.replace("photo_okk", "photo_ok"))
    case_id = begin(each_store, company, "answer")
    finish(each_store, open_tasks(each_store, case_id)["look"], company.anna, photo_ok="yes")

    def help_it(session: Session, case: Case) -> None:
        helping.set_variable(session, case, "", "photo_ok", True, company.root, "应为真")
        assert cases.try_again(session, case, company.root) == []

    helped(each_store, case_id, help_it)
    assert state_of(each_store, case_id) == ("ended", [])


def test_a_token_is_put_past_what_fails_and_the_answers_count(each_store: Store, company: Company, draw: Draw) -> None:
    case_id = stopped(each_store, company, draw)
    with each_store.reading() as session:
        [standing] = helping.look(session, session.get_one(Case, case_id)).standing
    helped(
        each_store,
        case_id,
        lambda session, case: helping.put(session, case, standing.key, "mend", False, company.root, "直接整改"),
    )
    assert state_of(each_store, case_id) == ("running", ["mend"])
    assert ("case.put", "直接整改") in entries(each_store, case_id)
    with each_store.reading() as session:
        assert cases.variables(session, session.get_one(Case, case_id))["photo_ok"] is False
        done = session.scalars(select(Task).where(Task.case_id == case_id, Task.element == "look")).one()
        assert (done.state, done.closed_by_id) == ("done", company.anna.id)


def test_a_step_is_skipped_and_a_step_is_repeated(each_store: Store, company: Company, draw: Draw) -> None:
    draw(two=MISSPELT.replace("photo_okk", "c"))
    case_id = begin(each_store, company, "two")
    first = open_tasks(each_store, case_id)["look"]
    helped(each_store, case_id, lambda s, case: helping.put(s, case, first.key, "", False, company.root, "重来"))
    again = open_tasks(each_store, case_id)["look"]
    assert again.key != first.key
    helped(each_store, case_id, lambda s, case: helping.set_variable(s, case, "", "c", False, company.root, "补上"))
    helped(each_store, case_id, lambda s, case: helping.put(s, case, again.key, "", True, company.root, "不用看了"))
    assert state_of(each_store, case_id) == ("running", ["mend"])
    with each_store.reading() as session:
        states = session.scalars(select(Task.state).where(Task.case_id == case_id).order_by(Task.id)).all()
        assert states == ["cancelled", "cancelled", "open"]


def test_what_cannot_be_done_says_why_and_changes_nothing(each_store: Store, company: Company, draw: Draw) -> None:
    case_id = stopped(each_store, company, draw)
    before = entries(each_store, case_id)
    with each_store.reading() as session:
        [standing] = helping.look(session, session.get_one(Case, case_id)).standing
    for element, after in (("nowhere", False), ("good", False)):
        with pytest.raises(StepFailed):
            helped(
                each_store,
                case_id,
                lambda s, case, to=element, past=after: helping.put(  # type: ignore[misc]
                    s, case, standing.key, to, past, company.root, "试试"
                ),
            )
    with pytest.raises(Invalid):
        helped(each_store, case_id, lambda s, case: helping.end(s, case, company.root, "  "))
    with pytest.raises(NotFound):
        helped(each_store, case_id, lambda s, case: helping.end(s, case, company.anna, "不归我管"))
    assert entries(each_store, case_id) == before


def test_the_second_of_two_helpers_is_told_and_an_ended_case_is_left_alone(
    each_store: Store, company: Company, draw: Draw
) -> None:
    case_id = stopped(each_store, company, draw)
    with each_store.reading() as session:
        seen = session.get_one(Case, case_id).revision
    helped(each_store, case_id, lambda s, case: helping.end(s, case, company.root, "不再需要"), seen)
    with pytest.raises(Conflict):
        helped(each_store, case_id, lambda s, case: helping.end(s, case, company.root, "不再需要"), seen)
    assert state_of(each_store, case_id) == ("ended", [])


def test_a_case_that_never_began_begins_with_the_variable_set(each_store: Store, company: Company, draw: Draw) -> None:
    draw(early=MISSPELT.replace('sourceRef="begin" targetRef="look"', 'sourceRef="begin" targetRef="good"', 1))
    case_id = begin(each_store, company, "early")

    def help_it(session: Session, case: Case) -> None:
        helping.set_variable(session, case, "", "photo_okk", False, company.root, "补上")
        assert cases.try_again(session, case, company.root) == []

    helped(each_store, case_id, help_it)
    assert state_of(each_store, case_id) == ("running", ["mend"])


def test_one_that_never_began_can_be_ended(each_store: Store, company: Company, draw: Draw) -> None:
    draw(early=MISSPELT.replace('sourceRef="begin" targetRef="look"', 'sourceRef="begin" targetRef="good"', 1))
    case_id = begin(each_store, company, "early")
    helped(each_store, case_id, lambda s, case: helping.end(s, case, company.root, "不再需要"))
    assert state_of(each_store, case_id) == ("ended", [])


def test_what_would_happen_is_taken_back(each_store: Store, company: Company, draw: Draw) -> None:
    case_id = stopped(each_store, company, draw)
    before = entries(each_store, case_id)

    def tried(session: Session) -> str:
        case = cases.take(session, case_id, None)
        helping.end(session, case, company.root, "试试")
        return case.status

    assert each_store.rehearse(tried) == "ended"
    assert entries(each_store, case_id) == before
    with each_store.reading() as session:
        held = helping.look(session, session.get_one(Case, case_id)).held
        assert [each.at for each in held] == [""]
        assert execution.shown(held[0].variables.get("photo_ok")) == "null"
