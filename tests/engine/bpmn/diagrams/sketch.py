"""Small diagrams for the tests, as short as BPMN allows."""

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:activiti="http://activiti.org/bpmn" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" targetNamespace="urn:test">'
)
TASK = '<userTask id="{id}" name="{id}" camunda:candidateGroups="desk"/>'


def bpmn(body: str, *, roots: str = "", process: str = 'id="p" name="流程" isExecutable="true"') -> bytes:
    """A file with one process that holds `body`."""
    return f"{HEAD}{roots}<process {process}>{body}</process></definitions>".encode()


def flows(*pairs: str) -> str:
    """`"a>b"` as a sequence flow `a_b`; `"a>b if x"` with a condition."""
    found = []
    for pair in pairs:
        ends, _, condition = pair.partition(" if ")
        source, target = ends.split(">")
        inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
        found.append(
            f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'
        )
    return "".join(found)


def straight(middle: str, id: str = "a", *, roots: str = "") -> bytes:
    """Start, one element, end."""
    return bpmn(f'<startEvent id="s"/>{middle}<endEvent id="e"/>{flows(f"s>{id}", f"{id}>e")}', roots=roots)
