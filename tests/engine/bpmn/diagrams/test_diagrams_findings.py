"""Findings: each at its element, in Chinese and English."""

import pytest

from engine.bpmn import checking, diagrams
from tests.engine.bpmn.diagrams.sketch import TASK, bpmn, flows, straight

START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'


def found(text: bytes) -> list[tuple[str, str, str]]:
    """(level, place, English) of every finding."""
    return [(each.level, each.place, each.en) for each in diagrams.findings(diagrams.read(text))]


def errors_at(text: bytes) -> set[str]:
    return {place for level, place, _ in found(text) if level == "error"}


def test_a_sound_diagram_has_none() -> None:
    assert found(straight(TASK.format(id="a"))) == []


ALONE = {
    "timer without time": ('<intermediateCatchEvent id="a"><timerEventDefinition/></intermediateCatchEvent>', "no time"),
    "message without name": (
        '<intermediateCatchEvent id="a"><messageEventDefinition/></intermediateCatchEvent>', "no message",
    ),
    "signal without name": ('<intermediateThrowEvent id="a"><signalEventDefinition/></intermediateThrowEvent>', "no signal"),
    "catch without kind": ('<intermediateCatchEvent id="a"/>', "no type"),
    "condition missing": (
        '<intermediateCatchEvent id="a"><conditionalEventDefinition/></intermediateCatchEvent>', "no condition",
    ),
    "link without partner": (
        '<intermediateThrowEvent id="a"><linkEventDefinition name="x"/></intermediateThrowEvent>', "no catch link",
    ),
    "compensation": ('<intermediateThrowEvent id="a"><compensateEventDefinition/></intermediateThrowEvent>', "compensation"),
    "event sub-process in the flow": ('<subProcess id="a" triggeredByEvent="true"/>', "no start event"),
    "sub-process without start": ('<subProcess id="a"/>', "no start event"),
    "transaction": ('<transaction id="a"><startEvent id="x"/></transaction>', "not supported"),
    "complex gateway": ('<complexGateway id="a"/>', "not supported"),
    "loop marker": ('<userTask id="a"><standardLoopCharacteristics/></userTask>', "loop marker"),
    "empty multi-instance": ('<userTask id="a"><multiInstanceLoopCharacteristics/></userTask>', "nothing to repeat over"),
    "service without topic": ('<serviceTask id="a"/>', "camunda:topic"),
    "rule without table": ('<businessRuleTask id="a"/>', "no table"),
    "call of nothing": ('<callActivity id="a"/>', "no process"),
    "send without message": ('<sendTask id="a"/>', "no message"),
    "receive without message": ('<receiveTask id="a"/>', "no message"),
    "Python in a script": ('<scriptTask id="a"><script>import os</script></scriptTask>', 'not of the form "name = FEEL"'),
    "comparison as a script": ('<scriptTask id="a"><script>a == 1</script></scriptTask>', "not of the form"),
    "two event definitions": (
        '<intermediateCatchEvent id="a"><signalEventDefinition/><timerEventDefinition/></intermediateCatchEvent>',
        "2 definitions",
    ),
    "unknown element": ('<userTask id="b"/><holiday id="a"/>', "is unknown"),
    "another engine's expression": ('<userTask id="a" camunda:assignee="${who}"/>', "${who}"),
}  # fmt: skip


@pytest.mark.parametrize("case", ALONE)
def test_an_element_that_cannot_run_is_named(case: str) -> None:
    middle, said = ALONE[case]
    matching = [en for level, place, en in found(straight(middle)) if level == "error" and place == "a" and said in en]
    assert len(matching) == 1


def test_both_languages_are_always_there() -> None:
    for middle, _ in ALONE.values():
        for finding in diagrams.findings(diagrams.read(straight(middle))):
            assert finding.zh != finding.en
            assert any("\u4e00" <= character <= "\u9fff" for character in finding.zh)


def test_more_than_500_nodes_are_one_finding() -> None:
    many = "".join(f'<task id="t{number}"/>' for number in range(500))
    assert [en for _, _, en in found(bpmn(START + many))] == [
        "the diagram has 501 nodes, at most 500 are allowed. Move a part into a process of its own and call it."
    ]


