"""What is wrong with a graph as a whole, reported at the element to mend."""

from collections.abc import Mapping

from engine.bpmn.execution.body import Body
from engine.bpmn.execution.reading.desk import Desk
from engine.bpmn.execution.reading.events import by_event
from engine.bpmn.execution.reading.names import tag
from engine.bpmn.execution.specs.activities import HumanTask, ReceiveTask
from engine.bpmn.execution.specs.catching import Boundary, Catch, EventGateway
from engine.bpmn.execution.specs.containers import CallActivity, SubProcess
from engine.bpmn.execution.specs.gateways import ExclusiveGateway, ParallelGateway
from engine.bpmn.execution.specs.inclusive import InclusiveGateway
from engine.bpmn.execution.specs.multi_instance import MultiInstance
from engine.bpmn.execution.specs.node import Node
from engine.bpmn.execution.specs.starting import StartEvent


def check(body: Body, around: Desk, desks: Mapping[str, Desk]) -> None:
    """Report all findings about this process or sub-process."""
    _check_starts(body, around)
    for id, node in body.nodes.items():
        _check_ends(node, desks[id])
        _check_conditions(node, desks[id])
        if isinstance(node, EventGateway):
            _check_event_gateway(body, node, desks[id])
    for id in _endless(body):
        zh = "从这里开始的循环没有任何等待，也没有网关能离开它。"
        en = "the loop from here on never waits and no gateway can leave it."
        desks[id].error(zh, en)


def _check_starts(body: Body, around: Desk) -> None:
    plain = [node for node in body.nodes.values() if isinstance(node, StartEvent) and node.kind == "none"]
    inside = tag(around.xml) != "process"
    if not body.starts:
        around.error("没有开始事件。", "there is no start event.")
    elif by_event(around.xml):
        if len(body.starts) != 1:
            around.error("事件子流程只能有一个开始事件。", "an event sub-process must have exactly one start event.")
    elif inside and (len(body.starts) != 1 or not plain):
        around.error("子流程只能有一个普通的开始事件。", "a sub-process must have exactly one plain start event.")
    elif len(plain) > 1:
        around.error("有多个普通的开始事件。", "there is more than one plain start event.")


def _check_ends(node: Node, desk: Desk) -> None:
    kind = tag(desk.xml)
    if by_event(desk.xml):
        if node.flows or node.incoming:
            desk.error("事件子流程不能有连线。", "no flow can lead to or from an event sub-process.")
        return
    linked = [flow for flow in node.flows if flow.hidden]
    if kind == "endEvent" and node.flows:
        desk.error("结束事件不能有出去的连线。", "an end event cannot have outgoing flows.")
    if kind in ("startEvent", "boundaryEvent") and node.incoming:
        desk.error("开始事件和边界事件不能有进来的连线。", "start and boundary events cannot have incoming flows.")
    if kind in ("startEvent", "boundaryEvent", "eventBasedGateway") and not node.flows:
        desk.error("这里没有出去的连线。", "there is no outgoing flow here.")
    if kind not in ("startEvent", "boundaryEvent") and not node.incoming:
        desk.warning("没有连线通到这里，永远不会执行到。", "no flow leads here; it is never reached.")
    if kind in ("parallelGateway", "inclusiveGateway", "exclusiveGateway") and not node.flows and not linked:
        desk.error("网关没有出去的连线。", "the gateway has no outgoing flow.")


def _check_conditions(node: Node, desk: Desk) -> None:
    if node.default is not None and node.default.condition is not None:
        desk.error("默认路径不能带条件。", "the default flow cannot have a condition.")
    bare = [flow for flow in node.flows if flow.condition is None and flow is not node.default]
    if isinstance(node, ExclusiveGateway) and len(node.flows) > 1:
        for flow in bare:
            place = f"{flow.element.name} ({flow.element.id})"
            zh = f"连线「{place}」没有条件，也不是默认路径。"
            desk.error(zh, f'the flow "{place}" has no condition and is not the default.')
    elif isinstance(node, ParallelGateway | EventGateway):
        if len(bare) < len(node.flows):
            zh = "这种网关的连线不能带条件或设为默认。"
            desk.error(zh, "flows of this gateway cannot have conditions or a default.")
    elif node.default is not None and bare:
        zh = "有不带条件的连线时，默认路径永远不会走。"
        desk.error(zh, "beside a flow without condition the default is never taken.")
    elif isinstance(node, InclusiveGateway) and bare and len(bare) < len(node.flows):
        desk.warning("不带条件的连线每次都会走。", "flows without a condition are taken every time.")


def _check_event_gateway(body: Body, node: EventGateway, desk: Desk) -> None:
    for flow in node.flows:
        target = node.targets[flow.target]
        if not isinstance(target, Catch | ReceiveTask):
            zh = f"事件网关之后只能是捕获事件或接收任务，不能是「{target.element.name or target.element.id}」。"
            name = target.element.name or target.element.id
            desk.error(zh, f'only catch events and receive tasks can follow an event-based gateway, not "{name}".')
        elif len(target.incoming) > 1:
            zh = f"事件网关之后的「{target.element.name or target.element.id}」不能再有别的连线进来。"
            name = target.element.name or target.element.id
            desk.error(zh, f'"{name}" after an event-based gateway cannot have other incoming flows.')
        elif isinstance(target, ReceiveTask) and (target.events or target.catchers):
            zh = "事件网关之后的接收任务不能有边界事件。"
            desk.error(zh, "a receive task after an event-based gateway cannot have boundary events.")


def _endless(body: Body) -> list[str]:
    """Return node ids of endless loops, one a loop: every token goes round at once."""
    passing = {node.name: node for node in body.nodes.values() if not _can_stop(node)}
    ids = {node.name: id for id, node in body.nodes.items()}
    state: dict[str, int] = {}
    found = []
    for begin in passing:
        stack = [(begin, iter([flow.target for flow in passing[begin].flows]))] if begin not in state else []
        state.setdefault(begin, 1)
        while stack:
            name, rest = stack[-1]
            target = next((one for one in rest if one in passing), None)
            if target is None:
                state[name] = 2
                stack.pop()
            elif state.get(target) == 1:
                found.append(ids[target])
            elif target not in state:
                state[target] = 1
                stack.append((target, iter([flow.target for flow in passing[target].flows])))
    return sorted(set(found))


def _can_stop(node: Node) -> bool:
    """Return whether a token can wait here, or can take another way."""
    if isinstance(node, MultiInstance):
        node = node.instance
    if isinstance(node, HumanTask | ReceiveTask | Catch | EventGateway | SubProcess | CallActivity | Boundary):
        return True
    return any(flow.condition is not None for flow in node.flows)
