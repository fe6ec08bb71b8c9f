"""What diagrams may call: topics of service tasks, and functions in expressions. Nothing else has effects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from engine.bpmn.checking import Meanings
from engine.bpmn.execution import Work

if TYPE_CHECKING:
    from engine.casework.cases import Case

Perform = Callable[[Session, "Case", Work], Mapping[str, object]]
Compute = Callable[..., object]


@dataclass(frozen=True, slots=True)
class Topic:
    """An effect that a service task may ask for: what it takes, what it gives, and what does it.

    `takes` and `gives` map a field to its type in words ("text", "number", "choice", "date", "truth").
    """

    name: str
    zh: str
    en: str
    takes: Mapping[str, str]
    gives: Mapping[str, str]
    perform: Perform


@dataclass(frozen=True, slots=True)
class Function:
    """A function of ours that expressions of a diagram may call; free of effects."""

    name: str
    zh: str
    en: str
    parameters: Sequence[str]
    compute: Compute


@dataclass(slots=True)
class Registry:
    """The allow-list. The domain enters its topics and functions here when it is imported.

    `beginnings` maps a process to the names of the variables that its cases start with; `meanings` to what its steps,
    and those of the processes that it calls, may say of themselves.
    """

    topics: dict[str, Topic] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    beginnings: dict[str, frozenset[str]] = field(default_factory=dict)
    meanings: dict[str, Meanings] = field(default_factory=dict)


ALLOWED = Registry()


def topic(
    name: str, *, zh: str, en: str, takes: Mapping[str, str] | None = None, gives: Mapping[str, str] | None = None
) -> Callable[[Perform], Perform]:
    """Enter the decorated function as topic `name`."""

    def enter(perform: Perform) -> Perform:
        ALLOWED.topics[name] = Topic(name, zh, en, takes or {}, gives or {}, perform)
        return perform

    return enter


def function(name: str, *, zh: str, en: str, parameters: Sequence[str] = ()) -> Callable[[Compute], Compute]:
    """Enter the decorated function (session, case, *arguments) as FEEL function `name`."""

    def enter(compute: Compute) -> Compute:
        ALLOWED.functions[name] = Function(name, zh, en, tuple(parameters), compute)
        return compute

    return enter


def begins_with(process: str, *names: str) -> None:
    """Say which variables every case of `process` starts with, so that a check can tell an unknown name."""
    ALLOWED.beginnings[process] = frozenset(names)


def means(process: str, *, statuses: Iterable[str], counts_as: Iterable[str], is_told: bool = False) -> None:
    """Say what the steps of `process` may mean, so that a check can tell an unknown value; `is_told`: to residents."""
    ALLOWED.meanings[process] = Meanings(frozenset(statuses), frozenset(counts_as), is_told)


def bound(session: Session, case: Case) -> dict[str, Callable[..., Any]]:
    """The functions as expressions call them: tied to one case and to the transaction it is stepped in."""
    return {name: _tie(each.compute, session, case) for name, each in ALLOWED.functions.items()}


def _tie(compute: Compute, session: Session, case: Case) -> Callable[..., object]:
    return lambda *arguments: compute(session, case, *arguments)
