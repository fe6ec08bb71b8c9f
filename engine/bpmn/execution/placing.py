"""Put a token elsewhere by hand: find the node wherever it lies, enter what surrounds it, leave where it stood."""

from collections.abc import Callable, Iterator
from typing import NoReturn

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.execution.acts import Put
from engine.bpmn.execution.body import Body
from engine.bpmn.execution.element import Element
from engine.bpmn.execution.outcome import Ended
from engine.bpmn.execution.program import Program
from engine.bpmn.execution.specs.activities import ReceiveTask
from engine.bpmn.execution.specs.catching import Boundary, Catch, EventGateway, fire
from engine.bpmn.execution.specs.containers import EventSubProcess, SubProcess
from engine.bpmn.execution.specs.gateways import JoiningGateway
from engine.bpmn.execution.specs.node import Node
from engine.bpmn.execution.tree import Scope, Token, assign
from engine.core.errors import StepFailed


def put(token: Token, act: Put) -> None:
    """Take a token from where it stands to its node's end (skip), its beginning (repeat), or another node.

    Raises `StepFailed` with the reason when it cannot go there.
    """
    assign(token, act.variables)
    here = token.task_spec.element.id
    if act.element in ("", here):
        _skip(token) if act.after else _repeat(token)
    else:
        _elsewhere(token, act.element, act.after)


def find(program: Program, within: str, element: str) -> tuple[Body, Node] | None:
    """Return the node of an element in the process or sub-process with the key `within`, or below it."""
    for key, body in program.bodies.items():
        if (key == within or key.startswith(within + "/")) and element in body.nodes:
            return body, body.nodes[element]
    return None


def unfit(body: Body, node: Node) -> tuple[str, str] | None:
    """Return why a token cannot be put before this node, in Chinese and English; None when it can."""
    if isinstance(node, Boundary):
        return "不能放到边界事件上。", "a token cannot be put on a boundary event."
    if isinstance(node, JoiningGateway) and len(node.incoming) > 1:
        return (
            "不能放到汇合网关前：不知道算哪一条分支。请选它后面的步骤。",
            "a token cannot be put before a joining gateway: it is unclear for which branch. Choose the step after it.",
        )
    if follows_event_gateway(body, node):
        return (
            "这一步由事件网关选出，请选那个网关。",
            "this step is chosen by an event-based gateway: choose that gateway.",
        )
    return None


def follows_event_gateway(body: Body, node: Node) -> bool:
    """Return whether an event-based gateway decides about this node."""
    gateways = [each for each in body.nodes.values() if isinstance(each, EventGateway)]
    return any(flow.target == node.name for gateway in gateways for flow in gateway.flows)


def steps_between(outer: Body, inner: Body) -> list[str]:
    """Return the ids of the sub-processes that lead from one body into another below it."""
    return inner.key[len(outer.key) + 1 :].split("/") if inner.key != outer.key else []


def enter(scope: Scope, element: str, listen: Callable[[Token], None] | None = None) -> Token:
    """Enter the sub-process `element` of a scope without beginning it; `listen` starts its boundary events.

    Raises `StepFailed` for one with several instances, or that only its event begins.
    """
    node = scope.body.nodes[element]
    if isinstance(node, EventSubProcess):
        refuse(
            node.element,
            "事件子流程只由它的事件开始，不能从外面放进去。",
            "an event sub-process is begun by its event only: nothing can be put into it from outside.",
        )
    if not isinstance(node, SubProcess):
        refuse(
            node.element,
            "不能从外面放进多实例的子流程里。",
            "a token cannot be put into a sub-process with several instances from outside.",
        )
    host = scope.add(node)
    host.note("entered")
    host._set_state(TaskState.STARTED)
    (listen or node.listen)(host)
    scope.case.open_scope(host, node.inside, None).listen()
    return host


def refuse(element: Element, zh: str, en: str) -> NoReturn:
    """Say at an element why a token cannot go there, or leave there."""
    raise StepFailed(element.id, element.name, zh, en)