def test_a_gateway_needs_a_condition_or_a_default() -> None:
    body = START + '<exclusiveGateway id="g" name="属实？"/>' + TASK.format(id="a") + TASK.format(id="b") + END
    lines = flows("s>g", "g>a if x", "g>b", "a>e", "b>e")
    assert errors_at(bpmn(body + lines)) == {"g_b"}
    mended = body.replace('id="g"', 'id="g" default="g_b"')
    assert errors_at(bpmn(mended + lines)) == set()


def test_all_conditional_without_default_is_a_warning() -> None:
    body = START + '<exclusiveGateway id="g"/>' + TASK.format(id="a") + TASK.format(id="b") + END
    said = found(bpmn(body + flows("s>g", "g>a if x", "g>b if y", "a>e", "b>e")))
    assert [(level, place) for level, place, _ in said] == [("warning", "g")]


def test_flows_that_lead_nowhere_or_across_are_named() -> None:
    body = (
        START + '<subProcess id="a"><startEvent id="x"/>' + TASK.format(id="y") + flows("x>y") + "</subProcess>" + END
    )
    assert errors_at(bpmn(body + flows("s>a", "a>e", "y>e", "y>nobody"))) == {"y_e", "y_nobody"}


def test_ids_stand_once() -> None:
    text = bpmn(START + TASK.format(id="a") + TASK.format(id="a") + END + flows("s>a", "a>e"))
    assert [en for _, place, en in found(text) if place == "a"] == [
        'the id "a" stands 2 times. Every element needs its own id.'
    ]


def test_no_start_and_what_is_never_reached() -> None:
    text = bpmn(TASK.format(id="a") + END + flows("a>e"))
    said = found(text)
    assert ("error", "p", "there is no start event, so nothing can begin. Draw one.") in said
    assert {place for level, place, _ in said if level == "warning"} == {"a"}


def test_links_and_edges_reach_what_lies_behind() -> None:
    link = '<intermediate{0}Event id="{1}"><linkEventDefinition name="x"/></intermediate{0}Event>'
    text = bpmn(
        START + TASK.format(id="a") + link.format("Throw", "t") + link.format("Catch", "c") + END
        + '<boundaryEvent id="b" attachedToRef="a"><timerEventDefinition><timeDuration>PT1H</timeDuration>'
        + '</timerEventDefinition></boundaryEvent><endEvent id="e2"/>' + flows("s>a", "a>t", "c>e", "b>e2")
    )  # fmt: skip
    assert found(text) == []


def test_after_an_event_gateway_only_what_waits() -> None:
    text = bpmn(START + '<eventBasedGateway id="g"/>' + TASK.format(id="a") + END + flows("s>g", "g>a", "a>e"))
    assert errors_at(text) == {"a"}


@pytest.mark.parametrize(("attribute", "level"), [("", "warning"), ('isExecutable="false"', "error")])
def test_whether_it_says_that_it_runs(attribute: str, level: str) -> None:
    text = bpmn(START + TASK.format(id="a") + END + flows("s>a", "a>e"), process=f'id="p" {attribute}')
    assert [(found_level, place) for found_level, place, _ in found(text)] == [(level, "p")]


def test_what_another_tool_wrote_is_said_not_dropped() -> None:
    said = found(straight('<userTask id="a" name="a" camunda:assignee="x" activiti:candidateGroups="desk"/>'))
    assert said == [
        (
            "error",
            "a",
            '"activiti:candidateGroups" is written for another system and would not be done here. Write '
            "camunda:candidateGroups (a department or role), camunda:assignee or camunda:dueDate. (--repair rewrites what "
            "means the same.)",
        )
    ]


def test_an_empty_script_does_nothing_and_is_doubted() -> None:
    assert [(level, place) for level, place, en in found(straight('<scriptTask id="a"/>')) if "empty" in en] == [
        ("warning", "a")
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (bpmn("".join(f'<userTask id="a{at}"/>' for at in range(501))), "501 nodes"),
        (
            bpmn(
                '<userTask id="a"/>'
                + "".join(f'<sequenceFlow id="f{at}" sourceRef="a" targetRef="a"/>' for at in range(1501))
            ),
            "1501 flows",
        ),
        (bpmn("").replace(b"<process", b'<process id="q"/>' * 50 + b"<process", 1), "51 processes"),
    ],
)
def test_what_is_too_large_gets_that_one_finding(text: bytes, said: str) -> None:
    ((level, _, en),) = found(text)
    assert level == "error"
    assert said in en


