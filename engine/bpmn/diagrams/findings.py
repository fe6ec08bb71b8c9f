"""What is wrong with a diagram, judged from the diagram alone: nothing is run or looked up."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from engine.bpmn.diagrams.diagram import BODIES, Diagram, Flow, Node, Process, Unread
from engine.bpmn.diagrams.event_sub_processes import event_sub_processes
from engine.bpmn.diagrams.foreign import to_feel
from engine.bpmn.diagrams.passed_over import Kind, Passed
from engine.bpmn.diagrams.said import INSTEAD, MENDED, MENDS, SKETCH, say
from engine.bpmn.diagrams.words import EVENTS, KINDS
from engine.core.errors import Finding

LONGEST: Mapping[str, tuple[int, tuple[str, str]]] = {
    "process": (80, ("流程编号", "id of the process")),
    "id": (200, ("编号", "id")),
    "ref": (120, ("消息、信号或代码的名称", "name of the message, signal or code")),
    "form": (80, ("表单编号", "id of the form")),
    "groups": (120, ("部门和角色的名单", "list of departments and roles")),
}
"""How long a text of an element may be, and what it is called."""

MOST_NODES, MOST_FLOWS, MOST_PROCESSES = 500, 1500, 50
SCRIPT_LINE = re.compile(r"\s*[^\W\d]\w*\s*=(?!=)\s*\S")
JAVA = re.compile(r"[$#]\{[^}]*\}?")
MAPPING = frozenset(
    ("serviceTask", "sendTask", "businessRuleTask", "callActivity", "intermediateThrowEvent", "endEvent")
)
STARTS = (None, "message", "signal", "timer")
CATCHES = ("message", "timer", "signal", "conditional", "link")
THROWS = (None, "message", "signal", "escalation", "link")
ENDS = (None, "message", "signal", "error", "escalation", "terminate")
BOUNDARIES = ("message", "timer", "signal", "conditional", "error", "escalation")
REFUSED_KINDS = ("transaction", "adHocSubProcess", "complexGateway")

Rule = Callable[[Diagram], Iterator[Finding]]


def findings(diagram: Diagram) -> tuple[Finding, ...]:
    """Return everything that is wrong with the diagram (errors) or probably unintended (warnings).

    A diagram that is too large gets that finding only.
    """
    oversized = tuple(too_large(diagram))
    if oversized:
        return oversized
    found = dict.fromkeys(finding for rule in RULES for finding in rule(diagram))
    hidden = within_refused(diagram)
    return tuple(finding for finding in found if finding.place not in hidden)


def within_refused(diagram: Diagram) -> frozenset[str]:
    """Return the ids of what lies in sub-processes of a kind that is refused: they are to be drawn anew as a whole."""
    bodies = {node.id for node in diagram.nodes if node.kind in REFUSED_KINDS and node.kind in BODIES}
    found: set[str] = set()
    while more := {node.id for node in diagram.nodes if node.body in bodies | found} - found:
        found |= more
    inside = bodies | found
    found |= {flow.id for flow in diagram.flows if flow.body in inside}
    found |= {element.id for element in diagram.unread if element.body in inside}
    found |= {node.id for node in diagram.nodes if node.event == "cancel" and node.attached_to in bodies}
    return frozenset(found - {""})


def too_large(diagram: Diagram) -> Iterator[Finding]:
    """Report more than 500 nodes, 1,500 flows or 50 processes: nobody could read such a file, nor check it in time."""
    if len(diagram.nodes) > MOST_NODES:
        yield say("too many", diagram.process, count=len(diagram.nodes), most=MOST_NODES)
    if len(diagram.flows) > MOST_FLOWS:
        yield say("too many flows", diagram.process, count=len(diagram.flows), most=MOST_FLOWS)
    if len(diagram.processes) > MOST_PROCESSES:
        yield say("too many processes", diagram.process, count=len(diagram.processes), most=MOST_PROCESSES)


def ids(diagram: Diagram) -> Iterator[Finding]:
    everything: tuple[Node | Flow | Process, ...] = (*diagram.processes, *diagram.nodes, *diagram.flows)
    for element in everything:
        if not element.id:
            yield say("no id", element)
    for key, count in Counter(diagram.ids).items():
        if count > 1:
            named = next((element for element in everything if element.id == key), None)
            level = "error" if named else "warning"  # elements beside the flow do not run
            yield say("same id", named or Process(key, "", None), level, id=key, count=count)


def lengths(diagram: Diagram) -> Iterator[Finding]:
    """Report ids and references that no store has room for."""
    everything: tuple[Node | Flow | Process, ...] = (*diagram.processes, *diagram.nodes, *diagram.flows)
    for element in everything:
        texts = {"id": element.id}
        if isinstance(element, Node):
            texts |= {"ref": element.ref, "form": element.form}
            texts |= {} if element.groups.startswith("=") else {"groups": element.groups}
        for name, text in texts.items():
            most, what = LONGEST["process" if isinstance(element, Process) else name]
            if len(text) > most:
                yield say("too long", element, text=what, most=most, count=len(text))


def processes(diagram: Diagram) -> Iterator[Finding]:
    for process in diagram.processes:
        if not diagram.inside(process.id) and process is diagram.process:
            yield say("empty", process)
    if diagram.process.executable is False:
        yield say("not executable", diagram.process)
    if diagram.process.executable is None:
        yield say("executable unsaid", diagram.process, "warning")


def starts(diagram: Diagram) -> Iterator[Finding]:
    for process in diagram.processes:
        if diagram.inside(process.id):
            yield from starts_of_process(diagram, process)
    for node in diagram.nodes:
        if node.kind == "subProcess" and not node.by_event:
            yield from starts_inside(diagram, node)


def starts_of_process(diagram: Diagram, process: Process) -> Iterator[Finding]:
    found = [node for node in diagram.inside(process.id) if node.kind == "startEvent"]
    if not found:
        yield say("no start", process)
    plain = [node for node in found if node.event is None]
    if len(plain) > 1:
        yield say("starts", process, count=len(plain))
    for node in found:
        if node.event not in STARTS:
            yield say("start kind", node, event=EVENTS.get(node.event or "", (node.event, node.event)))
        elif node.timer_tag == "timeDuration":
            yield say("start duration", node, timer=node.timer)


def starts_inside(diagram: Diagram, body: Node) -> Iterator[Finding]:
    found = [node for node in diagram.inside(body.id) if node.kind == "startEvent"]
    if not found:
        yield say("no start", body)
    if len(found) > 1:
        yield say("starts", body, count=len(found))
    for node in found:
        if node.event is not None:
            yield say("inner start", node)


def flows(diagram: Diagram) -> Iterator[Finding]:
    unknown = {element.id for element in diagram.unread if element.id}
    for flow in diagram.flows:
        source, target = diagram.node.get(flow.source), diagram.node.get(flow.target)
        if source is None and flow.source not in unknown:
            yield say("dangling", flow, end=("起点", "source"))
        if target is None and flow.target not in unknown:
            yield say("dangling", flow, end=("终点", "target"))
        if source and target:
            yield from ends_of_flow(flow, source, target)


def ends_of_flow(flow: Flow, source: Node, target: Node) -> Iterator[Finding]:
    if source.body != target.body:
        yield say("across", flow)
    if target.kind in ("startEvent", "boundaryEvent"):
        yield say("into start", flow)
    if source.kind == "endEvent":
        yield say("out of end", flow)


def reached(diagram: Diagram) -> Iterator[Finding]:
    """Report where no token can arrive: the first of several consecutive nodes, with the number behind it."""
    seen = {node.id for node in diagram.nodes if node.kind == "startEvent"}
    todo = list(seen)
    while todo:
        for following in after(diagram, todo.pop()):
            if following not in seen:
                seen.add(following)
                todo.append(following)
    lost = {
        node.id: node
        for node in diagram.nodes
        if node.id not in seen and not node.for_compensation and not node.by_event
    }
    led_to = {following for id in lost for following in after(diagram, id) if following != id}
    told: set[str] = set()
    for node in sorted(lost.values(), key=lambda each: each.id in led_to):  # those first that no lost node leads to
        if node.id not in told:
            behind = _behind(diagram, node.id, lost) - told
            told |= behind
            yield from _unreached(diagram, node, seen, len(behind) - 1)


def _behind(diagram: Diagram, first: str, lost: Mapping[str, Node]) -> set[str]:
    """Return those of the unreached nodes that follow this one, including it."""
    found, todo = {first}, [first]
    while todo:
        for following in after(diagram, todo.pop()):
            if following in lost and following not in found:
                found.add(following)
                todo.append(following)
    return found


def _unreached(diagram: Diagram, node: Node, seen: set[str], behind: int) -> Iterator[Finding]:
    ends = [each for each in diagram.inside(node.body) if each.id in seen and _breaks_off(diagram, each)]
    broken = ("", "")
    if len(ends) == 1:
        name = ends[0].name or ends[0].id
        broken = (f"可能是「{name}」少了一条连出的线。", f' Perhaps a flow out of "{name}" is missing.')
    if behind:
        yield say("unreached first", node, "warning", count=behind, broken=broken)
    else:
        yield say("unreached", node, "warning", broken=broken)


def _breaks_off(diagram: Diagram, node: Node) -> bool:
    """Return whether nothing leaves it although it is no end event."""
    is_end = node.kind == "endEvent" or (node.kind == "intermediateThrowEvent" and node.event == "link")
    return not is_end and not node.by_event and not node.for_compensation and not diagram.outgoing.get(node.id)


def after(diagram: Diagram, node: str) -> Iterator[str]:
    """Yield where a token at a node may come next: along flows, by a boundary event, through a link."""
    yield from (flow.target for flow in diagram.outgoing.get(node, ()))
    yield from (boundary.id for boundary in diagram.boundaries.get(node, ()))
    here = diagram.node.get(node)
    if here and here.kind == "intermediateThrowEvent" and here.event == "link":
        yield from (n.id for n in link_ends(diagram, here, "intermediateCatchEvent"))


def gateways(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.nodes:
        out = diagram.outgoing.get(node.id, ())
        if node.is_gateway and not out:
            yield say("gateway ends", node)
        if node.default and node.default not in {flow.id for flow in out}:
            yield say("bad default", node, flow=node.default)
        if node.kind in ("exclusiveGateway", "inclusiveGateway") and len(out) > 1:
            yield from choices(node, out)
        if node.kind in ("parallelGateway", "eventBasedGateway"):
            for flow in out:
                if flow.condition:
                    yield say("condition ignored", flow, "warning", gateway=KINDS[node.kind])
        for flow in out:
            if flow.id == node.default and flow.condition:
                yield say("default condition", flow, "warning")


def choices(node: Node, out: tuple[Flow, ...]) -> Iterator[Finding]:
    for flow in out:
        if not flow.condition and flow.id != node.default:
            always = node.kind == "inclusiveGateway"
            what, level = ("always taken", "warning") if always else ("no condition", "error")
            yield say(what, flow, level, gateway=node.name or node.id)
    if not node.default and all(flow.condition for flow in out):
        yield say("no default", node, "warning")


def races(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.nodes:
        if node.kind != "eventBasedGateway":
            continue
        for flow in diagram.outgoing.get(node.id, ()):
            target = diagram.node.get(flow.target)
            waits = target is not None and (
                target.kind == "receiveTask" or (target.kind == "intermediateCatchEvent" and target.event != "link")
            )
            if target is not None and (not waits or len(diagram.incoming.get(target.id, ())) > 1):
                yield say("race target", target)


def events(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.nodes:
        if node.events > 1:
            yield say("several events", node, count=node.events)
        elif node.event == "compensate" or node.for_compensation:
            yield say("compensation", node)
        elif node.event == "cancel":
            yield say("cancel", node)
        else:
            yield from kind_of_event(node)
            yield from definition(node)


def kind_of_event(node: Node) -> Iterator[Finding]:
    """Check whether that kind of event is allowed at that place."""
    event = EVENTS.get(node.event or "", (node.event or "无类型", node.event or "no type"))
    if node.kind == "intermediateCatchEvent" and node.event not in CATCHES:
        yield say("catch kind", node)
    if node.kind == "intermediateThrowEvent" and node.event not in THROWS:
        yield say("throw kind", node, event=event)
    if node.kind == "endEvent" and node.event not in ENDS:
        yield say("end kind", node, event=event)
    if node.kind == "boundaryEvent" and node.event not in BOUNDARIES:
        yield say("boundary kind", node, event=event)


def definition(node: Node) -> Iterator[Finding]:
    """Check whether the event has everything it needs."""
    if node.event == "timer" and not node.timer:
        yield say("no timer", node)
    if node.event in ("message", "signal") and not node.ref:
        yield say(f"no {node.event}", node)
    if node.event == "conditional" and not node.condition:
        yield say("no event condition", node)
    if node.event == "link" and not node.ref:
        yield say("no link name", node)
    if node.event in ("error", "escalation") and not node.ref:
        if node.kind not in ("boundaryEvent", "startEvent"):
            yield say(f"no {node.event}", node)
        elif node.has_ref:
            yield say("unknown ref", node, kind=EVENTS[node.event])


def edges(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.nodes:
        if node.kind != "boundaryEvent":
            continue
        host = diagram.node.get(node.attached_to)
        if host is None or not host.is_activity or host.body != node.body:
            yield say("no host", node)
        if node.event == "error" and not node.interrupting:
            yield say("error stays", node, "warning")


def links(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.nodes:
        if node.event != "link" or not node.ref:
            continue
        if node.kind == "intermediateThrowEvent":
            catches = link_ends(diagram, node, "intermediateCatchEvent")
            if not catches:
                yield say("no partner", node, name=node.ref, wanted=("捕获", "catch"))
            if len(catches) > 1:
                yield say("two partners", node, name=node.ref)
        elif not link_ends(diagram, node, "intermediateThrowEvent"):
            yield say("no partner", node, "warning", name=node.ref, wanted=("抛出", "throw"))


def link_ends(diagram: Diagram, node: Node, kind: str) -> list[Node]:
    return [
        other
        for other in diagram.inside(node.body)
        if other.kind == kind and other.event == "link" and other.ref == node.ref
    ]


def activities(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.nodes:
        if node.kind in REFUSED_KINDS:
            yield say("kind refused", node, kind=KINDS[node.kind])
        if node.standard_loop:
            yield say("standard loop", node)
        if node.multi and not node.multi.collection and not node.multi.cardinality:
            yield say("no times", node)
        if node.kind in WORK:
            yield from WORK[node.kind](node)


def people(node: Node) -> Iterator[Finding]:
    if not node.groups and not node.assignee:
        yield say("no people", node, "warning")
    if "," in node.groups and not node.groups.startswith("="):
        yield say("several groups", node, "warning", first=node.groups.split(",")[0].strip())
    if not node.name:
        yield say("no name", node, "warning")


def service(node: Node) -> Iterator[Finding]:
    if not node.topic or (node.task_type and node.task_type != "external"):
        yield say("no topic", node)


def sending(node: Node) -> Iterator[Finding]:
    if not node.ref and not (node.topic and node.task_type == "external"):
        yield say("no message", node)


def receiving(node: Node) -> Iterator[Finding]:
    if not node.ref:
        yield say("no message", node)


def rule(node: Node) -> Iterator[Finding]:
    if not node.decision:
        yield say("no decision", node)


def call(node: Node) -> Iterator[Finding]:
    if not node.called:
        yield say("no called", node)


def abstract(node: Node) -> Iterator[Finding]:
    yield say("abstract task", node, "warning")


def script(node: Node) -> Iterator[Finding]:
    if not node.script:
        yield say("no script", node, "warning")
    for number, line in enumerate(node.script.splitlines(), 1):
        stripped = line.strip()
        if stripped and not stripped.startswith("//") and not SCRIPT_LINE.match(stripped):
            yield say("bad line", node, number=number, line=stripped[:80])


WORK: dict[str, Callable[[Node], Iterator[Finding]]] = {
    "userTask": people,
    "manualTask": people,
    "serviceTask": service,
    "sendTask": sending,
    "receiveTask": receiving,
    "businessRuleTask": rule,
    "callActivity": call,
    "scriptTask": script,
    "task": abstract,
}


def leftovers(diagram: Diagram) -> Iterator[Finding]:
    """Report expressions and attributes of other engines."""
    everything: tuple[Node | Flow, ...] = (*diagram.nodes, *diagram.flows)
    for element in everything:
        for text in texts(element):
            yield from java(element, text, "error")
    for node in diagram.nodes:
        for line in (*node.inputs, *node.outputs):
            yield from java(node, line.source, "error" if node.kind in MAPPING else "warning")


def passed(diagram: Diagram) -> Iterator[Finding]:
    """Report what other systems would do and is not done here, once an element and kind."""
    found: dict[tuple[str, str, Kind], list[Passed]] = {}
    for each in diagram.passed:
        found.setdefault((each.id, each.name, each.kind), []).append(each)
    for (id, name, kind), several in found.items():
        where = Unread(id or diagram.process.id, name, "", "")
        names = ", ".join(dict.fromkeys(each.what for each in several))
        if kind == "drawn":
            yield say("foreign", where, "warning", names=names)
        else:
            mended = MENDS if any(each.mended for each in several) else ("", "")
            yield say("passed over", where, names=names, advice=INSTEAD[kind], mended=mended)


def java(element: Node | Flow, text: str, level: str) -> Iterator[Finding]:
    found = JAVA.search(text)
    if found:
        feel = to_feel(text)
        yield say("java simple" if feel else "java", element, level, text=found.group()[:80], feel=feel or "")


def texts(element: Node | Flow) -> Iterator[str]:
    """Yield every text of an element that could hold an expression."""
    if isinstance(element, Flow):
        yield element.condition
        return
    yield from (element.timer, element.condition, element.script, element.form, element.groups, element.assignee)
    yield from (element.due, element.priority, element.topic, element.decision, element.called)
    yield from (value for name, value in element.properties.items() if not name.startswith("was:"))
    if element.multi:
        yield from (element.multi.collection, element.multi.cardinality, element.multi.until)


def drafted(diagram: Diagram) -> Iterator[Finding]:
    """Report drafts made so that a drawing can be tried out; somebody has to decide them."""
    marked: list[tuple[Node | Process, str]] = [(process, process.sketch) for process in diagram.processes]
    marked += [(node, node.properties.get(SKETCH, "")) for node in diagram.nodes]
    for element, marks in marked:
        for mark in filter(None, marks.split(", ")):
            yield say("drafted", element, draft=MENDED.get(mark, (mark, mark)))


def forks(diagram: Diagram) -> Iterator[Finding]:
    for node in diagram.nodes:
        out = diagram.outgoing.get(node.id, ())
        if node.is_activity and len(out) > 1 and not any(flow.condition for flow in out):
            yield say("all ways", node, "warning", count=len(out))


def unread(diagram: Diagram) -> Iterator[Finding]:
    for element in diagram.unread:
        yield say("unknown element", element, tag=element.tag)


def drawing(diagram: Diagram) -> Iterator[Finding]:
    if not diagram.shapes:
        return
    for node in diagram.nodes:
        if node.id not in diagram.shapes:
            yield say("not drawn", node, "warning")


RULES: tuple[Rule, ...] = (
    ids, lengths, processes, starts, event_sub_processes, flows, reached, gateways, races, events, edges, links, activities, forks, drafted, leftovers, passed, unread, drawing,
)  # fmt: skip
