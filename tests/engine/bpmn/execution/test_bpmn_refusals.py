"""What cannot run is refused when parsed, at the element, in two languages."""

import pytest

from engine.bpmn.execution import parse
from engine.core.errors import Refused
from tests.engine.bpmn.execution.small_diagrams import HEAD, element, file, flows, process

ENDS = element("startEvent", "s") + element("endEvent", "e")
TASK = element("userTask", "a", name="甲")
ROUND = flows("s>a a>e")


def refusals(*parts: str, called: str = "") -> dict[str, str]:
    """The places of all errors, each with its messages in English."""
    with pytest.raises(Refused) as refused:
        parse({"p.bpmn": file(process(*parts), called)}, "p")
    said: dict[str, str] = {}
    for finding in refused.value.findings:
        assert finding.zh
        assert finding.zh != finding.en
        if finding.level == "error":
            said[finding.place] = f"{said.get(finding.place, '')} {finding.en}"
    return said


def border(inside: str, **attributes: str) -> str:
    return element("boundaryEvent", "b", inside, attachedToRef="a", **attributes)


@pytest.mark.parametrize(
    ("part", "place", "word"),
    [
        (border("<compensateEventDefinition/>"), "b", "compensation"),
        (border("<cancelEventDefinition/>"), "b", "cancel"),
        (border("broken", cancelActivity="false"), "b", "must interrupt"),
        (border("terminate"), "b", "terminate"),
        (border("<timerEventDefinition/>"), "b", "no time"),
        (border("<timerEventDefinition><timeDuration>soon</timeDuration></timerEventDefinition>"), "b", "soon"),
        (border("<timerEventDefinition><timeCycle>0 0/5 * * * ?</timeCycle></timerEventDefinition>"), "b", "0/5"),
        (border("<messageEventDefinition/>"), "b", "message"),
        (border("<signalEventDefinition signalRef='nowhere'/>"), "b", "signal"),
        (border("<conditionalEventDefinition/>"), "b", "condition"),
        (border('<messageEventDefinition messageRef="m_paid"/><timerEventDefinition/>'), "b", "one definition"),
        (element("boundaryEvent", "b", "paid", attachedToRef="e"), "b", "not attached"),
        (element("transaction", "t"), "t", "transactions"),
        (element("adHocSubProcess", "t"), "t", "ad-hoc"),
        (element("complexGateway", "t"), "t", "complex"),
        (element("banana", "t"), "t", "banana"),
        (element("userTask", "a"), "a", "twice"),
        (element("subProcess", "t", element("startEvent", "i"), triggeredByEvent="true"), "i", "event sub-process"),
        (element("subProcess", "t"), "t", "no start event"),
        (element("subProcess", "t", element("startEvent", "i", "paid") + flows("i>i")), "t", "plain start"),
        (element("startEvent", "s2") + flows("s2>a"), "p", "more than one"),
        (element("serviceTask", "t"), "t", "no topic"),
        (element("serviceTask", "t", camunda_class="x.Y"), "t", "no topic"),
        (element("sendTask", "t"), "t", "message"),
        (element("receiveTask", "t"), "t", "message"),
        (element("businessRuleTask", "t"), "t", "table"),
        (element("callActivity", "t"), "t", "which process"),
        (element("callActivity", "t", calledElement="${which}"), "t", "which process"),
        (element("callActivity", "t", calledElement="nowhere"), "t", "nowhere"),
        (element("scriptTask", "t", "<script>print(1)</script>"), "t", "line 1"),
        (element("scriptTask", "t", "<script>x = 1\ny = 2 +</script>"), "t", "2 +"),
        (element("userTask", "t", camunda_assignee="${boss}"), "t", "another system"),
        (element("userTask", "t", camunda_candidateGroups="=[1"), "t", "[1"),
        (element("userTask", "t", "<multiInstanceLoopCharacteristics/>"), "t", "neither a list"),
        (element("userTask", "t", "<standardLoopCharacteristics/>"), "t", "loop markers"),
        (element("userTask", "t", isForCompensation="true"), "t", "compensation"),
        (element("endEvent", "t", "<errorEventDefinition/>"), "t", "error"),
        (element("intermediateThrowEvent", "t", "<escalationEventDefinition/>"), "t", "escalation"),
        (element("intermediateThrowEvent", "t", '<linkEventDefinition name="x"/>'), "t", "leads nowhere"),
        (element("intermediateCatchEvent", "t", '<linkEventDefinition name="x"/>'), "t", "nothing links"),
        (element("intermediateCatchEvent", "t"), "t", "cannot be used"),
        ('<sequenceFlow id="f" sourceRef="a" targetRef="gone"/>', "f", "not connected"),
        ('<sequenceFlow id="f" sourceRef="e" targetRef="a"/>', "e", "end event"),
        ('<sequenceFlow id="f" sourceRef="a" targetRef="s"/>', "s", "incoming"),
    ],
)
def test_refused_at_the_element(part: str, place: str, word: str) -> None:
    found = refusals(ENDS, TASK, ROUND, part)
    assert place in found
    assert word in found[place]


