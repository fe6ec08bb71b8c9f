"""What diagrams may call: topics of service tasks, and functions in expressions. Nothing else has effects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from engine.bpmn.checking import Asked, Meanings, Promise, Wording
from engine.bpmn.execution import Work

if TYPE_CHECKING:
    from engine.casework.cases import Case

Perform = Callable[[Session, "Case", Work], Mapping[str, object]]
Compute = Callable[..., object]


@dataclass(frozen=True, slots=True)
class Topic:
    """An effect that a service task may ask for: its inputs, its results, and its function.

    `takes` and `gives` map a field to its type in words ("text", "number", "choice", "date", "truth"). `needs` are the
    inputs that it cannot do without, `more` optional ones; `words` says what a written-out input can be.
    """

    name: str
    zh: str
    en: str
    takes: Mapping[str, str]
    gives: Mapping[str, str]
    perform: Perform
    needs: frozenset[str] = frozenset()
    more: frozenset[str] = frozenset()
    words: Mapping[str, Wording] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Function:
    """One of our functions for expressions in diagrams; free of side effects. `words`: what its parameters can be.

    `by_group`: it also takes `group`, the group of the task that it is called for ("" for none).
    """

    name: str
    zh: str
    en: str
    parameters: Sequence[str]
    compute: Compute
    words: Mapping[str, Wording] = field(default_factory=dict)
    by_group: bool = False


@dataclass(slots=True)
class Registry:
    """The allow-list. The domain registers its topics and functions here on import.

    `beginnings` maps a process to the names of the variables that its cases start with; `meanings` to what its steps,
    and those of the processes that it calls, may mean; `changed` to the variables that the domain sets while a case
    runs, `read` to those that it reads, `codes` to the texts that a variable can be. `messages` maps the name of a
    message that the domain sends to the variables that it brings, `promises` a table to what it must hold,
    `asked` to what the domain asks of it; `answers` a process to what the domain reads of its forms, by what their
    steps count as. `contact` are the keys of a start form that say who asks.
    """

    topics: dict[str, Topic] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    beginnings: dict[str, frozenset[str]] = field(default_factory=dict)
    meanings: dict[str, Meanings] = field(default_factory=dict)
    changed: dict[str, frozenset[str]] = field(default_factory=dict)
    read: dict[str, frozenset[str]] = field(default_factory=dict)
    codes: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict)
    messages: dict[str, frozenset[str]] = field(default_factory=dict)
    promises: dict[str, Promise] = field(default_factory=dict)
    asked: dict[str, Asked] = field(default_factory=dict)
    answers: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict)
    contact: frozenset[str] = frozenset()


ALLOWED = Registry()


def topic(
    name: str,
    *,
    zh: str,
    en: str,
    takes: Mapping[str, str] | None = None,
    gives: Mapping[str, str] | None = None,
    needs: Iterable[str] = (),
    more: Iterable[str] = (),
    words: Mapping[str, Wording] | None = None,
) -> Callable[[Perform], Perform]:
    """Register the decorated function as topic `name`."""

    def enter(perform: Perform) -> Perform:
        ALLOWED.topics[name] = Topic(
            name, zh, en, takes or {}, gives or {}, perform, frozenset(needs), frozenset(more), words or {}
        )
        return perform

    return enter


def function(
    name: str,
    *,
    zh: str,
    en: str,
    parameters: Sequence[str] = (),
    words: Mapping[str, Wording] | None = None,
    by_group: bool = False,
) -> Callable[[Compute], Compute]:
    """Register the decorated function (session, case, *arguments) as FEEL function `name`."""

    def enter(compute: Compute) -> Compute:
        ALLOWED.functions[name] = Function(name, zh, en, tuple(parameters), compute, words or {}, by_group)
        return compute

    return enter


def begins_with(process: str, *names: str) -> None:
    """Register the first variables of every case of `process`, so that a check can report unknown names."""
    ALLOWED.beginnings[process] = frozenset(names)


def uses(
    process: str,
    *,
    changes: Iterable[str] = (),
    reads: Iterable[str] = (),
    codes: Mapping[str, Iterable[str]] | None = None,
) -> None:
    """Register what the domain does with the variables of `process`: which it changes and reads, and their texts."""
    ALLOWED.changed[process] = frozenset(changes)
    ALLOWED.read[process] = frozenset(reads)
    ALLOWED.codes[process] = {name: frozenset(each) for name, each in (codes or {}).items()}


def sends(message: str, *fields: str) -> None:
    """Register a message that the domain sends to waiting cases, with the variables that it brings."""
    ALLOWED.messages[message] = frozenset(fields)


def promises(decision: str, promise: Promise) -> None:
    """Register what a table must hold."""
    ALLOWED.promises[decision] = promise


def asks(
    decision: str,
    *,
    of: str,
    reads: Iterable[str],
    given: Iterable[str] | None = None,
    codes: Mapping[str, Iterable[str]] | None = None,
) -> None:
    """Register a table of process `of` that the domain itself asks, with these values (None: those of a case), which
    can be these texts, and what it reads."""
    known = {name: frozenset(each) for name, each in (codes or {}).items()}
    ALLOWED.asked[decision] = Asked(frozenset(reads), None if given is None else frozenset(given), of, known)


def reads_answers(process: str, counts_as: str, *keys: str) -> None:
    """Register the keys that the domain reads of the forms of those steps of `process` that count as `counts_as`."""
    ALLOWED.answers.setdefault(process, {})[counts_as] = frozenset(keys)


def reads_contact(*keys: str) -> None:
    """Register the keys of a start form that say who asks."""
    ALLOWED.contact = frozenset(keys)


def means(
    process: str,
    *,
    statuses: Iterable[str],
    counts_as: Iterable[str],
    is_told: bool = False,
    deadlines: Iterable[str] | None = None,
) -> None:
    """Register the allowed meanings of steps of `process`, for checks; `is_told`: residents read of its steps."""
    limits = None if deadlines is None else frozenset(deadlines)
    ALLOWED.meanings[process] = Meanings(frozenset(statuses), frozenset(counts_as), is_told, limits)


def bound(session: Session, case: Case) -> dict[str, Callable[..., Any]]:
    """Return the functions as expressions call them: bound to one case and its transaction."""
    return {name: _tie(each.compute, session, case) for name, each in ALLOWED.functions.items()}


def bound_for(session: Session, case: Case, group: str) -> dict[str, Callable[..., Any]]:
    """Return those functions that differ at a task of this group, bound to it as well."""
    return {
        name: _tie(partial(each.compute, group=group), session, case)
        for name, each in ALLOWED.functions.items()
        if each.by_group
    }


def _tie(compute: Compute, session: Session, case: Case) -> Callable[..., object]:
    return lambda *arguments: compute(session, case, *arguments)
