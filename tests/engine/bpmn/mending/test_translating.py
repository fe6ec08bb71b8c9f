"""What Camunda 8, Activiti and Flowable say in their own words and what means the same here is rewritten."""

from engine.bpmn import diagrams, mending
from engine.bpmn.diagrams import Diagram, Mapped, Node
from tests.engine.bpmn.diagrams.sketch import bpmn, flows
from tests.engine.bpmn.mending.contents import lost

SPACES = 'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:flowable="http://flowable.org/bpmn" '


def mended(element: str, roots: str = "") -> Diagram:
    drawn = bpmn('<startEvent id="s"/>' + element + '<endEvent id="e"/>' + flows("s>a", "a>e"), roots=roots).replace(
        b"<definitions ", f"<definitions {SPACES}".encode(), 1
    )
    repaired = mending.repair(drawn)
    assert lost(drawn, repaired.text) == []
    return diagrams.read(repaired.text)


def node(kind: str, inside: str = "", more: str = "", roots: str = "", rest: str = "") -> Node:
    extensions = f"<extensionElements>{inside}</extensionElements>" if inside else ""
    diagram = mended(f'<{kind} id="a" name="a" {more}>{extensions}{rest}</{kind}>', roots)
    assert [each.what for each in diagram.passed] == []
    return diagram.node["a"]


def test_who_does_it_with_which_form_until_when() -> None:
    found = node(
        "userTask",
        '<zeebe:userTask/><zeebe:assignmentDefinition assignee="=who" candidateGroups="desk"/><zeebe:formDefinition formId="judge"/>'
        '<zeebe:taskSchedule dueDate="=now() + duration(&quot;P1D&quot;)"/><zeebe:priorityDefinition priority="70"/>'
        '<zeebe:taskHeaders><zeebe:header key="status" value="planning"/></zeebe:taskHeaders>',
    )
    assert (found.assignee, found.groups, found.form, found.priority) == ("=who", "desk", "judge", "70")
    assert found.due == '=now() + duration("P1D")'
    assert found.properties["status"] == "planning"


def test_a_worker_with_its_headers_and_mappings() -> None:
    found = node(
        "serviceTask",
        '<zeebe:taskDefinition type="pay" retries="3"/><zeebe:taskHeaders><zeebe:header key="way" value="card"/></zeebe:taskHeaders>'
        '<zeebe:ioMapping><zeebe:input source="=order.sum" target="amount"/><zeebe:output source="=id" target="paid"/></zeebe:ioMapping>',
    )
    assert (found.task_type, found.topic) == ("external", "pay")
    assert found.inputs == (Mapped("way", "card", False), Mapped("amount", "order.sum", True))
    assert found.outputs == (Mapped("paid", "id", True),)


def test_a_script_a_table_and_a_call() -> None:
    assert node("scriptTask", '<zeebe:script expression="=a +&#10; 1" resultVariable="b"/>').script == "b = a + 1"
    table = node("businessRuleTask", '<zeebe:calledDecision decisionId="rates" resultVariable="rate"/>')
    assert (table.decision, table.result_variable) == ("rates", "rate")
    call = node("callActivity", '<zeebe:calledElement processId="q" propagateAllChildVariables="false"/>')
    assert (call.called, [each.source for each in call.inputs], call.outputs) == ("q", ["*"], ())


def test_a_repetition() -> None:
    loop = (
        '<multiInstanceLoopCharacteristics><extensionElements><zeebe:loopCharacteristics inputCollection="=items" '
        'inputElement="item" outputCollection="results" outputElement="=result"/></extensionElements>'
        "</multiInstanceLoopCharacteristics>"
    )
    found = node("userTask", '<zeebe:assignmentDefinition candidateGroups="desk"/>', rest=loop).multi
    assert found is not None
    assert (found.collection, found.element, found.results, found.result) == ("=items", "item", "results", "result")


def test_how_a_message_finds_its_case() -> None:
    message = '<message id="m" name="paid"><extensionElements><zeebe:subscription correlationKey="=order"/></extensionElements></message>'
    assert node("receiveTask", more='messageRef="m"', roots=message).properties["correlation"] == "=order"


def test_names_that_kin_of_camunda_7_kept() -> None:
    found = node("userTask", more='activiti:candidateGroups="desk" flowable:formKey="judge" activiti:assignee="${who}"')
    assert (found.groups, found.form, found.assignee) == ("desk", "judge", "=who")
    call = node("callActivity", '<activiti:in source="x" target="y"/>', 'calledElement="q"')
    assert call.inputs == (Mapped("y", "x", False),)


def test_what_is_not_that_simple_stays_and_is_named() -> None:
    for inside in (
        '<zeebe:assignmentDefinition candidateUsers="anna"/>',
        '<zeebe:formDefinition formKey="camunda-forms:bpmn:f"/>',
        '<zeebe:ioMapping><zeebe:input source="=1" target="a.b"/></zeebe:ioMapping>',
    ):
        diagram = mended(f'<userTask id="a" name="a"><extensionElements>{inside}</extensionElements></userTask>')
        assert len(diagram.passed) == 1
