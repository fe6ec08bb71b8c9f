"""What a catching event waits for. A trigger is immutable; its current wait is stored in its token."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal as Either
from typing import NoReturn

from engine.bpmn.execution import moments
from engine.bpmn.execution.element import Element
from engine.bpmn.execution.formulas import Formula, Literal, Text, shown
from engine.bpmn.execution.outcome import WaitingMessage, WaitingTimer
from engine.bpmn.execution.tree import Token
from engine.core.errors import StepFailed
from engine.feel import YearsMonths


@dataclass(frozen=True)
class Trigger:
    """Base class: `element` is the event, or the receive task."""

    element: Element

    def arm(self, token: Token) -> None:
        """Begin to wait."""

    def again(self, token: Token) -> bool:
        """Return whether a non-interrupting event waits on after it went off."""
        return True


@dataclass(frozen=True)
class MessageTrigger(Trigger):
    """A message or a signal with this name."""

    kind: Either["message", "signal"]
    name: str
    correlation: Text | None = None

    def arm(self, token: Token) -> None:
        if self.correlation is not None:
            found = self.correlation.value(token)
            token.internal_data["correlation"] = None if found is None else str(found)

    def waiting(self, token: Token) -> WaitingMessage:
        correlation = token.internal_data.get("correlation")
        return WaitingMessage(token.key, self.kind, self.name, correlation, self.element.id)


@dataclass(frozen=True)
class ConditionTrigger(Trigger):
    """A condition that becomes true. An undecided one (null) is not true."""

    condition: Formula

    def arm(self, token: Token) -> None:
        token.internal_data["was"] = False
        token.case.stirred.add(token.id)

    def comes_true(self, token: Token) -> bool:
        """Return whether it is true now and was not at the last check."""
        found = self.condition.value(token)
        if found is not None and not isinstance(found, bool):
            zh = f"条件「{self.condition.text}」的结果是 {shown(found)}，只能是真或假。"
            en = f'the condition "{self.condition.text}" evaluated to {shown(found)}; it must be true or false.'
            raise StepFailed(self.element.id, self.element.name, zh, en)
        was, token.internal_data["was"] = token.internal_data["was"], found is True
        return found is True and not was


@dataclass(frozen=True)
class TimerTrigger(Trigger):
    """A moment. It is computed when the wait begins and again on request, and fires only when told to.

    A repetition keeps how many are left ("left", None: no end) and its interval ("every"). Missed repetitions count as
    made: the next one is the first in the future.
    """

    text: Text

    @property
    def expression(self) -> str:
        return self.text.text

    def arm(self, token: Token) -> None:
        token.internal_data["since"] = token.case.world.now
        self.work_out(token)

    def work_out(self, token: Token) -> None:
        """Compute the moment. Raises `StepFailed` for anything that is no moment, duration or repetition."""
        found = self.text.value(token)
        try:
            self._set(token, found)
        except (OverflowError, ValueError):
            self._refuse(found)

    def _set(self, token: Token, found: object) -> None:
        memory, since, zone = token.internal_data, token.internal_data["since"], token.case.world.zone
        if isinstance(found, str):
            found = self._read(found)
        if isinstance(found, moments.Cycle):
            if not found.moves:
                self._refuse_to_stand()
            first = found.start if found.start is not None else moments.add(since, found.every, zone)
            memory.update(due=moments.aware(first, zone), left=found.times, every=found.every)
        elif found is None:
            self.text.check_names(token)  # a mistyped name must not sleep for ever
            memory["due"] = None
        elif isinstance(found, timedelta | YearsMonths):
            memory["due"] = moments.add(since, found, zone)
        elif isinstance(found, datetime | date):
            memory["due"] = moments.aware(found, zone)
        else:
            self._refuse(found)

    def again(self, token: Token) -> bool:
        memory = token.internal_data
        every, left = memory.get("every"), memory.get("left")
        if every is None:
            return False
        if not moments.moves(every):  # set before such repetitions were refused
            self._refuse_to_stand()
        world = token.case.world
        try:
            memory["due"], passed = moments.after(memory["due"] or world.now, every, world.now, world.zone)
        except (OverflowError, ValueError):  # beyond the year 9999
            return False
        if left is None:
            return True
        memory["left"] = left - passed
        return bool(memory["left"] > 0)

    def waiting(self, token: Token) -> WaitingTimer:
        return WaitingTimer(token.key, self.element.id, token.internal_data["due"], self.expression)

    def _read(self, text: str) -> object:
        found = moments.read(text)
        if found is None:
            self._refuse(text)
        return found

    def _refuse_to_stand(self) -> NoReturn:
        """Fail the step: a repetition that does not move forward would go off without end."""
        zh, en = moments.standing(self.text.text)
        raise StepFailed(self.element.id, self.element.name, zh, en)

    def _refuse(self, found: object) -> NoReturn:
        zh = f"定时器的值 {shown(found)} 既不是时刻也不是时长(例如 PT4H、P3D、R3/PT1H)。"
        en = f"the timer's value {shown(found)} is neither a moment nor a duration (such as PT4H, P3D, R3/PT1H)."
        raise StepFailed(self.element.id, self.element.name, zh, en)


def readable(text: Text) -> bool:
    """Return whether a literal timer text can be parsed."""
    return not isinstance(text, Literal) or moments.read(text.text) is not None
