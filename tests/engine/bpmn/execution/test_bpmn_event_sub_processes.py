"""Event sub-processes: BPMN 2.0.2, 10.3.5, 10.5.7 and 13.5.4."""

from datetime import timedelta

import pytest

from engine.bpmn.execution import Retime, Start, StepFailed, World, parse
from engine.bpmn.execution.world import BpmnError
from engine.core.errors import Refused
from tests.engine.bpmn.execution.small_diagrams import BEGINNING, Play, Played, element, file, flows, process

ENDS = element("startEvent", "s") + element("endEvent", "e")
ONE_TASK = (ENDS, element("userTask", "a"), flows("s>a a>e"))
HOUR = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
HOURLY = "<timerEventDefinition><timeCycle>R2/PT1H</timeCycle></timerEventDefinition>"
LIMIT = "<timerEventDefinition><timeDate>=limit()</timeDate></timerEventDefinition>"
WHEN_X = "<conditionalEventDefinition><condition>x</condition></conditionalEventDefinition>"


def handler(begun_by: str, interrupting: bool = True, inside: str = "", id: str = "h") -> str:
    """An event sub-process with one task, `<id>_t`."""
    said = "true" if interrupting else "false"
    parts = (
        element("startEvent", f"{id}_s", begun_by, isInterrupting=said),
        inside or element("userTask", f"{id}_t") + flows(f"{id}_s>{id}_t {id}_t>{id}_e"),
        element("endEvent", f"{id}_e"),
    )
    return element("subProcess", id, "".join(parts), triggeredByEvent="true")


def sub(id: str, *parts: str, **attributes: str) -> str:
    return element("subProcess", id, "".join(parts), **attributes)


@pytest.mark.parametrize("begun_by", ["paid", "storm"])
def test_an_interrupting_one_takes_the_place_of_the_flow(play: Play, begun_by: str) -> None:
    case = play(*ONE_TASK, handler(begun_by))
    assert (case.tasks, case.waits) == (["a"], ["h_s"])
    case.deliver("h_s", x=1)
    assert (case.tasks, case.waits, case.variables) == (["h_t"], [], {"x": 1})
    assert case.walked("cancelled") == ["a"]
    assert case.walked("fired") == ["h_s"]
    assert case.complete("h_t").ended == "h_e"


def test_one_that_does_not_interrupt_runs_beside_the_flow_as_often_as_it_is_told(play: Play) -> None:
    case = play(*ONE_TASK, handler("paid", False)).deliver("h_s").deliver("h_s")
    assert (case.tasks, case.waits) == (["a", "h_t", "h_t"], ["h_s"])
    case.complete("a")
    assert (case.tasks, case.waits, case.ended) == (["h_t", "h_t"], [], None), "no other begins once the flow is over"
    assert case.complete("h_t").complete("h_t").ended == "e"


def test_it_is_not_begun_when_the_flow_ends_first(play: Play) -> None:
    assert play(*ONE_TASK, handler(HOUR)).complete("a").ended == "e"


def test_a_timer_begins_when_what_is_around_it_does(play: Play) -> None:
    case = play(*ONE_TASK, handler(HOUR))
    assert case.timers == {"h_s": BEGINNING + timedelta(hours=1)}
    assert case.fire("h_s").tasks == ["h_t"]


def test_a_timer_that_does_not_interrupt_repeats_as_often_as_it_says(play: Play) -> None:
    case = play(*ONE_TASK, handler(HOURLY, False)).later(hours=1).fire("h_s")
    assert (case.tasks, case.timers) == (["a", "h_t"], {"h_s": BEGINNING + timedelta(hours=2)})
    assert play(*ONE_TASK, handler(HOUR, False)).fire("h_s").timers == {}
    assert case.later(hours=1).fire("h_s").timers == {}


def test_a_timer_of_one_moves_with_its_limit(play: Play) -> None:
    moments = {"now": BEGINNING}
    case = play(*ONE_TASK, handler(LIMIT), world={"functions": {"limit": lambda: moments["now"]}})
    moments["now"] += timedelta(hours=5)
    assert case.do(Retime(frozenset(("limit",)))).timers == {"h_s": BEGINNING + timedelta(hours=5)}


def test_a_condition_begins_one_when_it_becomes_true_also_at_the_start(play: Play) -> None:
    case = play(*ONE_TASK, handler(WHEN_X), x=False)
    assert case.tasks == ["a"]
    assert case.change(x=True).tasks == ["h_t"]
    assert play(*ONE_TASK, handler(WHEN_X), x=True).tasks == ["h_t"]
    twice = play(*ONE_TASK, handler(WHEN_X, False), x=True).change(x=False).change(x=True)
    assert twice.tasks == ["a", "h_t", "h_t"]


def test_an_error_beside_it_is_caught_and_the_sub_process_goes_on_as_if_it_were_done(play: Play) -> None:
    inside = element("startEvent", "i") + element("endEvent", "x", "broken") + flows("i>x") + handler("any error")
    case = play(ENDS, sub("a", inside), element("userTask", "c"), flows("s>a a>c c>e"))
    assert case.tasks == ["h_t"]
    case.complete("h_t")
    assert case.tasks == ["c"]


