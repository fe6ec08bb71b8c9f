"""Activities, and the tasks that wait for people or messages."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.bpmn.execution import moments
from engine.bpmn.execution.element import Element
from engine.bpmn.execution.formulas import Text, as_whole, as_words, shown
from engine.bpmn.execution.outcome import OpenTask
from engine.bpmn.execution.specs.boundaries import Catcher
from engine.bpmn.execution.specs.catching import Boundary, Catch
from engine.bpmn.execution.specs.node import Node
from engine.bpmn.execution.specs.triggers import Trigger
from engine.bpmn.execution.tree import Token, local_variables
from engine.core.errors import StepFailed
from engine.feel import YearsMonths


class Activity(Node):
    """A node with boundary events, alone or as one instance of a multi-instance.

    `events` listen while the activity goes on; `catchers` take errors and escalations from inside it. An instantaneous
    activity (not `takes_time`) is done before any event could go off.
    """

    takes_time = True

    def __init__(self, body: WorkflowSpec, name: str, element: Element) -> None:
        super().__init__(body, name, element)
        self.events: tuple[Boundary, ...] = ()
        self.catchers: tuple[Catcher, ...] = ()
        self.is_instance = False

    def listen(self, token: Token) -> None:
        """Start the boundary events."""
        for event in self.events:
            event.wait(token)

    def leave(self, token: Token) -> list[Token]:
        for event in token.dependents():
            event.cancel()
        if not self.is_instance:
            return super().leave(token)
        token.note("completed")
        token.parent.task_spec.instance_ended(token.parent, token)
        return []


class PlainTask(Activity):
    """A task without a kind: it does nothing, the token passes."""

    takes_time = False


@dataclass(frozen=True)
class Offer:
    """To whom a task is offered, with which form, until when, as in the diagram."""

    kind: Literal["user", "manual"]
    form: str | None
    groups: Text | None
    assignee: Text | None
    due: Text | None
    priority: Text | None


class HumanTask(Activity):
    """A user or manual task: it stays open until it is completed from outside."""

    def __init__(self, body: WorkflowSpec, name: str, element: Element, offer: Offer) -> None:
        super().__init__(body, name, element)
        self.offer = offer
        self.manual = True

    def arrive(self, token: Token) -> bool:
        super().arrive(token)
        self._make_offer(token)
        return True

    def offer_again(self, token: Token, *, retime: bool) -> None:
        """Offer an open task as this version says; it stays due when it was, unless `retime`."""
        memory = token.internal_data
        due = memory.get("due")
        for name in ("groups", "assignee", "due", "priority"):
            memory.pop(name, None)
        self._make_offer(token)
        if due is not None and not retime:
            memory["due"] = due

    def _make_offer(self, token: Token) -> None:
        offer, element = self.offer, self.element
        if groups := self._groups(token):
            token.internal_data["groups"] = groups  # until when it is due may follow from whose it is
        memory: dict[str, object] = {
            "assignee": _one_word(offer.assignee, token),
            "due": _due(offer.due, token),
            "priority": as_whole(offer.priority.value(token), element) if offer.priority else None,
        }
        token.internal_data.update({name: value for name, value in memory.items() if value})

    def _groups(self, token: Token) -> tuple[str, ...]:
        """Return whom the task is for. Raises `StepFailed` where the diagram works that out and it comes to nothing."""
        offer = self.offer
        if offer.groups is None:
            return ()
        found = as_words(offer.groups.value(token), self.element)
        if not found and offer.assignee is None:
            zh = f"没有人可以办这个任务：公式「{offer.groups.text}」没有结果。请检查所用的变量。"
            en = f'nobody can do this task: the expression "{offer.groups.text}" came to nothing. Check its variables.'
            raise StepFailed(self.element.id, self.element.name, zh, en)
        return found

    def _on_ready_hook(self, token: Token) -> None:
        self.listen(token)

    def opened(self, token: Token) -> OpenTask | None:
        if not token.ready:
            return None
        memory, element = token.internal_data, self.element
        return OpenTask(
            key=token.key, element=element.id, name=element.name, form=self.offer.form,
            groups=tuple(memory.get("groups", ())), assignee=memory.get("assignee"), due=memory.get("due"),
            priority=memory.get("priority"), kind=self.offer.kind, local=local_variables(token),
            process=element.process,
        )  # fmt: skip


class ReceiveTask(Activity):
    """Waits for a message like a catch event, and can have boundary events."""

    def __init__(self, body: WorkflowSpec, name: str, element: Element, trigger: Trigger) -> None:
        super().__init__(body, name, element)
        self.trigger = trigger

    def arrive(self, token: Token) -> bool:
        super().arrive(token)
        self.wait(token)
        self.listen(token)
        return False

    wait = Catch.wait
    fire = Catch.fire
    at_gateway = Catch.at_gateway
    shown = Catch.shown


def _one_word(text: Text | None, token: Token) -> str | None:
    if text is None:
        return None
    element = token.task_spec.element
    words = as_words(text.value(token), element)
    if len(words) > 1:
        zh, en = "只能指定一位处理人。", "only one assignee can be named."
        raise StepFailed(element.id, element.name, zh, en)
    return words[0] if words else None


def _due(text: Text | None, token: Token) -> datetime | None:
    if text is None:
        return None
    world, element = token.case.world, token.task_spec.element
    said = text.value(token)
    found = moments.read(said) if isinstance(said, str) else said
    if found is None and not said:
        return None
    with suppress(OverflowError, ValueError):  # beyond the year 9999
        if isinstance(found, timedelta | YearsMonths):
            return moments.add(world.now, found, world.zone)
        if isinstance(found, datetime | date):
            return moments.aware(found, world.zone)
    zh, en = (
        f"到期时间 {shown(said)} 不是时刻或时长。",
        f"the due date {shown(said)} is neither a moment nor a duration.",
    )
    raise StepFailed(element.id, element.name, zh, en)
