"""Sub-processes, calls and multi-instances."""

from itertools import pairwise

import pytest

from engine.bpmn.execution import Work
from engine.core.errors import StepFailed
from tests.engine.bpmn.execution.small_diagrams import Play, element, flows, process

ENDS = element("startEvent", "s") + element("endEvent", "e")


def tasks(*ids: str) -> str:
    return "".join(element("userTask", id) for id in ids)


def inside(*ids: str) -> str:
    """A start, these tasks one after the other, an end."""
    path = ["i", *ids, "o"]
    pairs = " ".join(f"{one}>{two}" for one, two in pairwise(path))
    return element("startEvent", "i") + tasks(*ids) + element("endEvent", "o") + flows(pairs)


def test_a_sub_process_shares_the_variables_and_ends_when_empty(play: Play) -> None:
    case = play(ENDS, tasks("c"), element("subProcess", "a", inside("x", "y")), flows("s>a a>c c>e"), n=1)
    assert case.complete("x", {"n": 2}).tasks == ["y"]
    assert case.complete("y", {"m": 3}).tasks == ["c"]
    assert case.variables == {"n": 2, "m": 3}
    assert case.walked("completed") == ["y", "o", "a"]


def test_a_boundary_event_takes_a_sub_process_with_all_in_it(play: Play) -> None:
    deep = element("startEvent", "i0") + element("subProcess", "b", inside("x")) + flows("i0>b")
    border = element("boundaryEvent", "m", "paid", attachedToRef="a")
    case = play(ENDS, tasks("c"), element("subProcess", "a", deep), border, flows("s>a a>e m>c c>e"))
    assert case.tasks == ["x"]
    case.deliver("m")
    assert case.tasks == ["c"]
    assert set(case.walked("cancelled")) == {"x", "b", "a"}


def test_the_ladder_ends_with_the_handling(play: Play) -> None:
    """Timers on the inner sub-process open supervising tasks; its end terminates the outer one with all of them."""
    hour = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>"
    outer = (
        element("startEvent", "p") + element("subProcess", "handle", inside("work")) + tasks("supervise")
        + element("boundaryEvent", "t", hour, attachedToRef="handle", cancelActivity="false")
        + element("endEvent", "done", "terminate") + element("endEvent", "seen")
        + flows("p>handle handle>done t>supervise supervise>seen")
    )  # fmt: skip
    case = play(ENDS, element("subProcess", "phase", outer), tasks("c"), flows("s>phase phase>c c>e"))
    case.fire("t")
    assert case.tasks == ["supervise", "work"]
    case.complete("work")
    assert (case.tasks, case.walked("cancelled")) == (["c"], ["supervise"])


CALLED = process(inside("x"), id="q")


def call(*passages: str, **more: str) -> str:
    extensions = "".join(f"<camunda:{passage}/>" for passage in passages)
    return element(
        "callActivity", "a", f"<extensionElements>{extensions}</extensionElements>", calledElement="q", **more
    )


def test_a_called_process_has_variables_of_its_own(play: Play) -> None:
    activity = call(
        'in source="n" target="k"', 'in sourceExpression="n * 2" target="twice"', 'in businessKey="#{key}"',
        'out source="answer" target="found"', 'out sourceExpression="k + 1" target="next"',
    )  # fmt: skip
    case = play(ENDS, activity, flows("s>a a>e"), called=CALLED, n=4)
    assert case.task("x").process == "q"
    assert {one.path for one in case.outcome.happened if one.process == "q"} == {("a",)}
    case.complete("x", {"answer": "yes", "n": 100})
    assert case.variables == {"n": 4, "found": "yes", "next": 5}
    assert case.ended == "e"


def test_all_variables_can_be_given(play: Play) -> None:
    case = play(ENDS, call('in variables="all"', 'out variables="all"'), flows("s>a a>e"), called=CALLED, n=4, m=5)
    case.complete("x", {"n": 6})
    assert case.variables == {"n": 6, "m": 5}


def many(kind: str, inside_: str = "", loop: str = "", **attributes: str) -> str:
    multi = f"<multiInstanceLoopCharacteristics {loop}>{inside_}</multiInstanceLoopCharacteristics>"
    return element(kind, "a", multi, **attributes)


GATHERED = "<loopDataOutputRef>results</loopDataOutputRef><outputDataItem id='r' name='result'/>"
OVER = 'camunda:collection="departments" camunda:elementVariable="department"'


def test_parallel_instances_each_with_their_item(play: Play) -> None:
    task = many("userTask", GATHERED, OVER, camunda_candidateGroups="=department")
    case = play(ENDS, task, flows("s>a a>e"), departments=["x", "y", "z"])
    assert [one.groups for one in case.outcome.tasks] == [("x",), ("y",), ("z",)]
    assert dict(case.task("a", department="y").local) == {"department": "y", "loopCounter": 2}
    case.complete("a", {"result": 3, "note": "n"}, department="z").complete("a", {"result": 1}, department="x")
    assert case.ended is None
    case.complete("a", {"result": 2}, department="y")
    assert case.variables == {"departments": ["x", "y", "z"], "results": [1, 2, 3]}
    assert case.ended == "e"


def test_sequential_instances_one_after_the_other(play: Play) -> None:
    task = many("userTask", GATHERED, OVER + ' isSequential="true"')
    case = play(ENDS, task, flows("s>a a>e"), departments=["x", "y"])
    assert [one.local["department"] for one in case.outcome.tasks] == ["x"]
    case.complete("a", {"result": "one"})
    assert [one.local["department"] for one in case.outcome.tasks] == ["y"]
    assert case.complete("a", {"result": "two"}).variables["results"] == ["one", "two"]


