"""Sketches: incomplete drawings, run by somebody who only makes choices."""

import pytest

from engine.bpmn import checking, diagrams, mending
from engine.bpmn.checking import Available
from tests.engine.bpmn.diagrams.sketch import TASK, bpmn, flows, straight
from tests.engine.bpmn.mending.contents import lost

START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'
GATEWAY = '<exclusiveGateway id="g" name="贵吗？"/>'
NOTHING = Available(topics={}, functions=frozenset())
EVENT = '<{kind} id="c"{more}><{event}EventDefinition{inner}</{kind}>'
SUB = '<subProcess id="b" name="处理"{more}>{inside}</subProcess>'
AROUND = bpmn(START + "{}" + END + flows("s>b", "b>e")).decode()


def branching(*out: str, middle: str = "") -> bytes:
    return bpmn(
        START + GATEWAY + TASK.format(id="a") + TASK.format(id="b") + END + middle + flows("s>g", *out, "a>e", "b>e")
    )


def edge(event: str) -> bytes:
    return bpmn(START + TASK.format(id="a") + END + event + TASK.format(id="b") + flows("s>a", "a>e", "c>b", "b>e"))


DRAWINGS = {
    "flows without condition": branching("g>a", "g>b"),
    "conditions on what nothing sets": branching("g>a if =amount &gt; 500", "g>b if =amount &lt;= 500"),
    "conditions of another engine": branching("g>a if ${bean.isDear(it)}", "g>b if ${!bean.isDear(it)}"),
    "an inclusive gateway": branching("g>a", "g>b if =x").replace(b"exclusiveGateway", b"inclusiveGateway"),
    "a complex gateway": branching("g>a", "g>b").replace(b"exclusiveGateway", b"complexGateway"),
    "conditions at a task": bpmn(START + TASK.format(id="a") + TASK.format(id="b") + END + flows("s>a", "a>b if =x", "a>e if =y", "b>e")),
    "a timer without a time": edge(EVENT.format(kind="boundaryEvent", event="timer", more=' attachedToRef="a"', inner="/>")),
    "a timer of another engine": edge(EVENT.format(kind="boundaryEvent", event="timer", more=' attachedToRef="a"', inner="><timeDuration>${t}</timeDuration></timerEventDefinition>")),
    "an error that nobody throws": edge(EVENT.format(kind="boundaryEvent", event="error", more=' attachedToRef="a"', inner="/>")),
    "a condition without words": edge(EVENT.format(kind="boundaryEvent", event="conditional", more=' attachedToRef="a"', inner="/>")),
    "a message without a name": straight(EVENT.format(kind="intermediateCatchEvent", event="message", more="", inner="/>"), "c"),
    "a service": straight('<serviceTask id="a" implementation="java:x"/>'),
    "a call": straight('<callActivity id="a" calledElement="elsewhere"/>'),
    "a script": straight('<scriptTask id="a" scriptFormat="python"><script>print(1)</script></scriptTask>'),
    "a table": straight('<businessRuleTask id="a" camunda:decisionRef="t"/>'),
    "no start": bpmn(TASK.format(id="a") + TASK.format(id="b") + END + flows("a>b", "b>e")),
    "two things that begin": bpmn(TASK.format(id="a") + TASK.format(id="b") + END + flows("a>e", "b>e")),
    "a start by time": straight(TASK.format(id="a")).replace(b'<startEvent id="s"/>', b'<startEvent id="s"><timerEventDefinition/></startEvent>'),
    "two starts": bpmn(START + '<startEvent id="t"/>' + TASK.format(id="a") + END + flows("s>a", "t>a", "a>e")),
    "no end": bpmn(START + GATEWAY + flows("s>g")),
    "a flow into nothing": bpmn(START + TASK.format(id="a") + flows("s>a", "a>gone")),
    "an empty sub-process": AROUND.format(SUB.format(more="", inside="")).encode(),
    "an event sub-process": bpmn(START + TASK.format(id="a") + END + flows("s>a", "a>e") + SUB.format(more=' triggeredByEvent="true"', inside='<startEvent id="x"><messageEventDefinition/></startEvent><endEvent id="y"/>' + flows("x>y"))),
    "an event sub-process by time": bpmn(START + TASK.format(id="a") + END + flows("s>a", "a>e") + SUB.format(more=' triggeredByEvent="true"', inside='<startEvent id="x" isInterrupting="false"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></startEvent>' + GATEWAY + '<endEvent id="y"/><endEvent id="z"/>' + flows("x>g", "g>y", "g>z"))),
    "an event sub-process by an error that is thrown": branching("g>a", "g>b", "g>x", middle='<endEvent id="x"><errorEventDefinition/></endEvent>' + SUB.format(more=' triggeredByEvent="true"', inside='<startEvent id="h"><errorEventDefinition/></startEvent><endEvent id="y"/>' + flows("h>y")).replace('id="b"', 'id="sub"')),
    "an event sub-process by an error that nobody throws": bpmn(START + '<serviceTask id="a"/>' + END + flows("s>a", "a>e") + SUB.format(more=' triggeredByEvent="true"', inside='<startEvent id="x"><errorEventDefinition/></startEvent><endEvent id="y"/>' + flows("x>y"))),
    "an event sub-process by a condition": bpmn(START + '<serviceTask id="a"/>' + END + flows("s>a", "a>e") + SUB.format(more=' triggeredByEvent="true"', inside='<startEvent id="x"><conditionalEventDefinition><condition>=late</condition></conditionalEventDefinition></startEvent><endEvent id="y"/>' + flows("x>y"))),
    "an event sub-process without a start": bpmn(START + '<serviceTask id="a"/>' + END + flows("s>a", "a>e") + SUB.format(more=' triggeredByEvent="true"', inside='<endEvent id="y"/>')),
    "a transaction": AROUND.format(SUB.format(more="", inside='<startEvent id="x"/><endEvent id="y"><cancelEventDefinition/></endEvent>' + flows("x>y")) + '<boundaryEvent id="c" attachedToRef="b"><cancelEventDefinition/></boundaryEvent>' + flows("c>e")).replace("subProcess", "transaction").encode(),
    "an ad-hoc sub-process": AROUND.format(SUB.format(more="", inside=TASK.format(id="x") + TASK.format(id="y"))).replace("subProcess", "adHocSubProcess").encode(),
    "a flow over the edge": bpmn(START + SUB.format(more="", inside='<startEvent id="x"/>' + TASK.format(id="y") + flows("x>y")) + END + flows("s>b", "y>e")),
    "several times without saying over what": straight('<userTask id="a" name="a"><multiInstanceLoopCharacteristics/></userTask>'),
    "a loop marker": straight('<userTask id="a" name="a"><standardLoopCharacteristics/></userTask>'),
    "people of another engine": straight('<userTask id="a" name="a" camunda:assignee="${initiator}" camunda:dueDate="${soon}"/>'),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_can_be_tried_out_at_once_and_not_published(name: str) -> None:
    drawn = DRAWINGS[name]
    sketched = mending.sketch(drawn, NOTHING)
    assert lost(drawn, sketched.text) == []
    (tried,) = mending.try_out(mending.repair(drawn).text, sketched.text)
    assert tried.findings == ()
    assert tried.nodes > 0
    said = [each.en for each in checking.check({"p.bpmn": sketched.text}, NOTHING).findings if each.level == "error"]
    assert any(each.startswith("this was drafted to try the drawing out") for each in said)


def test_the_person_is_asked_by_the_names_of_the_ways() -> None:
    drawn = branching("g>a", "g>b").replace(b'id="g_a"', b'id="g_a" name="\xe8\xb4\xb5"')
    sketched = mending.sketch(drawn, NOTHING)
    ((question,),) = mending.questions(sketched.text).values()
    assert question.label == "贵吗？"
    assert [(option.value, option.label) for option in question.options] == [("g_a", "贵"), ("g_b", "b")]
    gateway = diagrams.read(sketched.text).node["g"]
    assert gateway.properties["sketch"] == "choice"


def test_conditions_that_the_drawing_can_answer_itself_stay() -> None:
    script = '<scriptTask id="t"><script>amount = 7</script></scriptTask>'
    drawn = bpmn(
        START
        + script
        + GATEWAY
        + TASK.format(id="a")
        + END
        + flows("s>t", "t>g", "g>a if =amount &gt; 5", "g>e", "a>e")
    )
    sketched = mending.sketch(drawn, NOTHING)
    assert mending.questions(sketched.text) == {}
    assert [flow.condition for flow in diagrams.read(sketched.text).flows if flow.id == "g_a"] == ["=amount > 5"]


def test_what_cannot_be_played_is_said_in_words() -> None:
    join = '<parallelGateway id="j" name="汇合"/>'
    drawn = bpmn(
        START
        + GATEWAY
        + TASK.format(id="a")
        + TASK.format(id="b")
        + join
        + END
        + flows("s>g", "g>a", "g>b", "a>j", "b>j", "j>e")
    )
    (tried,) = mending.try_out(drawn, mending.sketch(drawn, NOTHING).text)
    assert [(each.place, each.name) for each in tried.findings][:1] == [("j", "汇合")]
    assert "never come" in tried.findings[0].en


def test_what_was_added_is_drawn_where_the_file_has_a_drawing() -> None:
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{id}_di" bpmnElement="{id}"><dc:Bounds x="{x}" y="100" width="36" height="36"/></bpmndi:BPMNShape>'
        for x, id in ((100, "s"), (300, "g"), (500, "a"), (500, "b"), (700, "e"))
    )
    plane = f'<bpmndi:BPMNDiagram xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"><bpmndi:BPMNPlane bpmnElement="p">{shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
    drawn = branching("g>a", "g>b").replace(b"</definitions>", plane.encode() + b"</definitions>")
    diagram = diagrams.read(mending.sketch(drawn, NOTHING).text)
    assert {node.id for node in diagram.nodes} <= diagram.shapes


def test_an_event_sub_process_whose_event_can_come_stays_one() -> None:
    sketched = mending.sketch(DRAWINGS["an event sub-process"], NOTHING)
    body = diagrams.read(sketched.text).node["b"]
    assert (body.by_event, body.properties.get("sketch")) == (True, None)
    demoted = mending.sketch(DRAWINGS["an event sub-process by an error that nobody throws"], NOTHING)
    assert not diagrams.read(demoted.text).node["b"].by_event
