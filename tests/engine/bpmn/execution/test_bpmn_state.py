"""State, values, bounds, and programs that many cases share."""

import threading
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from engine.bpmn.execution import (
    Act,
    Broadcast,
    CancelCase,
    CancelTask,
    Change,
    Complete,
    Deliver,
    Fire,
    NotWaiting,
    Retime,
    Start,
    TooManySteps,
    World,
    act_from_json,
    act_to_json,
    parse,
    step,
    variables_of,
)
from engine.core.errors import StepFailed
from engine.feel import YearsMonths
from tests.engine.bpmn.execution.small_diagrams import BEGINNING, Play, element, file, flows, process

ENDS = element("startEvent", "s") + element("endEvent", "e")
LOOP = (
    ENDS, element("userTask", "a"), element("scriptTask", "k", "<script>n = n + 1</script>"),
    element("exclusiveGateway", "g", default="g_e"), flows("s>a a>k k>g g>a g>e", g_a="n &lt; top"),
)  # fmt: skip
VALUES = {
    "nothing": None, "yes": True, "word": "王\u0001{}", "whole": 7, "money": Decimal("12.50"), "big": Decimal("1e30"),
    "day": date(2026, 3, 2), "moment": datetime(2026, 3, 2, 9, tzinfo=UTC), "hour": time(9, 30),
    "span": timedelta(days=1, microseconds=5), "months": YearsMonths(14), "list": [1, {"a": Decimal("0.1")}], "map": {},
}  # fmt: skip


def test_every_kind_of_value_survives(play: Play) -> None:
    case = play(ENDS, element("userTask", "a"), flows("s>a a>e"), **VALUES).change(seen=True)
    assert case.variables == {**VALUES, "seen": True}
    assert [type(value) for value in case.variables.values()][:-1] == [type(value) for value in VALUES.values()]
    assert variables_of(case.program, case.outcome.state) == case.variables


def test_what_cannot_be_kept_is_named(play: Play) -> None:
    case = play(ENDS, element("userTask", "a"), flows("s>a a>e"))
    deep: list[object] = []
    for _ in range(2000):
        deep = [deep]
    for value in (object(), [len], {"x": {1, 2}}, {3: 4}, {"\u0001d": "2026"}, 10**50, deep):
        with pytest.raises(StepFailed, match="odd"):
            case.complete("a", {"odd": value})
    assert case.complete("a", {"odd": 1}).ended == "e"


@pytest.mark.parametrize(
    "act",
    [
        Start(VALUES, "paid"), Complete("4", VALUES), Fire("5"), Deliver("6", {"x": 1}), Broadcast("storm", {}),
        Change(VALUES), Retime(frozenset({"deadline", "rung"})), CancelTask("7"), CancelCase(),
    ],
)  # fmt: skip
def test_acts_can_be_kept(act: Act) -> None:
    assert act_from_json(act_to_json(act)) == act


def test_a_step_that_fails_changes_nothing(play: Play) -> None:
    case = play(*LOOP, n=0, top=2)
    before = case.outcome
    with pytest.raises(StepFailed):
        case.complete("a", {"top": None})
    assert case.outcome is before
    assert case.complete("a").variables["n"] == 1


def test_round_1000_is_no_larger_than_round_10(play: Play) -> None:
    case = play(*LOOP, n=0, top=10_000)
    sizes = [len(case.complete("a").outcome.state) for _ in range(1000)]
    assert max(sizes) <= sizes[10] + 10
    assert case.variables["n"] == 1000


def test_keys_are_never_used_twice(play: Play) -> None:
    case = play(*LOOP, n=0, top=50)
    keys = []
    while case.ended is None:
        keys.append(case.task("a").key)
        case.complete("a")
    assert len(set(keys)) == len(keys) == 50


def test_a_bound_on_steps(play: Play) -> None:
    parts = (
        ENDS, element("scriptTask", "k", "<script>n = n + 1</script>", name="计数"),
        element("exclusiveGateway", "g", default="g_e"), flows("s>k k>g g>k g>e", g_k="n &lt; 400"),
    )  # fmt: skip
    assert play(*parts, n=0).ended == "e"
    with pytest.raises(TooManySteps) as failed:
        play(*parts, n=-10_000)
    assert failed.value.element in ("k", "g")
    assert "1000" in failed.value.text("zh")