def test_an_exact_code_is_taken_first_and_others_go_outwards(play: Play) -> None:
    other = handler("any error", id="o")
    assert play(
        ENDS.replace('id="e">', 'id="e"><errorEventDefinition errorRef="e_lost"/>'),
        flows("s>e"),
        other,
        handler("lost"),
    ).tasks == ["h_t"]
    assert play(
        ENDS.replace('id="e">', 'id="e"><errorEventDefinition errorRef="e_broken"/>'),
        flows("s>e"),
        other,
        handler("lost"),
    ).tasks == ["o_t"]


def test_an_error_that_it_throws_itself_goes_to_the_border_around_it(play: Play) -> None:
    again = element("endEvent", "h_x", "broken") + flows("h_s>h_x")
    inside = (
        element("startEvent", "i") + element("endEvent", "x", "broken") + flows("i>x") + handler("broken", inside=again)
    )
    border = element("boundaryEvent", "b", "broken", attachedToRef="a")
    case = play(ENDS, sub("a", inside), border, element("userTask", "c"), flows("s>a a>e b>c c>e"))
    assert case.tasks == ["c"]
    assert case.walked("fired") == ["h_s", "b"]


def test_the_error_of_a_service_is_taken_by_the_one_beside_it(play: Play) -> None:
    def broken(_work: object) -> dict[str, object]:
        raise BpmnError("broken")

    service = element("serviceTask", "a", camunda_type="external", camunda_topic="t")
    parts = (ENDS, service, flows("s>a a>e"))
    assert play(*parts, handler("broken"), world={"perform": broken}).tasks == ["h_t"]
    with pytest.raises(StepFailed):
        play(*parts, handler("lost"), world={"perform": broken})


@pytest.mark.parametrize("interrupting", [True, False])
def test_an_escalation_beside_it_is_caught(play: Play, interrupting: bool) -> None:
    told = element("intermediateThrowEvent", "x", "late")
    case = play(ENDS, told, element("userTask", "a"), flows("s>x x>a a>e"), handler("late", interrupting))
    assert case.tasks == (["h_t"] if interrupting else ["a", "h_t"])


def test_an_escalation_that_it_passes_on_does_not_begin_it_again(play: Play) -> None:
    on = element("endEvent", "h_x", "late") + flows("h_s>h_x")
    told = element("intermediateThrowEvent", "x", "late")
    inside = (
        element("startEvent", "i") + told + element("userTask", "a1") + flows("i>x x>a1") + handler("late", False, on)
    )
    border = element("boundaryEvent", "b", "any escalation", attachedToRef="a", cancelActivity="false")
    case = play(ENDS, sub("a", inside), border, element("userTask", "c"), flows("s>a a>e b>c c>e"))
    assert case.tasks == ["a1", "c"]


def test_an_interrupting_one_ends_others_that_run_and_its_own_terminate_only_itself(play: Play) -> None:
    stop = element("userTask", "h_t") + element("endEvent", "h_x", "terminate") + flows("h_s>h_t h_t>h_x")
    case = play(*ONE_TASK, handler("paid", False, id="o"), handler("told", False, stop)).deliver("o_s").deliver("h_s")
    assert case.tasks == ["a", "h_t", "o_t"]
    assert case.complete("h_t").tasks == ["a", "o_t"]
    both = play(*ONE_TASK, handler("paid", False, id="o"), handler("told")).deliver("o_s").deliver("h_s")
    assert (both.tasks, both.waits) == (["h_t"], [])


def test_a_terminate_around_it_ends_it_too(play: Play) -> None:
    end = element("endEvent", "e", "terminate")
    case = play(element("startEvent", "s"), end, element("userTask", "a"), flows("s>a a>e"), handler("paid", False))
    assert case.deliver("h_s").complete("a").ended == "e"


def test_one_in_a_sub_process_ends_with_it_and_knows_its_process(play: Play) -> None:
    inside = element("startEvent", "i") + element("userTask", "a") + flows("i>a") + handler("paid")
    case = play(ENDS, sub("b", inside), element("userTask", "c"), flows("s>b b>c c>e"))
    assert play(ENDS, sub("b", inside), element("userTask", "c"), flows("s>b b>c c>e")).complete("a").waits == []
    case.deliver("h_s", x=3)
    assert (case.tasks, case.variables) == (["h_t"], {"x": 3})
    assert case.complete("h_t").tasks == ["c"]


