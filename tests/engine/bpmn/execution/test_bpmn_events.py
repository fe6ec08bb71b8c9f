"""Events: thrown and caught, intermediate, boundary and end events."""

import pytest

from engine.core.errors import StepFailed
from tests.engine.bpmn.execution.small_diagrams import Play, element, flows, process

ENDS = element("startEvent", "s") + element("endEvent", "e")
HOUR = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"


def condition(text: str) -> str:
    return f"<conditionalEventDefinition><condition>{text}</condition></conditionalEventDefinition>"


def tasks(*ids: str) -> str:
    return "".join(element("userTask", id) for id in ids)


def boundary(inside: str, interrupting: bool = True) -> tuple[str, ...]:
    cancel = "true" if interrupting else "false"
    event = element("boundaryEvent", "b", inside, attachedToRef="a", cancelActivity=cancel)
    return ENDS, tasks("a", "c"), event, flows("s>a a>e b>c c>e")


def test_a_message_is_caught_with_its_own_fields_and_key(play: Play) -> None:
    key = '<extensionElements><camunda:properties><camunda:property name="correlation" value="=number"/></camunda:properties></extensionElements>'
    event = element("intermediateCatchEvent", "m", key + '<messageEventDefinition messageRef="m_paid"/>')
    case = play(ENDS, event, flows("s>m m>e"), number=17)
    (wait,) = case.outcome.waits
    assert (wait.kind, wait.name, wait.correlation, wait.element) == ("message", "paid", "17", "m")
    case.deliver("m", amount=3)
    assert (case.ended, case.variables) == ("e", {"number": 17, "amount": 3})
    assert case.walked("fired") == ["m"]


def test_a_message_is_thrown_with_its_fields(play: Play) -> None:
    fields = (
        '<extensionElements><camunda:inputOutput><camunda:inputParameter name="amount">=x + 1</camunda:inputParameter>'
        '</camunda:inputOutput><camunda:properties><camunda:property name="correlation" value="bill"/></camunda:properties>'
        "</extensionElements>"
    )
    event = element("intermediateThrowEvent", "m", fields + '<messageEventDefinition messageRef="m_paid"/>')
    end = element("endEvent", "f", "told")
    case = play(element("startEvent", "s"), event, end, flows("s>m m>f"), x=1)
    first, second = case.outcome.thrown
    assert (first.name, first.correlation, dict(first.fields), first.element) == ("paid", "bill", {"amount": 2}, "m")
    assert (second.name, second.correlation, second.element) == ("told", None, "f")
    assert case.outcome.ended is not None
    assert case.outcome.ended.kind == "message"


def test_start_by_message_or_signal(play: Play) -> None:
    parts = (
        ENDS, element("startEvent", "m", "paid"), element("startEvent", "n", "storm"), tasks("a", "b", "c"),
        flows("s>a m>b n>c a>e b>e c>e"),
    )  # fmt: skip
    assert play(*parts).tasks == ["a"]
    assert play(*parts, message="paid").tasks == ["b"]
    assert play(*parts, message="storm").tasks == ["c"]


@pytest.mark.parametrize("name", ["paid", "storm"])
def test_an_interrupting_boundary_event_ends_its_task(play: Play, name: str) -> None:
    case = play(*boundary(name)).deliver("b", x=1)
    assert (case.tasks, case.waits, case.variables) == (["c"], [], {"x": 1})
    assert case.walked("cancelled") == ["a"]
    assert play(*boundary(name)).complete("a").ended == "e"


@pytest.mark.parametrize("name", ["paid", "storm"])
def test_one_that_does_not_interrupt_can_go_off_again(play: Play, name: str) -> None:
    case = play(*boundary(name, False)).deliver("b").deliver("b")
    assert (case.tasks, case.waits) == (["a", "c", "c"], ["b"])
    case.complete("a")
    assert (case.tasks, case.waits) == (["c", "c"], [])


def test_a_timer_at_the_border(play: Play) -> None:
    assert play(*boundary(HOUR)).fire("b").tasks == ["c"]
    case = play(*boundary(HOUR, False)).fire("b")
    assert (case.tasks, case.timers) == (["a", "c"], {})


def test_a_signal_reaches_everybody_in_the_case(play: Play) -> None:
    parts = (
        ENDS, tasks("a", "b"), element("intermediateCatchEvent", "m", "storm"),
        element("intermediateThrowEvent", "t", "storm"), element("endEvent", "f", "storm"),
        element("boundaryEvent", "x", "storm", attachedToRef="b"), element("task", "g"),
        flows("s>a s>b s>m a>t t>f m>g g>e b>e x>e"),
    )  # fmt: skip
    case = play(*parts)
    assert case.tasks == ["a", "b"]
    case.complete("a")
    assert [one.kind for one in case.outcome.thrown] == ["signal", "signal"]
    assert (case.tasks, case.waits) == ([], [])
    assert case.ended is not None


def sub(inside: str, *borders: str, catching: str = "") -> tuple[str, ...]:
    return ENDS, tasks("c"), element("subProcess", "a", inside), *borders, catching


