"""Read one process or sub-process: its nodes, the flows between them, and what is wrong with the whole."""

from collections.abc import Iterator
from dataclasses import replace

from engine.bpmn.execution.body import Body
from engine.bpmn.execution.element import Element
from engine.bpmn.execution.reading import checks, events, nodes
from engine.bpmn.execution.reading.desk import Desk
from engine.bpmn.execution.reading.names import Xml, child, tag, text
from engine.bpmn.execution.reading.source import Source
from engine.bpmn.execution.specs.activities import Activity
from engine.bpmn.execution.specs.boundaries import Catcher
from engine.bpmn.execution.specs.catching import Boundary
from engine.bpmn.execution.specs.containers import EventSubProcess
from engine.bpmn.execution.specs.inclusive import InclusiveGateway
from engine.bpmn.execution.specs.node import Flow, Node
from engine.bpmn.execution.specs.starting import StartEvent
from engine.core.errors import Finding

DEEPEST = 20


class GraphReader:
    """Reads the processes of a version one by one into `bodies`; `elements` collects all elements."""

    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        self.bodies: dict[str, Body] = {}
        self.elements: list[Element] = []

    def read(self, source: Source, desk: Desk, key: str) -> Body:
        """Read the graph inside the process or sub-process on the desk."""
        body = Body(key, source.id)
        self.bodies[key] = body
        desks: dict[str, Desk] = {}
        for xml in desk.xml:
            self._read_child(source, desk, body, xml, desks)
        self._connect(body, desk, desks)
        self._attach(body, desks)
        self._link(body, desks)
        body.starts = tuple(node for node in body.nodes.values() if isinstance(node, StartEvent))
        joins = [node for node in body.nodes.values() if isinstance(node, InclusiveGateway) and len(node.incoming) > 1]
        for join in joins:
            join.reached_from = _reaching(body, join)
        body.inclusive_joins = tuple(joins)
        checks.check(body, desk, desks)
        return body

    def _read_child(self, source: Source, around: Desk, body: Body, xml: Xml, desks: dict[str, Desk]) -> None:
        kind = tag(xml)
        if not kind or kind in nodes.DRAWN_ONLY or kind == "sequenceFlow":
            return
        desk = Desk.of(source, xml, self.findings)
        if not desk.element.id:
            around.error(f"有一个「{kind}」没有编号(id)。", f'a "{kind}" has no id.')
        elif body.key.count("/") >= DEEPEST:
            zh = f"子流程嵌套超过了 {DEEPEST} 层。"
            desk.error(zh, f"sub-processes are nested more than {DEEPEST} deep.")
        elif desk.element.id in desks:
            desk.error("编号(id)重复。", "the id is used twice.")
        elif kind not in nodes.READERS:
            zh, en = nodes.REFUSED.get(kind, (f"不认识的元素「{kind}」。", f'unknown element "{kind}".'))
            desk.error(zh, en)
            desks[desk.element.id] = desk
            body.nodes[desk.element.id] = nodes.refused(desk, body)
        else:
            key = f"{body.key}/{desk.element.id}"
            place = nodes.Place(body, "_" + desk.element.id, lambda inner: self.read(source, inner, key))
            desks[desk.element.id] = desk
            body.nodes[desk.element.id] = nodes.read(desk, place)
            self.elements.append(desk.element)

    def _connect(self, body: Body, around: Desk, desks: dict[str, Desk]) -> None:
        flows: dict[str, list[Flow]] = {}
        for xml in around.xml.iterchildren():
            if tag(xml) == "sequenceFlow":
                desk = Desk.of(around.source, xml, self.findings)
                flow = self._flow(body, desk)
                if flow is not None:
                    flows.setdefault(str(xml.get("sourceRef")), []).append(flow)
        for id, node in body.nodes.items():
            node.flows = tuple(_in_drawn_order(desks[id].xml, flows.get(id, [])))
            default = desks[id].xml.get("default")
            if default:
                node.default = next((flow for flow in node.flows if flow.element.id == default), None)
                if node.default is None:
                    desks[id].error("默认路径不是从这里出去的。", "the default flow does not leave from here.")

    def _flow(self, body: Body, desk: Desk) -> Flow | None:
        source, target = (body.nodes.get(str(desk.xml.get(end) or "")) for end in ("sourceRef", "targetRef"))
        if source is None or target is None or not desk.element.id:
            zh = "这条连线没有接好：起点或终点不存在，或在另一个子流程里。"
            en = "this flow is not connected: its source or target does not exist, or lies in another sub-process."
            desk.error(zh, en)
            return None
        said = text(child(desk.xml, "conditionExpression"))
        name = desk.element.name or f"{source.element.name or source.element.id} → " + (
            target.element.name or target.element.id
        )
        element = replace(desk.element, name=name)
        self.elements.append(element)
        desk = Desk(desk.source, desk.xml, element, self.findings)
        flow = Flow(element, target.name, desk.formula(said) if said else None)
        _join(source, target, flow)
        return flow

    def _attach(self, body: Body, desks: dict[str, Desk]) -> None:
        for id, event in body.nodes.items():
            if not isinstance(event, Boundary):
                continue
            host = body.nodes.get(str(desks[id].xml.get("attachedToRef") or ""))
            if not isinstance(host, Activity) or isinstance(host, EventSubProcess):
                desks[id].error("边界事件没有附在一个活动上。", "the boundary event is not attached to an activity.")
            elif event.trigger is not None:
                host.events = (*host.events, event)
            else:
                kind, code = events.caught_code(desks[id])
                host.catchers = (*host.catchers, Catcher(kind, code, event))

    def _link(self, body: Body, desks: dict[str, Desk]) -> None:
        names = {id: name for id, desk in desks.items() if (name := _link_name(desk)) is not None}
        targets = {name: id for id, name in names.items() if tag(desks[id].xml) == "intermediateCatchEvent"}
        for id, name in names.items():
            desk, node = desks[id], body.nodes[id]
            if tag(desk.xml) == "intermediateCatchEvent":
                if name not in {names[other] for other in names if other != id}:
                    desk.error(f"链接「{name}」没有来源。", f'nothing links to "{name}".')
            elif name not in targets:
                desk.error(f"链接「{name}」没有目标。", f'the link "{name}" leads nowhere.')
            elif node.flows:
                desk.error("链接抛出事件不能有出去的连线。", "a link throw event cannot have outgoing flows.")
            else:
                target = body.nodes[targets[name]]
                flow = Flow(Element(f"link:{id}", name, "link", body.process), target.name, hidden=True)
                node.flows = (flow,)
                _join(node, target, flow)