def test_each_instance_of_a_multi_instance_has_its_own(play: Play) -> None:
    many = (
        '<multiInstanceLoopCharacteristics camunda:collection="xs" camunda:elementVariable="x">'
        '<loopDataOutputRef>rs</loopDataOutputRef><outputDataItem name="r"/></multiInstanceLoopCharacteristics>'
    )
    inside = many + element("startEvent", "i") + element("userTask", "a") + flows("i>a") + handler("paid")
    case = play(ENDS, sub("b", inside), flows("s>b b>e"), xs=["p", "q"])
    assert (case.tasks, case.waits) == (["a", "a"], ["h_s", "h_s"])
    case.deliver("h_s")
    assert (case.tasks, case.waits) == (["a", "h_t"], ["h_s"])
    assert case.task("h_t").local == {"loopCounter": 1, "x": "p"}
    case.complete("h_t", {"r": 1}).complete("a", {"r": 2})
    assert (case.ended, case.variables["rs"]) == ("e", [1, 2])


def test_one_in_a_called_process_sees_that_processs_variables(play: Play) -> None:
    call = element(
        "callActivity",
        "b",
        '<extensionElements><camunda:out source="y" target="z"/></extensionElements>',
        calledElement="q",
    )
    called = process(element("startEvent", "i"), element("userTask", "a"), flows("i>a"), handler("paid"), id="q")
    case = play(ENDS, call, flows("s>b b>e"), called=called).deliver("h_s", y=5)
    assert (case.tasks, case.variables) == (["h_t"], {})
    assert {one.path for one in case.outcome.happened if one.process == "q"} == {("b",)}
    assert case.complete("h_t").variables == {"z": 5}


def test_one_inside_another(play: Play) -> None:
    inner = element("userTask", "h_t") + handler("told", False, id="n") + flows("h_s>h_t h_t>h_e")
    case = play(*ONE_TASK, handler("paid", True, inner))
    assert case.waits == ["h_s"]
    assert case.deliver("h_s").waits == ["n_s"]
    assert case.deliver("n_s").tasks == ["h_t", "n_t"]
    assert case.complete("h_t").complete("n_t").ended == "h_e"


def test_the_boundary_of_a_sub_process_still_ends_one_that_took_its_place(play: Play) -> None:
    inside = element("startEvent", "i") + element("userTask", "a") + flows("i>a") + handler("paid")
    border = element("boundaryEvent", "b", "told", attachedToRef="d")
    case = play(ENDS, sub("d", inside), border, element("userTask", "c"), flows("s>d d>e b>c c>e"))
    assert case.deliver("h_s").deliver("b").tasks == ["c"]


def test_withdrawing_the_last_task_of_the_flow_leaves_those_that_run(play: Play) -> None:
    case = play(*ONE_TASK, handler("paid", False)).deliver("h_s").withdraw("a")
    assert (case.tasks, case.waits) == (["h_t"], [])
    assert case.complete("h_t").ended == "a"


def test_branches_that_never_meet_are_stuck_though_an_event_could_begin_one_beside_them(play: Play) -> None:
    join = element("parallelGateway", "j")
    parts = (ENDS, element("userTask", "a"), element("exclusiveGateway", "x", default="x_j"), join,
             element("userTask", "c"), flows("s>a a>x x>j x>c c>j j>e", x_c="false"))  # fmt: skip
    assert play(*parts, handler("paid", False)).complete("a").outcome.stuck == ("j",)
    assert play(*parts, handler("paid")).complete("a").outcome.stuck == ()


def test_a_thousand_of_them_leave_the_state_as_small_as_one(play: Play) -> None:
    case = play(*ONE_TASK, handler("paid", False))
    sizes = []
    for _ in range(200):
        case.deliver("h_s").complete("h_t")
        sizes.append(len(case.outcome.state))
    assert max(sizes) <= sizes[0] + 8


REFUSED = {
    "has no type": ENDS + flows("s>e") + handler(""),
    "exactly one start event": ENDS + flows("s>e") + handler("paid", inside=element("startEvent", "h_2", "told") + flows("h_s>h_e")),
    "no flow can lead to": ENDS + flows("s>h h>e") + handler("paid"),
    "must interrupt": ENDS + flows("s>e") + handler("broken", False),
    "compensation": ENDS + flows("s>e") + handler("<compensateEventDefinition/>"),
    "cannot be a multi-instance": ENDS + flows("s>e") + handler("paid").replace(
        '"true">', '"true"><multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>', 1),
    "not attached to an activity": ENDS + flows("s>e b>e") + handler("paid") + element("boundaryEvent", "b", "told", attachedToRef="h"),
}  # fmt: skip


@pytest.mark.parametrize("words", REFUSED)
def test_what_the_standard_does_not_allow_is_refused_at_its_element(words: str) -> None:
    with pytest.raises(Refused) as refused:
        parse({"p.bpmn": file(process(REFUSED[words]))}, "p")
    assert words in refused.value.text("en")


def test_two_cases_of_one_version_do_not_meet() -> None:
    program = parse({"p.bpmn": file(process(*ONE_TASK, handler("paid")))}, "p")
    one, other = (Played(program, World(BEGINNING)).do(Start()) for _ in range(2))
    one.deliver("h_s")
    assert (one.tasks, other.tasks) == (["h_t"], ["a"])
