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
    """An effect that a service task may ask for: its inputs, its results, and its function.

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
    """One of our functions for expressions in diagrams; free of side effects."""

    name: str
    zh: str
    en: str
    parameters: Sequence[str]
    compute: Compute


@dataclass(slots=True)
class Registry:
    """The allow-list. The domain registers its topics and functions here on import.

    `beginnings` maps a process to the names of the variables that its cases start with; `meanings` to what its steps,
    and those of the processes that it calls, may mean.
    """

    topics: dict[str, Topic] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    beginnings: dict[str, frozenset[str]] = field(default_factory=dict)
    meanings: dict[str, Meanings] = field(default_factory=dict)


ALLOWED = Registry()


def topic(
    name: str, *, zh: str, en: str, takes: Mapping[str, str] | None = None, gives: Mapping[str, str] | None = None
) -> Callable[[Perform], Perform]:
    """Register the decorated function as topic `name`."""

    def enter(perform: Perform) -> Perform:
        ALLOWED.topics[name] = Topic(name, zh, en, takes or {}, gives or {}, perform)
        return perform

    return enter


def function(name: str, *, zh: str, en: str, parameters: Sequence[str] = ()) -> Callable[[Compute], Compute]:
    """Register the decorated function (session, case, *arguments) as FEEL function `name`."""

    def enter(compute: Compute) -> Compute:
        ALLOWED.functions[name] = Function(name, zh, en, tuple(parameters), compute)
        return compute

    return enter


def begins_with(process: str, *names: str) -> None:
    """Register the first variables of every case of `process`, so that a check can report unknown names."""
    ALLOWED.beginnings[process] = frozenset(names)


def means(process: str, *, statuses: Iterable[str], counts_as: Iterable[str], is_told: bool = False) -> None:
    """Register the allowed meanings of steps of `process`, for checks; `is_told`: residents read of its steps."""
    ALLOWED.meanings[process] = Meanings(frozenset(statuses), frozenset(counts_as), is_told)


def bound(session: Session, case: Case) -> dict[str, Callable[..., Any]]:
    """Return the functions as expressions call them: bound to one case and its transaction."""
    return {name: _tie(each.compute, session, case) for name, each in ALLOWED.functions.items()}


def _tie(compute: Compute, session: Session, case: Case) -> Callable[..., object]:
    return lambda *arguments: compute(session, case, *arguments)
