"""Gateways, forks and joins, in loops too."""

import pytest

from engine.core.errors import StepFailed
from tests.engine.bpmn.execution.small_diagrams import Play, element, flows

ENDS = element("startEvent", "s") + element("endEvent", "e")


def tasks(*ids: str) -> str:
    return "".join(element("userTask", id) for id in ids)


def test_an_exclusive_gateway_takes_the_first_true_flow(play: Play) -> None:
    parts = (
        ENDS, tasks("a", "b", "c"), element("exclusiveGateway", "g", default="g_c"),
        flows("s>g g>a g>b g>c a>e b>e c>e", g_a="=x &gt; 2", g_b="x &gt; 1"),
    )  # fmt: skip
    assert play(*parts, x=3).tasks == ["a"]
    assert play(*parts, x=2).tasks == ["b"]
    case = play(*parts, x=1)
    assert case.tasks == ["c"]
    assert case.walked("taken") == ["s_g", "g_c"]


@pytest.mark.parametrize("value", [None, "yes", 1])
def test_a_condition_that_is_neither_true_nor_false_is_named(play: Play, value: object) -> None:
    parts = (
        ENDS, tasks("a", "b"), element("exclusiveGateway", "g", default="g_b"),
        flows("s>g g>a g>b a>e b>e", g_a="x"),
    )  # fmt: skip
    with pytest.raises(StepFailed) as failed:
        play(*parts, x=value)
    assert failed.value.element == "g_a"


def test_a_condition_with_an_unknown_name_is_never_false(play: Play) -> None:
    parts = (
        ENDS, tasks("a", "b"), element("exclusiveGateway", "g", default="g_b"),
        flows("s>g g>a g>b a>e b>e", g_a="urgnet = true"),
    )  # fmt: skip
    with pytest.raises(StepFailed, match="urgnet"):
        play(*parts, urgent=True)


def test_no_way_out_of_a_gateway_is_a_failure(play: Play) -> None:
    parts = (ENDS, tasks("a", "b"), element("exclusiveGateway", "g"))
    with pytest.raises(StepFailed) as failed:
        play(*parts, flows("s>g g>a g>b a>e b>e", g_a="x", g_b="x"), x=False)
    assert failed.value.element == "g"


FORK = (
    ENDS, tasks("a", "b", "c"), element("parallelGateway", "f"), element("parallelGateway", "j"),
    flows("s>f f>a f>b a>j b>j j>c c>e"),
)  # fmt: skip


def test_a_parallel_join_waits_for_every_branch(play: Play) -> None:
    case = play(*FORK)
    assert case.tasks == ["a", "b"]
    assert case.complete("b").tasks == ["a"]
    assert case.complete("a").tasks == ["c"]
    assert case.complete("c").ended == "e"


def test_branches_share_one_set_of_variables(play: Play) -> None:
    case = play(*FORK, x=0, y=0)
    case.complete("a", {"x": 1}).complete("b", {"y": 2})
    assert case.variables == {"x": 1, "y": 2}


def test_a_fork_and_join_in_a_loop_stays_right_in_every_round(play: Play) -> None:
    parts = (
        ENDS, tasks("a", "b", "c"), element("parallelGateway", "f"), element("parallelGateway", "j"),
        element("exclusiveGateway", "g", default="g_e"), element("exclusiveGateway", "m"),
        flows("s>m m>f f>a f>b a>j b>j j>c c>g g>m g>e", g_m="again"),
    )  # fmt: skip
    case = play(*parts)
    sizes = []
    for number in range(12):
        first, second = ("a", "b") if number % 2 else ("b", "a")
        assert case.complete(first).tasks == [second]
        assert case.complete(second).tasks == ["c"]
        case.complete("c", {"again": number < 11})
        sizes.append(len(case.outcome.state))
    assert case.ended == "e"
    assert max(sizes) <= min(sizes[:-1]) + 8


def test_a_token_too_many_waits_for_the_next_round(play: Play) -> None:
    parts = (
        ENDS, tasks("a", "b", "c"), element("parallelGateway", "f"), element("parallelGateway", "j"),
        element("exclusiveGateway", "m"),
        flows("s>f f>a f>b f>c a>m c>m m>j b>j j>e"),
    )  # fmt: skip
    case = play(*parts)
    case.complete("a").complete("c")
    assert case.tasks == ["b"]
    case.complete("b")
    assert (case.ended, case.outcome.stuck) == (None, ("j",))


INCLUSIVE = (
    ENDS, tasks("a", "b", "c", "d"), element("inclusiveGateway", "f", default="f_c"), element("inclusiveGateway", "j"),
    flows("s>f f>a f>b f>c a>j b>j c>j j>d d>e", f_a="x &gt; 0", f_b="x &gt; 1"),
)  # fmt: skip