def _link_name(desk: Desk) -> str | None:
    if tag(desk.xml) not in ("intermediateCatchEvent", "intermediateThrowEvent"):
        return None
    return events.link_name(Desk(desk.source, desk.xml, desk.element, []))


def _join(source: Node, target: Node, flow: Flow) -> None:
    source.targets[flow.target] = target
    target.incoming = (*target.incoming, flow.element.id)
    source.connect(target)


def _in_drawn_order(xml: Xml, flows: list[Flow]) -> list[Flow]:
    """Return flows in the order the node lists them, as drawing tools keep it; unlisted ones last."""
    listed = {text(one): number for number, one in enumerate(xml) if tag(one) == "outgoing"}
    return sorted(flows, key=lambda flow: listed.get(flow.element.id, len(listed) + len(xml)))


def successors(body: Body) -> dict[str, list[str]]:
    """Return the nodes a token can go to from each node: by flows, links and an activity's boundary events."""
    found: dict[str, list[str]] = {}
    for node in body.nodes.values():
        after = found.setdefault(node.name, [])
        after += [flow.target for flow in node.flows]
        if isinstance(node, Activity):
            after += [event.name for event in _boundaries(node)]
    return found


def _boundaries(node: Activity) -> Iterator[Boundary]:
    yield from node.events
    for catcher in node.catchers:
        yield catcher.event


def _reaching(body: Body, join: InclusiveGateway) -> dict[str, frozenset[str]]:
    """Return, for every node, by which of the join's incoming flows a token can arrive without passing the join."""
    before: dict[str, list[str]] = {}
    sources: dict[str, str] = {}
    after = successors(body)
    for name, targets in after.items():
        for target in targets:
            before.setdefault(target, []).append(name)
    for node in body.nodes.values():
        for flow in node.flows:
            if flow.target == join.name:
                sources[flow.element.id] = node.name
    found: dict[str, set[str]] = {}
    for flow_id, source in sources.items():
        open_names = [source]
        seen: set[str] = set()
        while open_names:
            name = open_names.pop()
            if name not in seen and name != join.name:
                seen.add(name)
                found.setdefault(name, set()).add(flow_id)
                open_names += before.get(name, [])
    return {name: frozenset(flows) for name, flows in found.items()}
