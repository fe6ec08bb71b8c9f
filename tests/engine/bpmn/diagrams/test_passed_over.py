"""Whatever would change how another system runs a diagram is named at its element, never dropped in silence."""

import pytest

from engine.bpmn import diagrams
from tests.engine.bpmn.diagrams.sketch import bpmn, flows

SPACES = (
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:flowable="http://flowable.org/bpmn" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" xmlns:tool="urn:some:tool" '
    'xmlns:modeler="http://camunda.org/schema/modeler/1.0" xmlns:fox="http://www.camunda.com/fox" '
)


def drawn(inside: str = "", more: str = "", kind: str = "userTask", process: str = "", roots: str = "") -> bytes:
    """A start, one element `a` with these extensions and attributes, and an end."""
    extensions = (
        f"<extensionElements>{inside}</extensionElements>" if inside and not inside.startswith("<i") else inside
    )
    people = ' camunda:candidateGroups="desk"' if kind == "userTask" else ""
    element = f'<{kind} id="a" name="a"{people} {more}>{extensions}</{kind}>'
    body = process + f'<startEvent id="s"/>{element}<endEvent id="e"/>' + flows("s>a", "a>e")
    return bpmn(body, roots=roots).replace(b"<definitions ", f"<definitions {SPACES}".encode(), 1)


def found(text: bytes) -> list[tuple[str, str, str]]:
    return [(each.level, each.place, each.en) for each in diagrams.findings(diagrams.read(text))]


RULE = {"kind": "businessRuleTask", "more": 'camunda:decisionRef="d"'}
PASSED = {
    "spiffworkflow:preScript": drawn("<spiffworkflow:preScript>x = 1</spiffworkflow:preScript>"),
    "spiffworkflow:postScript": drawn("<spiffworkflow:postScript>x = 1</spiffworkflow:postScript>"),
    "spiffworkflow:formJsonSchemaFilename": drawn(
        '<spiffworkflow:properties><spiffworkflow:property name="formJsonSchemaFilename" value="f.json"/></spiffworkflow:properties>'
    ),
    "camunda:executionListener": drawn('<camunda:executionListener class="x.Y" event="start"/>'),
    "camunda:taskListener": drawn('<camunda:taskListener class="x.Y" event="create"/>'),
    "activiti:taskListener": drawn('<activiti:taskListener class="x.Y" event="create"/>'),
    "zeebe:executionListeners": drawn("<zeebe:executionListeners><zeebe:executionListener/></zeebe:executionListeners>"),
    "camunda:formData": drawn('<camunda:formData><camunda:formField id="x"/></camunda:formData>'),
    "activiti:formProperty": drawn('<activiti:formProperty id="x" required="true"/>'),
    "zeebe:userTaskForm": drawn(process='<extensionElements><zeebe:userTaskForm id="f">{}</zeebe:userTaskForm></extensionElements>'),
    "camunda:candidateUsers": drawn(more='camunda:candidateUsers="anna"'),
    "flowable:assignee": drawn(more='flowable:assignee="anna"'),
    "zeebe:assignmentDefinition": drawn('<zeebe:assignmentDefinition assignee="anna"/>'),
    "potentialOwner": drawn('<i/><potentialOwner><resourceAssignmentExpression/></potentialOwner>').replace(b"<i/>", b""),
    "camunda:inputParameter": drawn('<camunda:inputOutput><camunda:inputParameter name="x">1</camunda:inputParameter></camunda:inputOutput>'),
    "zeebe:ioMapping": drawn('<zeebe:ioMapping><zeebe:input source="=1" target="x"/></zeebe:ioMapping>'),
    "camunda:connector": drawn("<camunda:connector/>", **RULE),
    "camunda:class": drawn(more='camunda:decisionRef="d" camunda:class="x.Y"', kind="businessRuleTask"),
    "camunda:resource": drawn(more='camunda:resource="x.groovy"', kind="scriptTask"),
    "camunda:resultVariable": drawn(more='camunda:resultVariable="x"', kind="scriptTask"),
    "scriptFormat=groovy": drawn('<i/><script>x = 1</script>', 'scriptFormat="groovy"', "scriptTask").replace(b"<i/>", b""),
    "startQuantity": drawn(more='startQuantity="2"'),
    "behavior": drawn(
        '<i/><multiInstanceLoopCharacteristics behavior="One"><loopCardinality>2</loopCardinality></multiInstanceLoopCharacteristics>'
    ).replace(b"<i/>", b""),
    "tool:inputMapping": drawn("<tool:inputMapping/>"),
    "spiffworkflow:whatever": drawn("<spiffworkflow:whatever/>"),
}  # fmt: skip