def _skip(token: Token) -> None:
    """Go on as though the node were done: nothing of it is carried out, and a join waits for nobody."""
    node = token.task_spec
    if isinstance(node, EventGateway) or (isinstance(node, Boundary) and token.waiting):
        zh, en = "这里不能跳过，请选要发生的那个事件。", "this cannot be skipped: choose the event that is to happen."
        refuse(node.element, zh, en)
    if isinstance(node, JoiningGateway):
        node.merge(node.waiting(token).values(), token)
        token._ready()
    elif isinstance(node, Catch | ReceiveTask):
        fire(token, {})
    else:
        token.case.close_scope(token)
        token.complete()
    token.case.settle(token.workflow)


def _repeat(token: Token) -> None:
    """Do the node from its beginning: a new task, new instances, timers from now on."""
    node, memory = token.task_spec, token.internal_data
    _require_whole(token, instance=True)
    if isinstance(node, JoiningGateway):
        refuse(node.element, "汇合网关不能重做。", "a joining gateway cannot be repeated.")
    parent = token.parent if token.parent.alive else None
    kept = {name: memory[name] for name in ("index", "local", "flow") if name in memory}
    fresh = token.workflow.add(node, parent, **kept)
    token.cancel()
    node._update(fresh)


def _elsewhere(token: Token, element: str, after: bool) -> None:
    if isinstance(token.parent.task_spec, EventGateway) and token.parent.alive:
        token = token.parent
    _require_whole(token, instance=False)
    case, old = token.case, token.workflow
    body, node = _target(token, element, after)
    around = next((scope for scope in outwards(old) if _is_inside(body, scope.body)), None)
    if around is None:
        refuse(node.element, "这一步在多实例里，放不过去。", "this step lies in one of several instances.")
    scope = around
    for inner in steps_between(around.body, body):
        open_now = [each for each in scope.live.values() if each.task_spec is scope.body.nodes[inner]]
        host = next((each for each in open_now if each.id in case.scopes), None) or enter(scope, inner)
        scope = case.scopes[host.id]
    fresh = scope.add(node)
    token.cancel()
    _leave_empty(old, around)
    case.count(fresh)
    if after:
        go_on_after(fresh)
    else:
        node._update(fresh)
    case.settle(scope)


def _target(token: Token, element: str, after: bool) -> tuple[Body, Node]:
    process = token.workflow.body.process
    found = find(token.case.program, process, element)
    if found is None:
        here = token.task_spec.element
        zh, en = f"流程「{process}」里没有步骤「{element}」。", f'the process "{process}" has no step "{element}".'
        refuse(here, zh, en)
    body, node = found
    why = unfit(body, node)
    if after and isinstance(node, EventGateway):
        why = ("事件网关不能跳过。", "an event-based gateway cannot be skipped.")
    if why is not None and not (after and isinstance(node, JoiningGateway)):
        refuse(node.element, *why)
    return body, node


def go_on_after(token: Token) -> None:
    """Leave a node as though it were done; at an end the path ends."""
    node = token.task_spec
    if node.flows:
        token.complete()
    else:
        token.workflow.last = Ended(node.element.id, "none")
        token.end()


def outwards(scope: Scope) -> Iterator[Scope]:
    """Yield a scope and those around it, up to its process or to the instance it runs in."""
    at: Scope | None = scope
    while at is not None:
        yield at
        inside_instance = at.host is not None and at.host.local is not None
        at = None if at.variables is not None or inside_instance or at.host is None else at.host.workflow


def _is_inside(inner: Body, outer: Body) -> bool:
    return inner.key == outer.key or inner.key.startswith(outer.key + "/")


def _leave_empty(scope: Scope, upto: Scope) -> None:
    """Cancel the sub-processes that a token has left empty."""
    while scope is not upto and not scope.live and scope.host is not None:
        host = scope.host
        host.cancel()
        scope = host.workflow


def _require_whole(token: Token, *, instance: bool) -> None:
    """Raise `StepFailed` for a token that depends on another: it goes where that one goes."""
    if not token.parent.alive or (instance and token.local is not None):
        return
    element = token.task_spec.element
    if token.local is not None:
        zh, en = "这是多实例中的一个，只能跳过或重做。", "one of several instances can only be skipped or repeated."
    else:
        zh, en = "这个事件随所在的步骤走，不能单独移动。", "this event goes with its step and cannot be moved alone."
    refuse(element, zh, en)
