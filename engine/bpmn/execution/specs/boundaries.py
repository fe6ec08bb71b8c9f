"""Pass errors and escalations outwards to the nearest boundary event that takes them."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.bpmn.execution.specs.catching import Boundary
from engine.bpmn.execution.tree import Token


@dataclass(frozen=True)
class Catcher:
    """A boundary event for errors or escalations with this code (None: any)."""

    kind: str
    code: str | None
    event: Boundary


def catch(token: Token, kind: str, code: str, from_itself: bool) -> bool:
    """Offer an error or escalation to the surrounding activities, inner ones and exact codes first.

    Return whether one of them caught it.
    """
    for host in _around(token, from_itself):
        catchers = [one for one in getattr(host.task_spec, "catchers", ()) if one.kind == kind]
        for wanted in (code, None):
            for one in catchers:
                if one.code == wanted:
                    one.event.catch(host, {})
                    return True
    return False


def _around(token: Token, from_itself: bool) -> Iterator[Token]:
    at = token if from_itself else token.workflow.host
    while at is not None:
        if at.local is not None and at.parent.alive:  # an instance: events belong to the whole multi-instance
            at = at.parent
        yield at
        at = at.workflow.host
