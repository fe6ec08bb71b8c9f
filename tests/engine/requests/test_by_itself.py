"""Cases that a timer or a message begins: each once, however many workers run and whatever happened meanwhile."""

from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company import places
from engine.core import clock
from engine.core.store import Store
from engine.operations.schedule import start_cases
from engine.processes import start_events
from engine.processes.start_events import StartEvent
from engine.requests import by_itself
from engine.requests.rows import Request
from tests.engine.requests import drawings
from tests.engine.requests.acting import Acting
from tests.stories.hands import Hands


@pytest.fixture
def acting(hands: Hands) -> Acting:
    return Acting(hands.store, hands.company)


def begun(store: Store, process: str) -> list[Request]:
    """The requests of a process, the oldest first."""
    with store.reading() as session:
        return list(session.scalars(select(Request).where(Request.process == process).order_by(Request.id)))


def event_of(store: Store, process: str) -> StartEvent:
    with store.reading() as session:
        return start_events.of(session, process)[0]


def test_a_cycle_begins_a_case_for_each_community_once_a_round(acting: Acting) -> None:
    acting.publish("rounds", drawings.diagram("rounds", drawings.timer("R/P7D")))
    assert start_cases(acting.store) == 0  # not due yet
    clock.turn(timedelta(days=7, minutes=1))
    assert start_cases(acting.store) == 2
    assert start_cases(acting.store) == 0
    here = acting.company
    assert [each.community_id for each in begun(acting.store, "rounds")] == [here.community.id, here.neighbour.id]
    assert {each.origin for each in begun(acting.store, "rounds")} == {"timer"}
    event = event_of(acting.store, "rounds")
    assert (event.last_started, event.reached) == (2, None)
    assert event.due_at is not None
    assert event.due_at > clock.now()


def test_rounds_missed_while_nothing_ran_count_as_made(acting: Acting) -> None:
    acting.publish(
        "rounds",
        drawings.diagram(
            "rounds", drawings.timer("R3/P1D", for_each="company"), 'camunda:candidateGroups="company:headquarters"'
        ),
    )
    clock.turn(timedelta(days=2, hours=1))
    assert start_cases(acting.store) == 1
    assert event_of(acting.store, "rounds").left == 1
    clock.turn(timedelta(days=30))
    assert start_cases(acting.store) == 1
    event = event_of(acting.store, "rounds")
    assert (event.due_at, event.left) == (None, 0)
    assert begun(acting.store, "rounds")[0].community_id == acting.company.root.id


def test_a_date_begins_once(acting: Acting) -> None:
    acting.publish("fair", drawings.diagram("fair", drawings.timer("2026-03-05T08:00:00", "timeDate")))
    clock.turn(timedelta(days=2, hours=22, minutes=59))
    assert start_cases(acting.store) == 0
    clock.turn(timedelta(minutes=2))
    assert start_cases(acting.store) == 2
    clock.turn(timedelta(days=365))
    assert start_cases(acting.store) == 0


def test_a_worker_that_dies_between_two_communities_leaves_the_rest_to_the_next(acting: Acting) -> None:
    acting.publish("rounds", drawings.diagram("rounds", drawings.timer("R/P7D")))
    clock.turn(timedelta(days=8))

    def one(session: Session) -> bool:
        event = by_itself.next_due(session)
        assert event is not None
        return by_itself.begin_next(session, event)

    assert acting.store.attempt(one)  # and then the power went
    assert len(begun(acting.store, "rounds")) == 1
    assert start_cases(acting.store) == 1
    assert len({each.community_id for each in begun(acting.store, "rounds")}) == 2


def test_two_workers_at_once_begin_each_case_once(acting: Acting) -> None:
    acting.publish("rounds", drawings.diagram("rounds", drawings.timer("R/P7D")))
    clock.turn(timedelta(days=8))
    workers = [Thread(target=start_cases, args=(acting.store,)) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert len(begun(acting.store, "rounds")) == 2


def test_publishing_something_else_of_a_process_keeps_its_next_round(acting: Acting) -> None:
    acting.publish("rounds", drawings.diagram("rounds", drawings.timer("R/P7D")))
    due = event_of(acting.store, "rounds").due_at
    clock.turn(timedelta(days=3))
    acting.publish("rounds", drawings.diagram("rounds", drawings.timer("R/P7D"), 'camunda:candidateGroups="security"'))
    assert event_of(acting.store, "rounds").due_at == due
    acting.publish("rounds", drawings.diagram("rounds", drawings.timer("R/P1D")))
    assert event_of(acting.store, "rounds").due_at == clock.now() + timedelta(days=1)


def test_a_new_community_takes_part_in_the_next_round(acting: Acting) -> None:
    acting.publish("rounds", drawings.diagram("rounds", drawings.timer("R/P7D")))
    clock.turn(timedelta(days=8))
    assert start_cases(acting.store) == 2

    def add(session: Session) -> None:
        region = session.merge(acting.company.region)
        new = places.add(session, "community", region, "NEW", "新苑", "New Court")
        places.add_department(session, new, "engineering")

    acting.store.attempt(add)
    clock.turn(timedelta(days=7))
    assert start_cases(acting.store) == 3


def sender(acting: Acting, kind: str) -> None:
    """A process whose second step calls, started and brought there."""
    acting.publish("caller", drawings.diagram("caller", drawings.people("agent"), after=drawings.thrown(kind)))
    acting.start("agent", "caller")
    acting.do("engineer", "look")


def test_a_message_that_nobody_waits_for_begins_the_process_that_names_it(acting: Acting) -> None:
    acting.publish("called", drawings.diagram("called", drawings.message()))
    sender(acting, "message")
    (found,) = begun(acting.store, "called")
    assert (found.origin, found.from_case_id) == ("message", acting.request.case_id)
    assert found.community_id == acting.request.community_id


def test_a_signal_begins_every_process_that_names_it(acting: Acting) -> None:
    acting.publish("one", drawings.diagram("one", drawings.signal()))
    acting.publish("two", drawings.diagram("two", drawings.signal()))
    sender(acting, "signal")
    assert len(begun(acting.store, "one")) == len(begun(acting.store, "two")) == 1


@pytest.mark.parametrize("kind", ["message", "signal"])
def test_processes_that_begin_each_other_without_end_are_stopped(acting: Acting, kind: str) -> None:
    start = drawings.message() if kind == "message" else drawings.signal()
    throw = f'<intermediateThrowEvent id="call" name="叫"><{kind}EventDefinition {kind}Ref="{kind[0]}"/></intermediateThrowEvent>'
    echo = (
        f'{drawings.HEAD}<message id="m" name="please_look"/><signal id="s" name="storm"/>'
        f'<process id="echo" isExecutable="true">{start}{throw}<endEvent id="over" name="完"/>'
        '<sequenceFlow id="f1" sourceRef="begun" targetRef="call"/><sequenceFlow id="f2" sourceRef="call" targetRef="over"/>'
        "</process></definitions>"
    )
    acting.publish("echo", echo)
    sender(acting, kind)
    assert len(begun(acting.store, "echo")) == by_itself.MOST_BEGUN
