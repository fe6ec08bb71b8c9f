"""What waiting events were promised, kept when a case moves to another version: moments, messages, conditions."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.execution.specs.activities import Activity
from engine.bpmn.execution.specs.catching import Boundary
from engine.bpmn.execution.specs.triggers import ConditionTrigger, MessageTrigger, TimerTrigger, Trigger
from engine.bpmn.execution.tree import LiveCase, Token

ENDS = ""
"""Where a step goes whose path is to end."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Where steps go that do not go on under their own id: old id to new id, or `ENDS`.

    `retime`: timers and due dates are worked out anew instead of keeping the moment that they were promised.
    """

    to: Mapping[str, str] = field(default_factory=dict)
    retime: bool = False

    def of(self, element: str) -> str:
        """Return the id of a step in the new version."""
        return self.to.get(element) or element


def alike(old: Trigger | None, new: Trigger | None) -> bool:
    """Return whether two events wait for the same kind of thing."""
    if isinstance(old, MessageTrigger) and isinstance(new, MessageTrigger):
        return old.kind == new.kind
    return type(old) is type(new)


def keep(token: Token, old: Token, plan: Plan) -> None:
    """Let a token wait for what `old` waited for; what the new version words otherwise is begun anew, but a timer
    keeps its moment. Raises `StepFailed`."""
    trigger, before = token.task_spec.trigger, old.task_spec.trigger
    memory = token.internal_data = dict(old.internal_data)
    if isinstance(trigger, TimerTrigger):
        if plan.retime:
            trigger.work_out(token)
        elif trigger.expression != before.expression:
            promised = memory["due"]
            memory.pop("every", None)
            memory.pop("left", None)
            trigger.work_out(token)
            memory["due"] = promised or memory["due"]
    elif isinstance(trigger, ConditionTrigger):
        if trigger.condition.text != before.condition.text:
            trigger.arm(token)
    elif isinstance(trigger, MessageTrigger) and _asks(trigger) != _asks(before):
        memory.pop("correlation", None)
        trigger.arm(token)


def _asks(trigger: MessageTrigger) -> tuple[str, str]:
    """Return what a message has to be: its name, and the expression for whom it is."""
    return trigger.name, "" if trigger.correlation is None else trigger.correlation.text


class Promises:
    """The boundary events of a case in its old version: which of them still wait, and which have gone off."""

    def __init__(self, old: LiveCase, plan: Plan) -> None:
        self.plan = plan
        self.waiting: dict[str, list[Token]] = defaultdict(list)
        self.gone: dict[str, list[Token]] = defaultdict(list)
        for host in old.every_token():
            events = host.task_spec.events if isinstance(host.task_spec, Activity) else ()
            listening = {token.task_spec.name: token for token in host.dependents() if token.waiting}
            for event in events:
                token = listening.get(event.name)
                known = plan.to.get(event.element.id)
                if known != ENDS and not host.task_spec.is_instance:
                    kept = self.gone if token is None else self.waiting
                    kept[known or event.element.id].append(host if token is None else token)

    def listen(self, host: Token, old: Token | None = None) -> None:
        """Start the boundary events of an activity that goes on, or of a sub-process that is entered.

        One that waits already keeps its promise, even where the new version attaches it to another activity; one that
        has gone off does not listen again.
        """
        for event in host.task_spec.events:
            waiting = self._claimed(event, host, old)
            if waiting is not None:
                token = Token(host.workflow, event, host, TaskState.WAITING, waiting.id)
                keep(token, waiting, self.plan)
            elif not any(self._is_for(each, host, old) for each in self.gone[event.element.id]):
                event.wait(host)

    def _claimed(self, event: Boundary, host: Token, old: Token | None) -> Token | None:
        found = self.waiting[event.element.id]
        fitting = (each for each in found if alike(each.task_spec.trigger, event.trigger))
        token = next((each for each in fitting if self._is_for(each.parent, host, old)), None)
        if token is not None:
            found.remove(token)
        return token

    def _is_for(self, was: Token, host: Token, old: Token | None) -> bool:
        """Return whether what an old activity promised holds for this one: the same, or another that took it over."""
        if was is old:
            return True
        moved_on = self.plan.of(was.task_spec.element.id) != host.task_spec.element.id
        return moved_on and was.workflow.body.process == host.workflow.body.process