def test_a_process_that_calls_itself_for_ever_is_stopped(play: Play) -> None:
    with pytest.raises(StepFailed, match="nested"):
        play(ENDS, element("callActivity", "a", calledElement="p"), flows("s>a a>e"))
    parts = (ENDS, element("userTask", "w"), element("callActivity", "a", calledElement="p"), flows("s>w w>a a>e"))
    case = play(*parts)
    for _ in range(50):
        case.complete("w")
    with pytest.raises(StepFailed, match="nested"):
        case.complete("w")
    assert case.do(CancelCase()).tasks == []


def test_a_long_straight_chain_is_no_trouble(play: Play) -> None:
    ids = [f"k{number}" for number in range(290)]
    script = "".join(element("scriptTask", id, f"<script>{id} = 1</script>") for id in ids)
    pairs = " ".join(f"{one}>{two}" for one, two in zip(["s", *ids], [*ids, "e"], strict=True))
    assert play(ENDS, script, flows(pairs)).ended == "e"


def test_a_case_can_be_ended_from_outside(play: Play) -> None:
    case = play(*LOOP, n=0, top=5).do(CancelCase())
    assert case.outcome.ended is not None
    assert (case.outcome.ended.kind, case.tasks, case.walked("cancelled")) == ("cancelled", [], ["a"])
    for act in (Complete("2"), CancelCase(), Change({"x": 1})):
        with pytest.raises(NotWaiting):
            case.do(act)


def test_what_is_not_there_is_not_waiting(play: Play) -> None:
    case = play(*LOOP, n=0, top=5)
    for act in (Complete("99"), Complete("x"), Fire(case.task("a").key), Deliver(case.task("a").key), CancelTask("²")):
        with pytest.raises(NotWaiting):
            case.do(act)
    with pytest.raises(NotWaiting):
        step(case.program, None, Complete("1"), case.world)
    with pytest.raises(NotWaiting):
        step(case.program, case.outcome.state, Start(), case.world)
    with pytest.raises(NotWaiting):
        step(case.program, None, Start({}, "paid"), case.world)


def rich() -> bytes:
    multi = '<multiInstanceLoopCharacteristics camunda:collection="items" camunda:elementVariable="item"/>'
    hour = "<timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition>"
    inside = element("startEvent", "i") + element("userTask", "x", multi) + element("endEvent", "o") + flows("i>x x>o")
    return file(
        process(
            ENDS, element("subProcess", "a", inside), element("callActivity", "c", calledElement="q"),
            element("boundaryEvent", "b", hour, attachedToRef="a", cancelActivity="false"), element("userTask", "l"),
            element("parallelGateway", "f"), element("inclusiveGateway", "j"), element("exclusiveGateway", "m"),
            element("exclusiveGateway", "g", default="g_e"),
            flows("s>m m>f f>a f>c a>j c>j j>g b>l l>e g>m g>e", g_m="round &lt; 5"),
        ),
        process(element("startEvent", "y"), element("userTask", "z"), element("endEvent", "w"), flows("y>z z>w"), id="q"),
    )  # fmt: skip


def frozen(program: object) -> object:
    """The contents of a program's nodes, as text to compare."""
    bodies = program.bodies.values()  # type: ignore[attr-defined]
    return [
        (body.key, name, sorted((key, repr(value)) for key, value in vars(spec).items() if "event" not in key))
        for body in bodies
        for name, spec in body.task_specs.items()
    ]


def test_cases_of_one_program_do_not_meet_in_threads() -> None:
    program = parse({"p.bpmn": rich()}, "p")
    before = frozen(program)
    found: dict[int, list[object]] = {}

    def play_one(number: int) -> None:
        world = World(BEGINNING)
        items = [f"{number}-{each}" for each in range(number % 3 + 1)]
        outcome = step(program, None, Start({"items": items, "round": 0}), world)
        seen: list[object] = []
        for act in range(60):
            if outcome.ended or not outcome.tasks:
                break
            if act % 7 == 3 and outcome.timers:
                outcome = step(program, outcome.state, Fire(outcome.timers[0].key), world)
            else:
                task = outcome.tasks[act % len(outcome.tasks)]
                answers = {"round": act // 6, "mine": number}
                outcome = step(program, outcome.state, Complete(task.key, answers), world)
            seen.append([(task.element, task.key, dict(task.local)) for task in outcome.tasks])
            seen.append([(one.what, one.element, one.key) for one in outcome.happened])
        assert outcome.variables["items"] == items
        found[number] = seen

    for number in range(6):
        play_one(number)
    alone = dict(found)
    found.clear()
    threads = [threading.Thread(target=play_one, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == alone
    assert frozen(program) == before
