"""Pass errors and escalations outwards to the nearest event sub-process or boundary event that takes them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from engine.bpmn.execution.specs.catching import Boundary
from engine.bpmn.execution.tree import Token


@dataclass(frozen=True)
class Catcher:
    """A boundary event for errors or escalations with this code (None: any)."""

    kind: str
    code: str | None
    event: Boundary


def catch(token: Token, kind: str, code: str, from_itself: bool) -> bool:
    """Offer an error or escalation to what surrounds it, inner ones and exact codes first.

    Around a token are the event sub-processes beside it, then the boundary events of what contains both, and so on
    outwards. An event sub-process does not catch what is thrown inside it. Return whether one of them caught it.
    """
    for catches in _around(token, kind, from_itself):
        for wanted in (code, None):
            for caught, event in catches:
                if caught == wanted:
                    event()
                    return True
    return False


Catches = list[tuple[str | None, Callable[[], None]]]
"""The codes that are caught (None: any), each with what begins the handling."""


def _around(token: Token, kind: str, from_itself: bool) -> Iterator[Catches]:
    at: Token | None = token
    if from_itself:
        yield _on_the_border(_whole(token), kind)
    while at is not None:
        yield _beside(at, kind)
        at = at.workflow.host
        if at is not None:
            at = _whole(at)
            yield _on_the_border(at, kind)


def _whole(token: Token) -> Token:
    """Return the multi-instance of an instance, as events belong to the whole; otherwise the token itself."""
    whole: Token = token.parent if token.local is not None and token.parent.alive else token
    return whole


def _on_the_border(host: Token, kind: str) -> Catches:
    catchers = [one for one in getattr(host.task_spec, "catchers", ()) if one.kind == kind]
    return [(one.code, partial(one.event.catch, host, {})) for one in catchers]


def _beside(token: Token, kind: str) -> Catches:
    """Return the event sub-processes in the token's scope that take this kind, without the one that it is inside of."""
    listening = [each for each in token.workflow.live.values() if each.listening and each.task_spec.kind == kind]
    return [
        (each.task_spec.code, partial(each.task_spec.fire, each, {}))
        for each in listening
        if each.task_spec.handler is not token.task_spec
    ]