def test_an_inclusive_gateway_waits_for_those_that_went(play: Play) -> None:
    case = play(*INCLUSIVE, x=2)
    assert case.tasks == ["a", "b"]
    assert case.complete("a").tasks == ["b"]
    assert case.complete("b").tasks == ["d"]
    assert play(*INCLUSIVE, x=1).complete("a").tasks == ["d"]
    assert play(*INCLUSIVE, x=0).complete("c").tasks == ["d"]


def test_an_inclusive_join_hears_of_a_branch_that_dies(play: Play) -> None:
    case = play(*INCLUSIVE, x=2).complete("a")
    assert case.withdraw("b").tasks == ["d"]


def test_an_inclusive_join_in_a_loop(play: Play) -> None:
    parts = (
        ENDS, tasks("a", "b"), element("inclusiveGateway", "f", default="f_a"), element("inclusiveGateway", "j"),
        element("exclusiveGateway", "m"), element("exclusiveGateway", "g", default="g_e"),
        flows("s>m m>f f>a f>b a>j b>j j>g g>m g>e", f_b="x", g_m="again"),
    )  # fmt: skip
    case = play(*parts, x=True, again=True)
    for both in (True, False, True, True, False):
        if case.tasks == ["b"]:
            case.complete("b", {"x": both})
        else:
            assert case.tasks == ["a"]
            case.complete("a", {"x": both})
        assert len(case.tasks) == 1
    assert case.complete(case.tasks[0], {"again": False}).ended == "e"


def test_a_token_that_can_reach_a_filled_flow_does_not_hold_up_an_inclusive_join(play: Play) -> None:
    parts = (
        ENDS, tasks("a", "b", "d"), element("parallelGateway", "f"), element("inclusiveGateway", "j"),
        element("exclusiveGateway", "g", default="g_m"), element("exclusiveGateway", "m"),
        flows("s>f f>a f>b a>m m>j b>g g>m g>j j>d d>e", g_j="other"),
    )  # fmt: skip
    case = play(*parts, other=False)
    assert case.complete("a").tasks == ["b", "d"]


def test_an_event_gateway_takes_the_first_event(play: Play) -> None:
    parts = (
        ENDS, tasks("a", "b", "c"), element("eventBasedGateway", "g"),
        element("intermediateCatchEvent", "m", "paid"), element("intermediateCatchEvent", "n", "storm"),
        element("intermediateCatchEvent", "t", "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"),
        element("receiveTask", "r", messageRef="m_told"),
        flows("s>g g>m g>n g>t g>r m>a n>b t>c r>a a>g b>e c>e"),
    )  # fmt: skip
    case = play(*parts)
    assert (case.waits, list(case.timers)) == (["m", "n", "r"], ["t"])
    case.deliver("m", amount=1)
    assert (case.tasks, case.waits, case.timers) == (["a"], [], {})
    assert case.walked("taken") == ["g_m", "m_a"]
    case.complete("a")
    assert case.waits == ["m", "n", "r"]
    assert case.deliver("r").tasks == ["a"]
    assert play(*parts).fire("t").tasks == ["c"]
    assert play(*parts).broadcast("storm").tasks == ["b"]


def test_several_flows_out_of_a_task_and_into_one(play: Play) -> None:
    parts = (ENDS, tasks("a", "b", "c", "d"))
    case = play(*parts, flows("s>a a>b a>c b>d c>d d>e", a_c="both"))
    case.complete("a", {"both": True})
    assert case.tasks == ["b", "c"]
    case.complete("b").complete("c")
    assert case.tasks == ["d", "d"]
    case.complete("d")
    assert case.ended is None
    assert case.complete("d").ended == "e"
    assert play(*parts, flows("s>a a>b a>c b>d c>d d>e", a_c="both")).complete("a", {"both": False}).tasks == ["b"]


def test_a_flow_from_a_task_to_itself(play: Play) -> None:
    case = play(ENDS, element("userTask", "a", default="a_e"), flows("s>a a>a a>e", a_a="again"))
    for _ in range(3):
        assert case.complete("a", {"again": True}).tasks == ["a"]
    assert case.complete("a", {"again": False}).ended == "e"


def test_an_event_gateway_that_is_taken_away_was_the_only_one_entered(play: Play) -> None:
    inside = (
        element("startEvent", "i") + element("eventBasedGateway", "g") + element("endEvent", "o")
        + element("intermediateCatchEvent", "m", "paid") + element("intermediateCatchEvent", "n", "told")
        + flows("i>g g>m g>n m>o n>o")
    )  # fmt: skip
    border = element("boundaryEvent", "b", "storm", attachedToRef="a")
    case = play(ENDS, element("subProcess", "a", inside), border, tasks("c"), flows("s>a a>e b>c c>e"))
    case.broadcast("storm")
    assert (case.tasks, case.waits) == (["c"], [])
    assert sorted(case.walked("cancelled")) == ["a", "g"]