def test_an_error_end_is_caught_at_the_nearest_border(play: Play) -> None:
    inside = (
        element("startEvent", "i") + element("endEvent", "x", "broken") + tasks("y")
        + element("parallelGateway", "f") + flows("i>f f>y f>x y>z") + element("endEvent", "z")
    )  # fmt: skip
    case = play(
        *sub(inside, element("boundaryEvent", "b", "broken", attachedToRef="a"),
             element("boundaryEvent", "o", "any error", attachedToRef="a")),
        flows("s>a a>e b>c o>e c>e"),
    )  # fmt: skip
    assert case.tasks == ["c"]
    assert {"a", "y"} == set(case.walked("cancelled"))


def test_an_error_that_nothing_catches_ends_the_case(play: Play) -> None:
    inside = element("startEvent", "i") + element("endEvent", "x", "lost") + flows("i>x")
    border = element("boundaryEvent", "b", "broken", attachedToRef="a")
    case = play(*sub(inside, border), tasks("d"), flows("s>d s>a a>e b>c c>e d>e"))
    assert case.outcome.ended is not None
    assert (case.outcome.ended.element, case.outcome.ended.kind) == ("x", "error")
    assert case.tasks == []


@pytest.mark.parametrize("interrupting", ["true", "false"])
def test_an_escalation_goes_outwards(play: Play, interrupting: str) -> None:
    inside = (
        element("startEvent", "i") + element("intermediateThrowEvent", "x", "late") + tasks("y")
        + element("endEvent", "z", "late") + flows("i>x x>y y>z")
    )  # fmt: skip
    border = element("boundaryEvent", "b", "late", attachedToRef="a", cancelActivity=interrupting)
    case = play(*sub(inside, border), flows("s>a a>e b>c c>e"))
    assert [(one.kind, one.name) for one in case.outcome.thrown] == [("escalation", "late")]
    if interrupting == "true":
        assert case.tasks == ["c"]
        return
    assert case.tasks == ["c", "y"]
    assert case.complete("y").tasks == ["c", "c"]


def test_an_escalation_that_nobody_hears_is_told_and_nothing_else(play: Play) -> None:
    case = play(ENDS, element("intermediateThrowEvent", "x", "late"), flows("s>x x>e"))
    assert case.ended == "e"
    assert [one.name for one in case.outcome.thrown] == ["late"]


def test_a_condition_is_waited_for(play: Play) -> None:
    event = element("intermediateCatchEvent", "w", condition("amount &gt; 500"))
    case = play(ENDS, event, flows("s>w w>e"), amount=1)
    assert case.ended is None
    assert case.change(amount=400).ended is None
    assert case.change(amount=600).ended == "e"
    assert play(ENDS, event, flows("s>w w>e"), amount=501).ended == "e"


def test_a_condition_at_the_border_goes_off_each_time_it_comes_true(play: Play) -> None:
    case = play(*boundary(condition("=hot"), False), hot=False)
    assert case.change(hot=True).tasks == ["a", "c"]
    assert case.change(x=1).tasks == ["a", "c"]
    assert case.change(hot=False).change(hot=True).tasks == ["a", "c", "c"]
    assert play(*boundary(condition("=hot")), hot=True).tasks == ["c"]


def test_a_condition_event_that_gives_something_else_fails(play: Play) -> None:
    with pytest.raises(StepFailed) as failed:
        play(*boundary(condition("hot + 1")), hot=1)
    assert failed.value.element == "b"


def test_a_link_is_a_flow_in_disguise(play: Play) -> None:
    parts = (
        ENDS, tasks("a"), element("intermediateThrowEvent", "x", '<linkEventDefinition name="on"/>'),
        element("intermediateCatchEvent", "y", '<linkEventDefinition name="on"/>'), flows("s>x y>a a>e"),
    )  # fmt: skip
    case = play(*parts)
    assert case.tasks == ["a"]
    assert case.walked("taken") == ["s_x", "y_a"]


def test_terminate_ends_everything_around_it_and_nothing_further_out(play: Play) -> None:
    inside = (
        element("startEvent", "i") + tasks("x", "y") + element("endEvent", "z", "terminate") + element("endEvent", "n")
        + flows("i>x i>y x>z y>n")
    )  # fmt: skip
    case = play(ENDS, element("subProcess", "a", inside), tasks("c", "d"), flows("s>a s>d a>c c>e d>e"))
    assert case.complete("x").tasks == ["c", "d"]
    case = play(ENDS, tasks("a", "b"), element("endEvent", "t", "terminate"), flows("s>a s>b a>t b>e")).complete("a")
    assert case.outcome.ended is not None
    assert (case.ended, case.outcome.ended.kind, case.tasks) == ("t", "terminate", [])


def test_an_event_that_throws_nothing_is_passed(play: Play) -> None:
    assert play(ENDS, element("intermediateThrowEvent", "x"), flows("s>x x>e")).ended == "e"


def test_events_cross_calls(play: Play) -> None:
    called = process(
        element("startEvent", "i"), element("intermediateThrowEvent", "x", "late"), tasks("y"),
        element("endEvent", "z", "broken"), flows("i>x x>y y>z"), id="q",
    )  # fmt: skip
    parts = (
        ENDS, tasks("c", "d"), element("callActivity", "a", calledElement="q"),
        element("boundaryEvent", "b", "any escalation", attachedToRef="a", cancelActivity="false"),
        element("boundaryEvent", "o", "broken", attachedToRef="a"),
        flows("s>a a>e b>c o>d c>e d>e"),
    )  # fmt: skip
    case = play(*parts, called=called)
    assert case.tasks == ["c", "y"]
    assert case.complete("y").tasks == ["c", "d"]
