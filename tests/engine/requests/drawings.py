"""Small diagrams of processes that begin in every way, drawn for tests."""

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="t">'
)


def diagram(process: str, start: str, task: str = 'camunda:candidateGroups="engineering"', after: str = "") -> str:
    """A start event (its XML), one task, an end. `after`: what stands between the task and the end instead."""
    flows = after or '<sequenceFlow id="f2" sourceRef="look" targetRef="over"/>'
    return (
        f'{HEAD}<message id="m" name="please_look"/><signal id="s" name="storm"/>'
        f'<process id="{process}" isExecutable="true">{start}'
        f'<userTask id="look" name="看一看" {task}/><endEvent id="over" name="完"/>'
        f'<sequenceFlow id="f1" sourceRef="begun" targetRef="look"/>{flows}</process></definitions>'
    )


def people(started_by: str, form: str = "") -> str:
    """A start event by which people begin."""
    key = f' camunda:formKey="{form}"' if form else ""
    return f'<startEvent id="begun" name="开始"{key}>{properties(started_by=started_by)}</startEvent>'


def timer(text: str, tag: str = "timeCycle", **said: str) -> str:
    """A start event by a timer."""
    inner = f"<timerEventDefinition><{tag}>{text}</{tag}></timerEventDefinition>"
    return f'<startEvent id="begun" name="到时">{properties(**said) if said else ""}{inner}</startEvent>'


def message() -> str:
    """A start event by the message `please_look`."""
    return '<startEvent id="begun" name="收到"><messageEventDefinition messageRef="m"/></startEvent>'


def signal() -> str:
    """A start event by the signal `storm`."""
    return '<startEvent id="begun" name="暴风"><signalEventDefinition signalRef="s"/></startEvent>'


def thrown(kind: str) -> str:
    """Behind the task: the message or the signal is thrown, then the end."""
    reference = {"message": "m", "signal": "s"}[kind]
    return (
        f'<intermediateThrowEvent id="call" name="叫"><{kind}EventDefinition {kind}Ref="{reference}"/>'
        '</intermediateThrowEvent><sequenceFlow id="f2" sourceRef="look" targetRef="call"/>'
        '<sequenceFlow id="f3" sourceRef="call" targetRef="over"/>'
    )


def properties(**said: str) -> str:
    """Properties of an element, as the drawing tools write them."""
    each = "".join(f'<camunda:property name="{name}" value="{value}"/>' for name, value in said.items())
    return f"<extensionElements><camunda:properties>{each}</camunda:properties></extensionElements>"
