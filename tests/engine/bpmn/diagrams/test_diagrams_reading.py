"""Reading BPMN: what is read from a file, and what is refused at once."""

import pytest

from engine.bpmn import diagrams
from engine.bpmn.diagrams import kind_in_words
from engine.core.errors import BadXml
from tests.engine.bpmn.diagrams.sketch import TASK, bpmn, flows, straight


def test_a_task_is_read_with_all_that_the_dialect_says() -> None:
    text = straight(
        '<userTask id="a" name="受理" camunda:candidateGroups="desk, engineering/head" camunda:assignee="=who" '
        'camunda:formKey="accept" camunda:dueDate="P1D" camunda:priority="=50 + 1"><extensionElements>'
        '<camunda:properties><camunda:property name="name_en" value="Accept"/></camunda:properties>'
        '</extensionElements><multiInstanceLoopCharacteristics isSequential="true" camunda:collection="homes" '
        'camunda:elementVariable="home"><loopDataOutputRef>answers</loopDataOutputRef>'
        '<outputDataItem id="o" name="answer"/></multiInstanceLoopCharacteristics></userTask>'
    )
    diagram = diagrams.read(text)
    task = diagram.node["a"]
    assert (task.name, task.name_en, task.groups, task.assignee) == ("受理", "Accept", "desk, engineering/head", "=who")
    assert (task.form, task.due, task.priority) == ("accept", "P1D", "=50 + 1")
    assert task.multi is not None
    assert (task.multi.sequential, task.multi.collection, task.multi.element) == (True, "homes", "home")
    assert (task.multi.results, task.multi.result) == ("answers", "answer")
    assert diagram.groups == ("desk", "engineering/head")
    assert diagram.forms == ("accept",)
    assert diagram.process.id == "p"
    assert [flow.id for flow in diagram.outgoing["s"]] == ["s_a"]


def test_services_and_calls_are_read_with_their_mappings() -> None:
    text = bpmn(
        '<startEvent id="s"/><serviceTask id="a" camunda:type="external" camunda:topic="notify"><extensionElements>'
        '<camunda:inputOutput><camunda:inputParameter name="to">=lead</camunda:inputParameter>'
        '<camunda:inputParameter name="template">receipt</camunda:inputParameter>'
        '<camunda:outputParameter name="sent">=ok</camunda:outputParameter></camunda:inputOutput></extensionElements>'
        '</serviceTask><callActivity id="c" calledElement="escalation"><extensionElements><camunda:in variables="all"/>'
        '<camunda:out sourceExpression="level + 1" target="level"/></extensionElements></callActivity><endEvent id="e"/>'
        + flows("s>a", "a>c", "c>e")
    )
    diagram = diagrams.read(text)
    service, call = diagram.node["a"], diagram.node["c"]
    assert [(m.target, m.source, m.is_expression) for m in service.inputs] == [
        ("to", "lead", True), ("template", "receipt", False)
    ]  # fmt: skip
    assert [(m.target, m.source) for m in service.outputs] == [("sent", "ok")]
    assert [(m.target, m.source, m.is_expression) for m in call.outputs] == [("level", "level + 1", True)]
    assert diagram.topics == ("notify",)
    assert diagram.called == ("escalation",)


def test_events_carry_the_name_or_code_that_they_refer_to() -> None:
    text = bpmn(
        '<startEvent id="s"/><userTask id="a" name="a"/><boundaryEvent id="late" attachedToRef="a" '
        'cancelActivity="false"><timerEventDefinition><timeDuration>PT4H</timeDuration></timerEventDefinition>'
        '</boundaryEvent><boundaryEvent id="told" attachedToRef="a"><messageEventDefinition messageRef="m1"/>'
        '</boundaryEvent><endEvent id="e"><errorEventDefinition errorRef="e1"/></endEvent>'
        + flows("s>a", "a>e", "late>e", "told>e"),
        roots='<message id="m1" name="plan_answer"/><error id="e1" name="坏了" errorCode="broken"/>',
    )
    diagram = diagrams.read(text)
    late, told = diagram.boundaries["a"]
    assert (late.event, late.timer, late.timer_tag, late.interrupting) == ("timer", "PT4H", "timeDuration", False)
    assert (told.event, told.ref, told.interrupting) == ("message", "plan_answer", True)
    assert diagram.node["e"].ref == "broken"
    assert diagram.messages == ("plan_answer",)


