"""A generated diagram as BPMN files in the dialect of process owners' tools."""

from xml.sax.saxutils import escape, quoteattr

from tests.oracle.drawing import Diagram, Flow, Multi, Node

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="urn:oracle">'
)
ROOTS = ("message", "signal", "error", "escalation")
CODES = {"error": "errorCode", "escalation": "escalationCode"}


def files(diagram: Diagram) -> dict[str, bytes]:
    """One file per process."""
    return {f"{process}.bpmn": write(diagram, process) for process in diagram.processes}


def write(diagram: Diagram, process: str) -> bytes:
    lines = [HEAD, *roots(diagram), f'<process id="{process}" name="流程 {process}" isExecutable="true">']
    lines += body(diagram, process)
    lines += ["</process>", "</definitions>"]
    return "\n".join(lines).encode()


def roots(diagram: Diagram) -> list[str]:
    """The messages, signals, errors and escalations that any event of the diagram refers to."""
    used = {(kind_of_root(node), node.ref) for node in diagram.nodes.values() if node.ref and kind_of_root(node)}
    return [
        f'<{kind} id="{kind}_{ref}" name="{ref}"' + (f' {CODES[kind]}="{ref}"' if kind in CODES else "") + "/>"
        for kind, ref in sorted(used)
    ]


def kind_of_root(node: Node) -> str:
    if node.kind in ("receiveTask", "sendTask"):
        return "message"
    return node.event if node.event and node.event in ROOTS else ""


def body(diagram: Diagram, of: str) -> list[str]:
    lines: list[str] = []
    for node in diagram.inside(of):
        lines += element(diagram, node)
    lines += [flow(f) for f in diagram.flows.values() if f.body == of]
    return lines


def flow(f: Flow) -> str:
    head = f'<sequenceFlow id="{f.id}" sourceRef="{f.source}" targetRef="{f.target}"'
    if f.condition is None:
        return head + "/>"
    text = escape(("=" if len(f.id) % 2 else "") + f.condition.text)
    return f'{head}><conditionExpression xsi:type="tFormalExpression">{text}</conditionExpression></sequenceFlow>'


def element(diagram: Diagram, node: Node) -> list[str]:
    attributes = {"id": node.id, "name": f"元素 {node.id}"} | special(node)
    if node.default:
        attributes["default"] = node.default
    head = f"<{node.kind} " + " ".join(f"{name}={quoteattr(value)}" for name, value in attributes.items()) + ">"
    lines = [head, *extensions(node)]
    if diagram.listed:
        lines += [f"<incoming>{f.id}</incoming>" for f in diagram.incoming(node.id)]
        lines += [f"<outgoing>{f.id}</outgoing>" for f in diagram.outgoing(node.id)]
    if node.multi:
        lines += multi(node.multi)
    if node.kind == "subProcess":
        lines += body(diagram, node.id)
    if node.script:
        lines.append("<script>" + escape("\n".join(line.text for line in node.script)) + "</script>")
    return [*lines, *definition(node), f"</{node.kind}>"]


def special(node: Node) -> dict[str, str]:
    """The attributes that only some kinds of elements have."""
    match node.kind:
        case "userTask":
            return {"camunda:candidateGroups": "desk", "camunda:formKey": node.id}
        case "manualTask":
            return {"camunda:candidateGroups": "desk"}
        case "serviceTask":
            return {"camunda:type": "external", "camunda:topic": node.topic or ""}
        case "businessRuleTask":
            named = {"camunda:resultVariable": f"b_{node.id}"} if node.ref == "rule" else {}
            return {"camunda:decisionRef": node.ref or ""} | named
        case "sendTask" | "receiveTask":
            return {"messageRef": f"message_{node.ref}"}
        case "boundaryEvent":
            return {"attachedToRef": node.host or "", "cancelActivity": "true" if node.interrupting else "false"}
        case "subProcess" if node.by_event:
            return {"triggeredByEvent": "true"}
        case "startEvent" if node.by_event:
            return {} if node.interrupting else {"isInterrupting": "false"}
        case "callActivity":
            return {"calledElement": node.calls or ""}
        case _:
            return {}


def extensions(node: Node) -> list[str]:
    lines: list[str] = []
    if node.kind == "serviceTask":
        lines.append('<camunda:inputOutput><camunda:inputParameter name="given">=c1</camunda:inputParameter>')
        if node.topic == "echo":
            lines.append(f'<camunda:outputParameter name="s_{node.id}">=out</camunda:outputParameter>')
        lines.append("</camunda:inputOutput>")
    if node.kind == "callActivity":
        if node.all_variables:
            lines.append('<camunda:in variables="all"/>')
        else:
            lines += [f'<camunda:in source="{name}" target="{name}"/>' for name in PASSED]
            lines.append(f'<camunda:in sourceExpression="c1 and c2" target="p_{node.id}"/>')
        if node.all_back:
            lines.append('<camunda:out variables="all"/>')
        lines += [f'<camunda:out source="c2" target="o_{node.id}"/>', '<camunda:out source="c3" target="c3"/>']
    if node.correlation:
        lines.append(
            f'<camunda:properties><camunda:property name="correlation" value="={node.correlation}"/>'
            "</camunda:properties>"
        )
    return ["<extensionElements>", *lines, "</extensionElements>"] if lines else []


PASSED = ("c1", "c2", "c3", "c4", "w", "e1", "e2", "q1", "l0", "l1", "l2", "l3")


def multi(many: Multi) -> list[str]:
    attributes = ' isSequential="true"' if many.sequential else ""
    inner: list[str] = []
    if many.collection and many.camunda:
        attributes += f' camunda:collection="{many.collection}" camunda:elementVariable="{many.element}"'
    elif not many.collection:
        inner.append(f"<loopCardinality>{many.times}</loopCardinality>")
    if many.collection and not many.camunda:
        inner.append(f"<loopDataInputRef>{many.collection}</loopDataInputRef>")
    inner.append(f"<loopDataOutputRef>{many.results}</loopDataOutputRef>")
    if many.collection and not many.camunda:
        inner.append(f'<inputDataItem id="in_{many.element}" name="{many.element}"/>')
    inner.append(f'<outputDataItem id="out_{many.result}" name="{many.result}"/>')
    if many.until:
        inner.append(f"<completionCondition>{escape(many.until.text)}</completionCondition>")
    return [f"<multiInstanceLoopCharacteristics{attributes}>", *inner, "</multiInstanceLoopCharacteristics>"]


def definition(node: Node) -> list[str]:
    """The event definition of an event."""
    match node.event:
        case None:
            return []
        case "terminate":
            return ["<terminateEventDefinition/>"]
        case "link":
            return [f'<linkEventDefinition name="{node.ref}"/>']
        case "conditional":
            text = escape(node.condition.text if node.condition else "")
            return [f"<conditionalEventDefinition><condition>{text}</condition></conditionalEventDefinition>"]
        case "timer":
            timing = node.timing
            tag = timing.tag if timing else "timeDuration"
            text = escape(timing.text if timing else "")
            return [f"<timerEventDefinition><{tag}>{text}</{tag}></timerEventDefinition>"]
        case kind:
            ref = f' {kind}Ref="{kind}_{node.ref}"' if node.ref else ""
            return [f"<{kind}EventDefinition{ref}/>"]