def test_the_standard_way_to_name_list_and_items(play: Play) -> None:
    said = "<loopDataInputRef>departments</loopDataInputRef>" + GATHERED + "<inputDataItem id='d' name='department'/>"
    case = play(ENDS, many("userTask", said), flows("s>a a>e"), departments=["x", "y"])
    assert case.tasks == ["a", "a"]


def test_a_number_of_instances_and_enough_of_them(play: Play) -> None:
    said = (
        "<loopCardinality>=n + 1</loopCardinality>" + GATHERED
        + "<completionCondition>nrOfCompletedInstances &gt;= 2 and count(results) = 2</completionCondition>"
    )  # fmt: skip
    case = play(ENDS, many("userTask", said), flows("s>a a>e"), n=3)
    assert case.tasks == ["a"] * 4
    case.complete("a", {"result": "b"}, loopCounter=3)
    assert case.ended is None
    case.complete("a", {"result": "a"}, loopCounter=1)
    assert (case.ended, case.variables["results"]) == ("e", ["a", "b"])


def test_an_empty_list_is_passed_and_no_list_fails(play: Play) -> None:
    task = many("userTask", GATHERED, OVER)
    case = play(ENDS, task, flows("s>a a>e"), departments=[])
    assert (case.ended, case.variables["results"]) == ("e", [])
    with pytest.raises(StepFailed, match="departments"):
        play(ENDS, task, flows("s>a a>e"), departments="x")


def test_withdrawing_one_instance_leaves_the_others(play: Play) -> None:
    case = play(ENDS, many("userTask", GATHERED, OVER), flows("s>a a>e"), departments=["x", "y"])
    case.withdraw("a")
    assert case.tasks == ["a"]
    assert case.complete("a", {"result": 9}).variables["results"] == [9]
    assert case.ended == "e"


@pytest.mark.parametrize("order", [("x", "y"), ("y", "x")])
def test_instances_of_a_sub_process_keep_their_variables_apart(play: Play, order: tuple[str, str]) -> None:
    multi = f"<multiInstanceLoopCharacteristics {OVER}>{GATHERED}</multiInstanceLoopCharacteristics>"
    script = element("scriptTask", "k", '<script>result = department + "-" + said</script>')
    graph = (
        element("startEvent", "i") + tasks("x") + script + element("endEvent", "o") + flows("i>x x>k k>o")
    )  # fmt: skip
    case = play(ENDS, element("subProcess", "a", multi + graph), flows("s>a a>e"), departments=["x", "y"])
    for name in order:
        case.complete("x", {"said": name * 2}, department=name)
    assert case.variables == {"departments": ["x", "y"], "results": ["x-xx", "y-yy"]}


def test_instances_of_a_call_and_a_border_around_all(play: Play) -> None:
    multi = f"<multiInstanceLoopCharacteristics {OVER}>{GATHERED}</multiInstanceLoopCharacteristics>"
    passages = (
        '<extensionElements><camunda:in source="department" target="d"/><camunda:out source="d" target="result"/>'
        "</extensionElements>"
    )
    activity = element("callActivity", "a", passages + multi, calledElement="q")
    border = element("boundaryEvent", "b", "paid", attachedToRef="a")
    parts = (ENDS, activity, border, tasks("c"), flows("s>a a>e b>c c>e"))
    case = play(*parts, called=CALLED, departments=["x", "y"])
    assert (case.tasks, case.waits) == (["x", "x"], ["b"])
    assert case.deliver("b").tasks == ["c"]
    case = play(*parts, called=CALLED, departments=["x", "y"]).complete("x").complete("x")
    assert (case.ended, case.variables["results"]) == ("e", ["x", "y"])


def test_instances_of_a_service_task(play: Play) -> None:
    def perform(work: Work) -> dict[str, object]:
        return {"result": f"{work.inputs['d']}!"}

    said = '<extensionElements><camunda:inputOutput><camunda:inputParameter name="d">=department</camunda:inputParameter></camunda:inputOutput></extensionElements>'
    multi = (
        f'<multiInstanceLoopCharacteristics {OVER} isSequential="true">{GATHERED}</multiInstanceLoopCharacteristics>'
    )
    task = element("serviceTask", "a", said + multi, camunda_type="external", camunda_topic="t")
    case = play(ENDS, task, flows("s>a a>e"), world={"perform": perform}, departments=["x", "y"])
    assert case.variables == {"departments": ["x", "y"], "results": ["x!", "y!"]}


def test_a_name_that_the_process_has_is_written_there(play: Play) -> None:
    case = play(ENDS, many("userTask", GATHERED, OVER), flows("s>a a>e"), departments=["x", "y"], total=0)
    assert case.complete("a", {"total": 5, "own": 1}, department="x").variables == {
        "departments": ["x", "y"],
        "total": 5,
    }


@pytest.mark.parametrize("number", ["1000000000", "1.5", '"many"', "10 ** 30"])
def test_impossible_numbers_of_instances_fail(play: Play, number: str) -> None:
    with pytest.raises(StepFailed) as failed:
        play(ENDS, many("userTask", f"<loopCardinality>{number}</loopCardinality>"), flows("s>a a>e"))
    assert failed.value.element == "a"