def test_bodies_and_lanes_are_kept() -> None:
    text = bpmn(
        '<laneSet><lane id="l" name="客服"><flowNodeRef>a</flowNodeRef></lane></laneSet><startEvent id="s"/>'
        '<subProcess id="a"><startEvent id="s2"/><endEvent id="e2"/>'
        + flows("s2>e2")
        + '</subProcess><endEvent id="e"/>'
        + flows("s>a", "a>e")
    )
    diagram = diagrams.read(text)
    assert diagram.node["a"].lane == "客服"
    assert [node.id for node in diagram.inside("a")] == ["s2", "e2"]
    assert {flow.body for flow in diagram.flows} == {"p", "a"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "XML"),
        (b"nothing of the kind", "XML"),
        (b"<a/>", "BPMN"),
        (b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', "no process"),
        (b'<!DOCTYPE x [<!ENTITY e "x">]>' + straight('<task id="a"/>'), "DOCTYPE"),
        (b" " * (2 * 1024 * 1024 + 1), "2 MB"),
    ],
)
def test_what_is_no_diagram_is_refused_in_words(text: bytes, said: str) -> None:
    with pytest.raises(BadXml) as refused:
        diagrams.read(text)
    assert said in refused.value.text("en")
    assert refused.value.text("zh") != refused.value.text("en")


def test_kinds_are_said_in_both_languages() -> None:
    assert kind_in_words("boundaryEvent", "timer") == "定时边界事件"
    assert kind_in_words("boundaryEvent", "timer", "en") == "timer boundary event"
    assert kind_in_words("userTask") == "用户任务"


def test_a_comparison_names_what_is_new_gone_and_otherwise() -> None:
    old = diagrams.read(straight('<userTask id="a" name="受理"/>'))
    new = diagrams.read(
        bpmn('<startEvent id="s"/><userTask id="a" name="受理确认"/><userTask id="b"/>' + flows("s>a", "a>b"))
    )
    found = diagrams.compare(old, new)
    assert found.added == ("b", "a_b")
    assert found.removed == ("e", "a_e")
    assert found.changed == ("a",)
    assert not diagrams.compare(old, old)


@pytest.mark.parametrize("space", ["http://my tool/x", "http://流程/x", "a b"])
def test_a_namespace_that_is_no_address_is_no_broken_xml(space: str) -> None:
    odd = straight(TASK.format(id="a")).replace(b"<definitions ", f'<definitions xmlns:t="{space}" t:x="1" '.encode())
    assert diagrams.read(odd).node["a"].name == "a"
    with pytest.raises(BadXml, match="Opening and ending tag mismatch"):
        diagrams.read(odd.replace(b"</process>", b"</process2>"))


def test_a_step_that_was_only_moved_into_a_phase_is_not_said_to_have_changed() -> None:
    old = diagrams.read(straight('<userTask id="a" name="受理"/>'))
    inside = '<startEvent id="b"/><userTask id="a" name="受理"/>' + flows("b>a")
    new = diagrams.read(straight(f'<subProcess id="x" name="阶段">{inside}</subProcess>', "x"))
    found = diagrams.compare(old, new)
    assert found.moved == ("a",)
    assert "a" not in found.changed
    assert [each.name for each in new.phases("a")] == ["阶段"]
    assert [each.name for each in new.phases("b_a")] == ["阶段"]
    assert new.phases("x") == ()


def test_a_phase_within_one_of_the_same_id_does_not_lead_round_for_ever() -> None:
    inner = '<subProcess id="x"><userTask id="a"/></subProcess>'
    found = diagrams.read(straight(f'<subProcess id="x">{inner}</subProcess>', "x"))
    assert [each.id for each in found.phases("a")] == ["x"]