def test_simple_expressions_of_other_engines_are_said_in_feel() -> None:
    condition = "${ !empty name and (amount >= 5 || kind eq 'x') }".replace(">", "&gt;")
    text = bpmn('<startEvent id="a"/><endEvent id="b"/>' + flows(f"a>b if {condition}"))
    feel = '=not(list contains([null, "", [], {}], name)) and (amount >= 5 or kind = "x")'
    assert any(place == "a_b" and feel in en for _, place, en in found(text))


HANDLED = '<subProcess id="h" triggeredByEvent="true"{more}>{inside}<endEvent id="he"/>{flow}</subProcess>'
BY_MESSAGE = '<startEvent id="hs"><messageEventDefinition messageRef="m"/></startEvent>'


def beside(inside: str, more: str = "", flow: str = flows("hs>he"), extra: str = "", lines: str = "") -> bytes:
    handler = HANDLED.format(more=more, inside=inside, flow=flow)
    text = bpmn(START + TASK.format(id="a") + END + handler + extra + flows("s>a", "a>e") + lines)
    return text.replace(b"<process", b'<message id="m" name="told"/><process', 1)


def test_an_event_sub_process_as_the_standard_has_it_is_sound() -> None:
    assert found(beside(BY_MESSAGE)) == []
    any_error = '<startEvent id="hs"><errorEventDefinition/></startEvent>'
    assert found(beside(any_error)) == []


EVENT_SUB_PROCESSES = {
    "a start without type": (beside('<startEvent id="hs"/>'), "hs", "nothing ever begins it"),
    "no start": (beside("", flow=""), "h", "no start event"),
    "two starts": (beside(BY_MESSAGE + '<startEvent id="h2"><signalEventDefinition/></startEvent>'), "h", "2 start events"),
    "a start by cancelling": (beside('<startEvent id="hs"><terminateEventDefinition/></startEvent>'), "hs", "cannot begin by"),
    "an error that goes on": (
        beside('<startEvent id="hs" isInterrupting="false"><errorEventDefinition/></startEvent>'), "hs", "must interrupt",
    ),
    "compensation": (beside('<startEvent id="hs"><compensateEventDefinition/></startEvent>'), "hs", "an event sub-process"),
    "a flow to it": (beside(BY_MESSAGE, lines=flows("a>h")), "a_h", "no flow can lead"),
    "a border": (
        beside(BY_MESSAGE, extra='<boundaryEvent id="b" attachedToRef="h"><messageEventDefinition messageRef="m"/></boundaryEvent>',
               lines=flows("b>e")), "b", "cannot have boundary events",
    ),
    "several at once": (
        beside('<multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>' + BY_MESSAGE),
        "h", "cannot be multi-instance",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EVENT_SUB_PROCESSES)
def test_an_event_sub_process_that_cannot_run_is_named(name: str) -> None:
    text, place, said = EVENT_SUB_PROCESSES[name]
    assert [en for level, at, en in found(text) if (level, at) == ("error", place) and said in en]


@pytest.mark.parametrize("kind", ["transaction", "adHocSubProcess"])
def test_what_follows_from_a_refused_sub_process_is_not_reported_as_well(kind: str) -> None:
    inside = (
        '<task id="x"/><exclusiveGateway id="g"/><endEvent id="c"><cancelEventDefinition/></endEvent><holiday id="h"/>'
    )
    body = f'<{kind} id="a">{inside}{flows("x>g", "g>nobody")}</{kind}>'
    border = '<boundaryEvent id="b" attachedToRef="a"><cancelEventDefinition/></boundaryEvent>'
    text = bpmn(START + body + border + END + flows("s>a", "a>e", "b>e"))
    assert [(level, place) for level, place, _ in found(text)] == [("error", "a")]
    checked = checking.check({"p.bpmn": text}).findings
    assert [(each.level, each.place) for each in checked] == [("error", "a")]


def test_flows_at_an_unknown_element_are_not_reported_as_well() -> None:
    text = straight('<holiday id="a"/>')
    assert [
        (each.level, each.place) for each in checking.check({"p.bpmn": text}).findings if each.level == "error"
    ] == [("error", "a")]