GATES = (ENDS, TASK, element("userTask", "c"))


@pytest.mark.parametrize(
    ("part", "place", "word"),
    [
        (element("exclusiveGateway", "g") + flows("s>g g>a g>c a>e c>e", g_a="x"), "g", "no condition"),
        (
            element("exclusiveGateway", "g", default="g_a") + flows("s>g g>a g>c a>e c>e", g_a="x", g_c="x"),
            "g",
            "default",
        ),
        (
            element("exclusiveGateway", "g", default="zz") + flows("s>g g>a g>c a>e c>e", g_a="x", g_c="x"),
            "g",
            "default",
        ),
        (element("parallelGateway", "g") + flows("s>g g>a g>c a>e c>e", g_a="x"), "g", "conditions"),
        (element("eventBasedGateway", "g") + flows("s>g g>a a>e c>e"), "g", "catch events"),
        (element("exclusiveGateway", "g") + flows("s>a a>g s>c c>e"), "g", "no outgoing"),
        (element("exclusiveGateway", "g") + flows("s>g g>a g>c a>e c>e", g_a="x +", g_c="x"), "g_a", "x +"),
        (element("exclusiveGateway", "g") + flows("s>g g>a g>c a>e c>e", g_a="x == 1", g_c="x"), "g_a", "x == 1"),
        (element("scriptTask", "g") + element("task", "h") + flows("s>g g>h h>g a>e c>e"), "g", "never waits"),
        (element("task", "g") + flows("s>g g>g a>e c>e"), "g", "never waits"),
    ],
)
def test_gateways_and_loops(part: str, place: str, word: str) -> None:
    found = refusals(*GATES, part)
    assert place in found
    assert word in found[place]


def test_files_that_are_no_diagrams() -> None:
    for content, word in [
        (b"", "well-formed"),
        (b"<x/>", "BPMN"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]>' + HEAD.encode() + b"</definitions>", "DOCTYPE"),
        (b"x" * (2 * 1024 * 1024 + 1), "2 MB"),
    ]:
        with pytest.raises(Refused) as refused:
            parse({"p.bpmn": content}, "p")
        assert refused.value.findings[0].place == "p.bpmn"
        assert word in refused.value.findings[0].en


def test_a_process_without_start_is_refused() -> None:
    assert "no start event" in refusals(TASK)["p"]


def test_names_of_the_library_are_names_like_any_other() -> None:
    """A diagram may use ids such as Start, End and root."""
    drawn = process(
        element("startEvent", "Start"), element("userTask", "root"), element("endEvent", "End"),
        flows("Start>root root>End"),
    )  # fmt: skip
    program = parse({"p.bpmn": file(drawn)}, "p")
    assert {"Start", "root", "End", "Start_root", "root_End"} == set(program.elements)


def test_warnings_do_not_refuse() -> None:
    drawn = process(ENDS, TASK, ROUND, element("task", "lonely"))
    program = parse({"p.bpmn": file(drawn)}, "p")
    assert {(finding.level, finding.place) for finding in program.findings} == {("warning", "lonely")}


def test_extras_of_an_element_are_kept() -> None:
    extras = (
        '<extensionElements><camunda:properties><camunda:property name="name_en" value="Register"/>'
        "</camunda:properties></extensionElements>"
    )
    drawn = process(ENDS, element("userTask", "a", extras, name="登记"), ROUND)
    found = parse({"p.bpmn": file(drawn)}, "p").elements["a"]
    assert (found.name, found.kind, found.process, found.properties["name_en"]) == ("登记", "userTask", "p", "Register")


def test_sub_processes_within_sub_processes_have_a_bound() -> None:
    inside = ""
    for number in range(100):
        inside = element("startEvent", f"i{number}") + element("subProcess", f"p{number}", inside)
    assert any("nested" in said for said in refusals(ENDS, element("subProcess", "top", inside)).values())
