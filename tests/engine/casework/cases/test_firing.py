"""Timers within bounds: a case that goes round stops with an incident, and no case keeps the others waiting."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from engine.casework import cases
from engine.casework.cases import Case, domain
from engine.casework.tasks import Task
from engine.casework.timers import Timer
from engine.company import calendars
from engine.core import clock
from engine.core.store import Store
from engine.operations.schedule import fire_timers
from tests.engine.casework.cases.company import Company
from tests.engine.casework.cases.test_failing import incidents
from tests.engine.casework.cases.test_step import NAP, begin, finish, open_tasks

Draw = Callable[..., None]

pytestmark = [pytest.mark.slow, pytest.mark.fault(16)]


def drawn(*elements: str, flows: str) -> str:
    """A process of these elements between `s` and `e`; `a>b b>c` its flows."""
    pairs = [pair.split(">") for pair in flows.split()]
    lines = (f'<sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairs)
    return '<startEvent id="s"/><endEvent id="e"/>' + "".join((*elements, *lines))


def timed(kind: str, text: str) -> str:
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


def desk(id: str) -> str:
    return f'<userTask id="{id}" name="{id}" camunda:candidateGroups="desk"/>'


REPEATING = drawn(
    desk("a"),
    desk("b"),
    f'<boundaryEvent id="t" attachedToRef="a" cancelActivity="false">{timed("timeCycle", "=rhythm")}</boundaryEvent>',
    flows="s>a a>e t>b b>e",
)
ROUND = drawn(
    f'<intermediateCatchEvent id="t">{timed("timeDate", "=when")}</intermediateCatchEvent>',
    '<parallelGateway id="g"/>',
    desk("b"),
    flows="s>t t>g g>b b>e g>t",
)
"""Goes round by itself; each time somebody gets a task."""

MANY = drawn(
    '<userTask id="a" name="a" camunda:candidateGroups="desk"><multiInstanceLoopCharacteristics '
    'camunda:collection="=for i in 1..number return i" camunda:elementVariable="one"/></userTask>',
    f'<boundaryEvent id="t" attachedToRef="a">{timed("timeDuration", "PT1H")}</boundaryEvent>',
    flows="s>a a>e t>e",
)
EACH = drawn(
    '<subProcess id="a"><startEvent id="si"/><endEvent id="ei"/><intermediateCatchEvent id="t">',
    timed("timeDuration", "PT1H"),
    '</intermediateCatchEvent><sequenceFlow id="i1" sourceRef="si" targetRef="t"/>',
    '<sequenceFlow id="i2" sourceRef="t" targetRef="ei"/><multiInstanceLoopCharacteristics '
    'camunda:collection="=for i in 1..number return i" camunda:elementVariable="one"/></subProcess>',
    flows="s>a a>e",
)


def counted(store: Store, case_id: int, kind: type[Task] | type[Timer]) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).where(kind.case_id == case_id)) or 0


@pytest.mark.parametrize("rhythm", ["R/PT0S", "R3/PT0S", "R/P0D", "R/-PT1H", "R/PT0.001S"])
def test_a_computed_repetition_that_stands_is_an_incident(
    each_store: Store, company: Company, draw: Draw, rhythm: str
) -> None:
    draw(again=REPEATING)
    case_id = begin(each_store, company, "again", rhythm=rhythm)
    clock.turn(timedelta(hours=1))
    fire_timers(each_store)
    [incident] = incidents(each_store)
    assert (incident.case_id, incident.element) == (case_id, "t")
    assert "往前走" in incident.zh
    assert "forward" in incident.en
    assert counted(each_store, case_id, Task) == 0


def test_a_repetition_set_before_stops_at_its_next_firing(
    each_store: Store, company: Company, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(again=REPEATING)
    with monkeypatch.context() as before:
        before.setattr("engine.bpmn.execution.moments.Cycle.moves", True)
        case_id = begin(each_store, company, "again", rhythm="R/PT0S")
    fire_timers(each_store)
    fire_timers(each_store)
    assert [each.element for each in incidents(each_store)] == ["t"]
    assert set(open_tasks(each_store, case_id)) == {"a"}


def test_a_case_that_goes_round_stops_and_the_others_go_on(each_store: Store, company: Company, draw: Draw) -> None:
    draw(round=ROUND, nap=NAP)
    going = begin(each_store, company, "round", when=clock.now() - timedelta(days=300))
    other = begin(each_store, company, "nap")
    clock.turn(timedelta(hours=2))
    for _ in range(5):
        fire_timers(each_store)
    assert set(open_tasks(each_store, other)) == {"ask"}
    [incident] = incidents(each_store)
    assert (incident.case_id, incident.element) == (going, "t")
    assert "打转" in incident.zh
    assert counted(each_store, going, Task) <= 25
    with each_store.reading() as session:
        assert session.get_one(Case, going).status == "stopped"


def test_hundreds_of_due_timers_of_one_case_come_after_the_first_of_the_others(
    each_store: Store, company: Company, draw: Draw
) -> None:
    draw(each=EACH, nap=NAP)
    number = 200
    crowded = begin(each_store, company, "each", number=number)
    clock.turn(timedelta(minutes=10))
    other = begin(each_store, company, "nap")
    clock.turn(timedelta(hours=2))
    assert counted(each_store, crowded, Timer) == number
    fired = fire_timers(each_store)
    assert set(open_tasks(each_store, other)) == {"ask"}
    assert fired == cases.MOST_IN_A_TURN + 1
    assert counted(each_store, crowded, Timer) == number - cases.MOST_IN_A_TURN
    assert fire_timers(each_store) == cases.MOST_IN_A_TURN
    assert not incidents(each_store)


def test_more_tasks_than_a_case_may_have_are_an_incident(
    each_store: Store, company: Company, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(many=MANY)
    few = begin(each_store, company, "many", number=domain.MOST_TASKS)
    assert counted(each_store, few, Task) == domain.MOST_TASKS
    many = begin(each_store, company, "many", number=domain.MOST_TASKS + 1)
    assert counted(each_store, many, Task) == 0
    [incident] = incidents(each_store)
    assert (incident.case_id, incident.element) == (many, "a")
    assert "100" in incident.zh
    monkeypatch.setitem(domain._domains, "many", cases.Domain(most_tasks=lambda session: 500))
    assert each_store.attempt(lambda session: cases.retry(session, incident.id, company.root)) is True
    assert counted(each_store, many, Task) == domain.MOST_TASKS + 1


def test_a_case_with_more_tasks_than_allowed_can_still_be_worked_on(
    each_store: Store, company: Company, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw(many=MANY)
    case_id = begin(each_store, company, "many", number=50)
    monkeypatch.setitem(domain._domains, "many", cases.Domain(most_tasks=lambda session: 20))
    assert finish(each_store, open_tasks(each_store, case_id)["a"], company.anna) is not None
    assert not incidents(each_store)


LIMITED = drawn(
    '<userTask id="a" name="a" camunda:candidateGroups="desk" camunda:dueDate="=by"/>',
    f'<boundaryEvent id="t" attachedToRef="a">{timed("timeDate", "=wake")}</boundaryEvent>',
    flows="s>a a>e t>e",
)


@pytest.mark.fault(17)
@pytest.mark.parametrize(
    ("said", "zone", "due"),
    [
        ("2026-12-31", "Asia/Shanghai", datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)),
        ("2026-12-31T09:00:00", "Asia/Shanghai", datetime(2026, 12, 31, 1, tzinfo=UTC)),
        ("2026-12-31T09:00:00Z", "Asia/Shanghai", datetime(2026, 12, 31, 9, tzinfo=UTC)),
        ("2026-12-31", "Europe/Berlin", datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC)),
        ("2026-07-01T09:00:00", "Europe/Berlin", datetime(2026, 7, 1, 7, tzinfo=UTC)),
    ],
)
def test_what_has_no_zone_is_the_community_s(
    each_store: Store, company: Company, draw: Draw, said: str, zone: str, due: datetime
) -> None:
    draw(limited=LIMITED)
    with each_store.transaction() as session:
        calendars.change(session, company.community.id, calendars.USUAL, zone=zone)
    case_id = begin(each_store, company, "limited", by=said, wake=said)
    assert open_tasks(each_store, case_id)["a"].due_at == due
    with each_store.reading() as session:
        assert session.scalar(select(Timer.due_at)) == due


@pytest.mark.fault(17)
@pytest.mark.parametrize(
    ("text", "due"),
    [
        ('=date("2026-12-31")', datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)),
        ("=date(now())", datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)),
        ("=today()", datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)),
        ('=date and time("2026-12-31T18:00:00")', datetime(2026, 12, 31, 10, tzinfo=UTC)),
        ('=date and time(date(now()), time("18:00:00"))', datetime(2026, 12, 31, 10, tzinfo=UTC)),
        ("P1M", datetime(2027, 1, 30, 23, tzinfo=UTC)),
    ],
)
def test_days_and_moments_of_expressions_are_the_community_s(
    each_store: Store, company: Company, draw: Draw, text: str, due: datetime
) -> None:
    draw(limited=LIMITED.replace("=by", text.replace('"', "&quot;")).replace("=wake", text))
    with clock.at(datetime(2026, 12, 30, 23, tzinfo=UTC)):  # seven in the morning of the 31st, in Shanghai
        case_id = begin(each_store, company, "limited")
        assert open_tasks(each_store, case_id)["a"].due_at == due
        with each_store.reading() as session:
            assert session.scalar(select(Timer.due_at)) == due
