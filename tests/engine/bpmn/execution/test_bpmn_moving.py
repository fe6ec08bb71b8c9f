"""Cases moved to another version: what goes on, what begins anew, what is refused."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from engine.bpmn.execution import ENDS, CannotMove, Plan, move, parse
from tests.engine.bpmn.execution.small_diagrams import BEGINNING, Play, Played, element, file, flows, process

LIST = '<multiInstanceLoopCharacteristics camunda:collection="rooms" camunda:elementVariable="room"/>'
TIMER = "<timerEventDefinition><timeDuration>PT4H</timeDuration></timerEventDefinition>"


def moved(
    case: Played, *parts: str, plan: Mapping[str, str] | None = None, called: str = "", retime: bool = False
) -> Played:
    after = parse({"p.bpmn": file(process(*parts), called)}, "p")
    case.outcome = move(case.program, case.outcome.state, after, Plan(plan or {}, retime), case.world)
    case.program = after
    return case


def inside(id: str, *parts: str) -> str:
    return element("subProcess", id, element("startEvent", f"{id}_s") + "".join(parts) + element("endEvent", f"{id}_e"))


ONE = (element("startEvent", "s"), element("userTask", "a"), element("endEvent", "e"), flows("s>a a>e"))


def test_a_step_of_the_same_id_goes_on_inside_sub_processes_that_are_entered(play: Play) -> None:
    case = play(*ONE)
    key = case.task("a").key
    edge = element("boundaryEvent", "late", TIMER, attachedToRef="outer", cancelActivity="false")
    inner = inside("inner", element("userTask", "a"), flows("inner_s>a a>inner_e"))
    outer = inside("outer", inner, flows("outer_s>inner inner>outer_e"))
    moved(case, element("startEvent", "s"), outer, edge, element("userTask", "push"), element("endEvent", "e"),
          flows("s>outer outer>e late>push push>e"))  # fmt: skip
    assert case.task("a").key == key
    assert case.walked("entered") == ["outer", "inner"]
    assert case.timers == {"late": BEGINNING + timedelta(hours=4)}
    assert case.complete("a").ended == "e"


def test_branches_that_a_new_sub_process_surrounds_are_in_it_together(play: Play) -> None:
    fork = (
        element("parallelGateway", "f"),
        element("userTask", "a"),
        element("userTask", "b"),
        element("parallelGateway", "j"),
    )
    case = play(element("startEvent", "s"), *fork, element("endEvent", "e"), flows("s>f f>a f>b a>j b>j j>e"))
    around = inside("x", *fork, flows("x_s>f f>a f>b a>j b>j j>x_e"))
    moved(
        case,
        element("startEvent", "s"),
        around,
        element("userTask", "then"),
        element("endEvent", "e"),
        flows("s>x x>then then>e"),
    )
    assert case.complete("a").tasks == ["b"]
    assert case.complete("b").tasks == ["then"]


def test_two_cases_of_the_same_step_are_two_entries(play: Play) -> None:
    twice = (element("parallelGateway", "f"), element("exclusiveGateway", "m"), element("userTask", "a"))
    case = play(element("startEvent", "s"), *twice, element("endEvent", "e"),
                '<sequenceFlow id="f1" sourceRef="f" targetRef="m"/><sequenceFlow id="f2" sourceRef="f" targetRef="m"/>',
                flows("s>f m>a a>e"))  # fmt: skip
    assert case.tasks == ["a", "a"]
    around = inside("x", element("userTask", "a"), flows("x_s>a a>x_e"))
    moved(
        case,
        element("startEvent", "s"),
        around,
        element("userTask", "then"),
        element("endEvent", "e"),
        flows("s>x x>then then>e"),
    )
    assert case.complete("a").complete("a").tasks == ["then", "then"]


def test_a_token_at_a_join_waits_on_for_the_others(play: Play) -> None:
    fork = (
        element("parallelGateway", "f"),
        element("userTask", "a"),
        element("userTask", "b"),
        element("parallelGateway", "j"),
    )
    case = play(element("startEvent", "s"), *fork, element("endEvent", "e"), flows("s>f f>a f>b a>j b>j j>e")).complete(
        "a"
    )
    moved(
        case,
        element("startEvent", "s"),
        *fork,
        element("userTask", "then"),
        element("endEvent", "e"),
        flows("s>f f>a f>b a>j b>j j>then then>e"),
    )
    assert case.tasks == ["b"]
    assert case.complete("b").tasks == ["then"]


def test_instances_keep_what_is_done_and_what_is_theirs(play: Play) -> None:
    many = element(
        "userTask",
        "a",
        LIST.replace(
            "/>",
            '><loopDataOutputRef>found</loopDataOutputRef><outputDataItem id="o" name="seen"/></multiInstanceLoopCharacteristics>',
        ),
    )
    case = play(element("startEvent", "s"), many, element("endEvent", "e"), flows("s>a a>e"), rooms=["1", "2", "3"])
    case.complete("a", {"seen": "yes"}, room="2")
    moved(
        case,
        element("startEvent", "s"),
        many,
        element("userTask", "then"),
        element("endEvent", "e"),
        flows("s>a a>then then>e"),
    )
    assert sorted(str(each.local["room"]) for each in case.outcome.tasks) == ["1", "3"]
    case.complete("a", {"seen": "no"}, room="3").complete("a", {"seen": "no"}, room="1")
    assert (case.tasks, case.variables["found"]) == (["then"], ["no", "yes", "no"])


def test_several_instances_cannot_become_one_by_themselves(play: Play) -> None:
    case = play(
        element("startEvent", "s"),
        element("userTask", "a", LIST),
        element("endEvent", "e"),
        flows("s>a a>e"),
        rooms=["1", "2"],
    )
    with pytest.raises(CannotMove) as why:
        moved(case, *ONE)
    assert "another kind of step" in why.value.text("en")
    assert "不是同一种步骤" in why.value.text("zh")
    assert moved(case, *ONE, plan={"a": "a"}).tasks == ["a"]


def test_a_called_process_keeps_its_variables(play: Play) -> None:
    def called(*parts: str) -> str:
        return process(element("startEvent", "qs"), *parts, element("endEvent", "qe"), id="q")

    passing = '<extensionElements><camunda:in source="x" target="x"/></extensionElements>'
    outer = (
        element("startEvent", "s"),
        element("callActivity", "c", passing, calledElement="q"),
        element("endEvent", "e"),
        flows("s>c c>e"),
    )
    case = play(*outer, called=called(element("userTask", "a"), flows("qs>a a>qe")), x=7)
    script = element("scriptTask", "t", "<script>y = x + 1</script>")
    moved(
        case,
        *outer,
        called=called(element("userTask", "a"), script, element("userTask", "b"), flows("qs>a a>t t>b b>qe")),
    )
    assert case.complete("a").tasks == ["b"]
    assert "y" not in case.variables


def test_a_timer_that_another_activity_has_now_keeps_its_moment_and_one_that_went_off_stays_so(play: Play) -> None:
    def drawn(host: str, span: str) -> tuple[str, ...]:
        around = inside("x", element("userTask", "a"), flows("x_s>a a>x_e"))
        edge = element("boundaryEvent", "late", TIMER.replace("PT4H", span), attachedToRef=host, cancelActivity="false")
        inner, outer = (edge, "") if host == "a" else ("", edge)
        push = element("userTask", "push") + flows("late>push")
        whole = around.replace("</subProcess>", f"{inner}{push if inner else ''}</subProcess>")
        more = "" if inner else push
        return element("startEvent", "s"), whole, outer, more, element("endEvent", "e"), flows("s>x x>e")

    case = play(*drawn("a", "PT4H")).later(hours=1)
    moved(case, *drawn("x", "PT9H"))
    assert case.timers == {"late": BEGINNING + timedelta(hours=4)}
    moved(case, *drawn("x", "PT9H"), retime=True)
    assert case.timers == {"late": BEGINNING + timedelta(hours=9)}
    assert case.fire("late").tasks == ["a", "push"]
    moved(case, *drawn("a", "PT4H"), plan={"push": ENDS})
    assert (case.timers, case.tasks) == ({}, ["a"])


def test_what_has_no_place_is_named_with_every_reason_and_the_state_still_holds(play: Play) -> None:
    fork = (element("parallelGateway", "f"), element("userTask", "a", name="看"), element("userTask", "b", name="修"))
    case = play(element("startEvent", "s"), *fork, element("endEvent", "e"), flows("s>f f>a f>b a>e b>e"))
    before = case.outcome.state
    with pytest.raises(CannotMove) as why:
        moved(case, element("startEvent", "s"), element("userTask", "c"), element("endEvent", "e"), flows("s>c c>e"))
    assert [each.element for each in why.value.reasons] == ["a", "b"]
    assert case.outcome.state == before
    assert case.complete("a").tasks == ["b"]
    with pytest.raises(CannotMove, match="nothing would be left"):
        moved(case, *ONE, plan={"b": ENDS})


def test_what_an_event_based_gateway_waits_for_is_kept_and_added_to(play: Play) -> None:
    race = (
        element("startEvent", "s"),
        element("eventBasedGateway", "g"),
        element("intermediateCatchEvent", "m", "paid"),
        element("intermediateCatchEvent", "t", TIMER),
        element("endEvent", "e"),
    )
    case = play(*race, flows("s>g g>m g>t m>e t>e")).later(hours=1)
    moved(case, *race, element("intermediateCatchEvent", "n", "told"), flows("s>g g>m g>t g>n m>e t>e n>e"))
    assert (case.waits, case.timers) == (["m", "n"], {"t": BEGINNING + timedelta(hours=4)})
    assert case.deliver("n").ended == "e"
