"""Cases that trigger each other: messages, topics that start or change cases, and concurrent transactions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from engine import history
from engine.bpmn.execution import Change, Work
from engine.casework import cases
from engine.casework.cases import Case, Incident, KeptMessage, Wait, domain
from engine.company.places import Place
from engine.core import clock
from engine.core.store import Store
from engine.history import Entry, NewEntry
from engine.processes.topics import ALLOWED, Topic
from tests.conftest import NOW
from tests.engine.casework.cases.company import Company, build, publish
from tests.engine.casework.cases.test_step import NAP, begin, finish, open_tasks

pytestmark = pytest.mark.slow

Draw = Callable[..., None]

MESSAGE = '<messageEventDefinition messageRef="m"/>'
HEAR_TWICE = f"""
<startEvent id="begin"/><sequenceFlow id="f1" sourceRef="begin" targetRef="once"/>
<intermediateCatchEvent id="once">{MESSAGE}</intermediateCatchEvent><sequenceFlow id="f2" sourceRef="once" targetRef="twice"/>
<intermediateCatchEvent id="twice">{MESSAGE}</intermediateCatchEvent><sequenceFlow id="f3" sourceRef="twice" targetRef="heard"/>
<endEvent id="heard"/>
"""
SAY_TWICE = f"""
<startEvent id="begin"/><sequenceFlow id="f1" sourceRef="begin" targetRef="ask"/>
<userTask id="ask" name="填写" camunda:candidateGroups="desk"/><sequenceFlow id="f2" sourceRef="ask" targetRef="once"/>
<intermediateThrowEvent id="once">{MESSAGE}</intermediateThrowEvent><sequenceFlow id="f3" sourceRef="once" targetRef="twice"/>
<intermediateThrowEvent id="twice">{MESSAGE}</intermediateThrowEvent><sequenceFlow id="f4" sourceRef="twice" targetRef="said"/>
<endEvent id="said"/>
"""


def status(store: Store, case_id: int) -> tuple[str, str | None]:
    with store.reading() as session:
        case = session.get_one(Case, case_id)
        return case.status, case.ended_in


def nothing_left(store: Store) -> bool:
    with store.reading() as session:
        return session.scalar(select(KeptMessage.id)) is None and session.scalar(select(Wait.id)) is None


def test_two_messages_of_one_step_both_arrive(each_store: Store, company: Company, draw: Draw) -> None:
    draw(hear=HEAR_TWICE, say=SAY_TWICE)
    heard = begin(each_store, company, "hear")
    said = begin(each_store, company, "say")
    finish(each_store, open_tasks(each_store, said)["ask"], company.anna)
    assert status(each_store, heard) == ("ended", "heard")
    assert nothing_left(each_store)


def test_messages_that_come_too_early_are_kept_for_who_waits_later(
    each_store: Store, company: Company, draw: Draw
) -> None:
    draw(hear=HEAR_TWICE, say=SAY_TWICE)
    said = begin(each_store, company, "say")
    finish(each_store, open_tasks(each_store, said)["ask"], company.anna)
    heard = begin(each_store, company, "hear")
    assert status(each_store, heard) == ("ended", "heard")
    assert nothing_left(each_store)


TOPIC = """
<startEvent id="begin"/><sequenceFlow id="f1" sourceRef="begin" targetRef="do"/>
<serviceTask id="do" name="自动" camunda:type="external" camunda:topic="{topic}"/>
<sequenceFlow id="f2" sourceRef="do" targetRef="ask"/>
<userTask id="ask" name="填写" camunda:candidateGroups="desk"/><sequenceFlow id="f3" sourceRef="ask" targetRef="done"/>
<endEvent id="done"/>
"""

Offer = Callable[[str, Callable[[Session, Case, Work], dict[str, object]]], None]


@pytest.fixture
def offer(monkeypatch: pytest.MonkeyPatch) -> Offer:
    """Allow diagrams one more topic."""

    def enter(name: str, perform: Callable[[Session, Case, Work], dict[str, object]]) -> None:
        monkeypatch.setitem(ALLOWED.topics, name, Topic(name, name, name, {}, {}, perform))

    return enter


def test_a_topic_that_starts_another_case_leaves_its_own_step_whole(
    each_store: Store, company: Company, draw: Draw, offer: Offer
) -> None:
    def begin_other(session: Session, case: Case, work: Work) -> dict[str, object]:
        cases.record(session, case.id, NewEntry("before"))
        cases.afterwards(session, case.id, Change({"later": True}))
        cases.start(session, "nap", {}, business_key="N", place_id=case.place_id)
        cases.record(session, case.id, NewEntry("behind"))
        return {"did": True}

    offer("begin_other", begin_other)
    draw(nap=NAP, outer=TOPIC.format(topic="begin_other"))
    outer = begin(each_store, company, "outer")
    with each_store.reading() as session:
        asked = select(Entry.kind).where(Entry.case_id == outer).order_by(Entry.number)
        assert list(session.scalars(asked)) == ["case.started", "before", "behind", "variables.changed"]
        assert cases.variables(session, session.get_one(Case, outer)) == {"did": True, "later": True}
        assert not history.verify(session, None)
    assert set(open_tasks(each_store, outer)) == {"ask"}


def test_cases_that_set_each_other_off_for_ever_are_stopped_with_an_incident(
    each_store: Store, company: Company, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(echo=TOPIC.format(topic="nothing"))
    monkeypatch.setitem(ALLOWED.topics, "nothing", Topic("nothing", "", "", {}, {}, lambda *_: {}))

    def again(session: Session, case: Case, _: object) -> None:
        cases.afterwards(session, case.id, Change({"again": True}))

    monkeypatch.setitem(domain._domains, "echo", cases.Domain(again))
    case_id = begin(each_store, company, "echo")
    assert set(open_tasks(each_store, case_id)) == {"ask"}
    with each_store.reading() as session:
        incident = session.scalars(select(Incident)).one()
        assert "相互触发" in incident.zh
        assert session.get_one(Case, case_id).status == "stopped"


def while_the_first_is_open(
    store: Store, first: Callable[[Session], int], second: Callable[[Session], int]
) -> tuple[int, int]:
    """Do `second` while `first` is done but not committed; return when both are committed."""

    def later() -> int:
        with clock.at(NOW):
            return store.attempt(second)

    with ThreadPoolExecutor(1) as other, store.engine.connect() as looking:
        with store.transaction() as session:
            one = first(session)
            two = other.submit(later)
            while not two.done() and not looking.execute(text("select 1 from pg_locks where not granted")).scalar():
                looking.rollback()
        return one, two.result(timeout=30)


def test_a_message_and_who_comes_to_wait_for_it_cannot_miss_each_other(postgres_store: Store) -> None:
    with postgres_store.transaction() as session:
        company = build(session)
    publish(postgres_store, hear=HEAR_TWICE, say=SAY_TWICE)
    said = begin(postgres_store, company, "say")
    ask = open_tasks(postgres_store, said)["ask"]

    def say(session: Session) -> int:
        cases.complete(session, session.get_one(type(ask), ask.id), {}, by=company.anna)
        return said

    def hear(session: Session) -> int:
        return cases.start(session, "hear", {}, business_key="K-1", place_id=company.community.id).id

    _, heard = while_the_first_is_open(postgres_store, say, hear)
    assert status(postgres_store, heard) == ("ended", "heard")


def test_two_first_cases_of_a_new_version_both_start(postgres_store: Store) -> None:
    with postgres_store.transaction() as session:
        company = build(session)
    publish(postgres_store, nap=NAP)

    def start(session: Session) -> int:
        return cases.start(session, "nap", {}, business_key="K-1", place_id=company.community.id).id

    one, two = while_the_first_is_open(postgres_store, start, start)
    assert {status(postgres_store, one), status(postgres_store, two)} == {("running", None)}


def test_what_was_read_before_a_case_was_free_is_read_again(postgres_store: Store) -> None:
    with postgres_store.transaction() as session:
        company = build(session)
    publish(postgres_store, nap=NAP)
    case_id = begin(postgres_store, company, "nap")

    def rename(session: Session) -> int:
        cases.act(session, case_id, Change({"first": True}))
        session.get_one(Place, company.community.id).name = "新名"
        session.flush()
        return 0

    def read(session: Session) -> int:
        place = session.get_one(Place, company.community.id)
        assert place.name == "阳光里"
        cases.act(session, case_id, Change({"second": True}))
        return int(place.name == "新名")

    assert while_the_first_is_open(postgres_store, rename, read) == (0, 1)
    with postgres_store.reading() as session:
        found = cases.variables(session, session.get_one(Case, case_id))
    assert found == {"first": True, "second": True}
