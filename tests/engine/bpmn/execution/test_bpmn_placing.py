"""A token taken elsewhere by hand: past its step, to its beginning, to another step; and variables set from outside."""

import pytest

from engine.bpmn.execution import Change, Put, look, places
from engine.core.errors import StepFailed
from tests.engine.bpmn.execution.small_diagrams import Play, Played, element, flows, process
from tests.engine.bpmn.execution.test_bpmn_moving import LIST, TIMER, inside


def key(case: Played, id: str) -> str:
    return next(each.key for each in look(case.program, case.outcome.state).standing if each.element.id == id)


def put(case: Played, token: str, element: str = "", after: bool = False, **variables: object) -> Played:
    return case.do(Put(key(case, token), element, after, variables))


def two(middle: str = element("userTask", "b")) -> tuple[str, ...]:
    return element("startEvent", "s"), element("userTask", "a"), middle, element("endEvent", "e"), flows("s>a a>b b>e")


def test_a_step_is_passed_over_and_begins_again(play: Play) -> None:
    case = put(play(*two()), "a", after=True)
    assert case.tasks == ["b"]
    before = key(case, "b")
    assert put(case, "b").tasks == ["b"]
    assert key(case, "b") != before
    assert put(case, "b", "a").tasks == ["a"]
    assert put(case, "a", "b", after=True, seen=True).ended == "e"


def test_what_fails_is_passed_over_without_being_done(play: Play) -> None:
    script = element("scriptTask", "b", "<script>x = nowhere(1)</script>")
    case = put(play(*two(script)), "a", "b", after=True, photo=True)
    assert case.ended == "e"
    assert case.variables == {"photo": True}


def test_waits_joins_and_sub_processes_are_passed_over(play: Play) -> None:
    wait = play(*two(element("intermediateCatchEvent", "b", TIMER))).complete("a")
    assert put(wait, "b", after=True).ended == "e"
    fork = (
        element("parallelGateway", "f"),
        element("userTask", "a"),
        element("userTask", "b"),
        element("parallelGateway", "j"),
    )
    join = play(
        element("startEvent", "s"),
        *fork,
        element("userTask", "c"),
        element("endEvent", "e"),
        flows("s>f f>a f>b a>j b>j j>c c>e"),
    )
    assert put(join.complete("a"), "j", after=True).tasks == ["b", "c"]
    many = play(
        element("startEvent", "s"),
        element("userTask", "a", LIST),
        element("userTask", "b"),
        element("endEvent", "e"),
        flows("s>a a>b b>e"),
        rooms=["1", "2"],
    )
    assert put(many, "a", after=True).tasks == ["b"]


def test_a_token_goes_into_a_sub_process_and_out_of_it(play: Play) -> None:
    edge = element("boundaryEvent", "late", TIMER, attachedToRef="x")
    around = inside("x", element("userTask", "b"), flows("x_s>b b>x_e"))
    case = play(
        element("startEvent", "s"),
        element("userTask", "a"),
        around,
        edge,
        element("endEvent", "e"),
        flows("s>a a>x x>e late>e"),
    )
    put(case, "a", "b")
    assert (case.tasks, list(case.timers)) == (["b"], ["late"])
    put(case, "b", "a")
    assert (case.tasks, list(case.timers)) == (["a"], [])
    assert put(case, "a", "b").complete("b").ended == "e"


def test_where_it_cannot_go_is_said_and_nothing_changes(play: Play) -> None:
    around = element(
        "subProcess",
        "x",
        LIST
        + element("startEvent", "xs")
        + element("userTask", "in")
        + element("endEvent", "xe")
        + flows("xs>in in>xe"),
    )
    edge = element("boundaryEvent", "late", TIMER, attachedToRef="a")
    join = (element("parallelGateway", "f"), element("parallelGateway", "j"))
    case = play(element("startEvent", "s"), element("userTask", "a"), edge, *join, around, element("endEvent", "e"),
                '<sequenceFlow id="f1" sourceRef="f" targetRef="j"/><sequenceFlow id="f2" sourceRef="f" targetRef="j"/>',
                flows("s>a a>f j>x x>e late>e"), rooms=["1"])  # fmt: skip
    for target in ("nowhere", "late", "j", "in"):
        with pytest.raises(StepFailed):
            put(case, "a", target)
    assert case.tasks == ["a"]
    assert {each.id for each in places(case.program, "p")} == {"a", "f", "x", "e"}


def test_one_of_several_instances_is_skipped_but_not_taken_away(play: Play) -> None:
    case = play(
        element("startEvent", "s"),
        element("userTask", "a", LIST),
        element("userTask", "b"),
        element("endEvent", "e"),
        flows("s>a a>b b>e"),
        rooms=["1", "2"],
    )
    token = case.task("a", room="1").key
    with pytest.raises(StepFailed):
        case.do(Put(token, "b"))
    assert len(case.do(Put(token, after=True)).tasks) == 1


def test_variables_of_a_called_process_and_of_an_instance_are_seen_and_set(play: Play) -> None:
    called = process(
        element("startEvent", "qs"), element("userTask", "in"), element("endEvent", "qe"), flows("qs>in in>qe"), id="q"
    )
    passing = '<extensionElements><camunda:in source="x" target="x"/></extensionElements>'
    case = play(
        element("startEvent", "s"),
        element("callActivity", "c", passing, calledElement="q"),
        element("endEvent", "e"),
        flows("s>c c>e"),
        called=called,
        x=1,
    )
    held = {each.at: dict(each.variables) for each in look(case.program, case.outcome.state).held}
    [inner] = [at for at in held if at]
    assert held == {"": {"x": 1}, inner: {"x": 1}}
    case.do(Change({"x": 2}, inner))
    after = {each.at: dict(each.variables) for each in look(case.program, case.outcome.state).held}
    assert after == {"": {"x": 1}, inner: {"x": 2}}