@pytest.mark.parametrize("what", PASSED)
def test_it_is_an_error_that_says_what_to_do_instead(what: str) -> None:
    at = {place for level, place, en in found(PASSED[what]) if level == "error" and f'"{what}" is written for' in en}
    assert at == {"p" if what == "zeebe:userTaskForm" else "a"}


def test_what_a_process_needs_at_its_start_and_how_messages_find_it_are_named_at_the_process() -> None:
    needs = (
        '<ioSpecification><dataInput id="i" name="amount"/><inputSet><dataInputRefs>i</dataInputRefs></inputSet></ioSpecification>'
        "<correlationSubscription/>"
    )
    said = [en for level, place, en in found(drawn(process=needs)) if (level, place) == ("error", "p")]
    assert any('"dataInput"' in each for each in said)
    assert any('"correlationSubscription"' in each for each in said)
    message = '<message id="m" name="paid"><extensionElements><zeebe:subscription correlationKey="=key"/></extensionElements></message>'
    assert any('"zeebe:subscription"' in en and place == "p" for _, place, en in found(drawn(roots=message)))


UNMOVED = {
    "how an engine stores and retries": drawn('<fox:failedJobRetryTimeCycle>R5/PT1M</fox:failedJobRetryTimeCycle>', 'camunda:asyncBefore="true" activiti:exclusive="false"'),
    "words for people": drawn("<spiffworkflow:instructionsForEndUser>Hello</spiffworkflow:instructionsForEndUser>"),
    "the drawing tool's marks": drawn(more='modeler:executionPlatform="x"'),
    "our own properties": drawn('<camunda:properties><camunda:property name="status" value="x"/></camunda:properties>'),
    "an empty list of properties": drawn("<camunda:properties/>"),
    "the marker of a user task": drawn("<zeebe:userTask/>"),
}  # fmt: skip


@pytest.mark.parametrize("what", UNMOVED)
def test_what_changes_nothing_is_no_finding(what: str) -> None:
    assert found(UNMOVED[what]) == []


def test_what_an_unknown_tool_draws_is_a_warning() -> None:
    said = found(drawn("<tool:shadow/>", 'tool:angle="3"'))
    assert {(level, place) for level, place, _ in said} == {("warning", "a")}
    assert any("tool:shadow" in en and "tool:angle" in en for _, _, en in said)


def test_what_was_set_aside_by_repairing_has_no_effect_any_more() -> None:
    kept = '<k:kept xmlns:k="urn:bihuan:kept"><zeebe:taskHeaders/></k:kept>'
    assert found(drawn(kept)) == []


def test_data_drawn_beside_people_is_a_warning_and_beside_a_script_an_error() -> None:
    association = '<i/><dataInputAssociation id="d"><sourceRef>o</sourceRef></dataInputAssociation>'
    beside = [level for level, _, en in found(drawn(association).replace(b"<i/>", b"")) if "dataInputAssociation" in en]
    script = drawn(association, kind="scriptTask").replace(b"<i/>", b"")
    assert beside == ["warning"]
    assert [level for level, _, en in found(script) if "dataInputAssociation" in en] == ["error"]
