"""What differs between two versions of a process, as values: files, and in each what came, went, changed or moved."""

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from engine.forms import Words

How = Literal["added", "removed", "changed", "moved"]
Sort = Literal["diagram", "table", "form", "scenario", "file"]

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that changed: `what` is its code (a property, a column), `label` its name; "" where there was nothing."""

    what: str
    label: Words
    before: Words
    after: Words


@dataclass(frozen=True, slots=True)
class Change:
    """An element, a row, a field or a step that came, went, changed or moved.

    place: its id, key or number. kind: of an element as the diagram calls it, with the kind of its `event`; else "row",
    "column", "field", "step" or "text". within: the table, or the phase of the diagram (`phases`: the ids of all around it, the
    innermost first). was, now: its number before and
    after, counted from 1, where it has one.
    """

    how: How
    place: str
    name: Words
    kind: str
    parts: tuple[Part, ...] = ()
    within: Words = field(default_factory=Words)
    phases: tuple[str, ...] = ()
    event: str | None = None
    was: int = 0
    now: int = 0


@dataclass(frozen=True, slots=True)
class FileChanges:
    """What differs in one file.

    name: what it is called inside. quiet: what was only drawn elsewhere. unread: one of the two cannot be read, so nothing more can be said.
    """

    path: str
    sort: Sort
    how: How
    changes: tuple[Change, ...] = ()
    quiet: tuple[Change, ...] = ()
    unread: bool = False
    name: Words = field(default_factory=Words)


def plain(text: object) -> Words:
    """Return a text that is the same in both languages; nothing for nothing."""
    return Words() if text in (None, "", ()) else Words(str(text), str(text))


def part(what: str, label: Words, before: Words, after: Words) -> list[Part]:
    """Return what changed, as a list: empty if nothing did."""
    return [] if before == after else [Part(what, label, before, after)]


def moved(before: Sequence[T], after: Sequence[T]) -> set[T]:
    """Return what has to be moved, as few as possible, to come from one order to the other."""
    at = {each: number for number, each in enumerate(before)}
    common = [each for each in after if each in at]
    ends: list[int] = []  # the smallest last place of an unmoved row of each length
    last: list[T] = []
    came_from: dict[T, T | None] = {}
    for each in common:
        length = bisect_left(ends, at[each])
        ends[length : length + 1] = [at[each]]
        last[length : length + 1] = [each]
        came_from[each] = last[length - 1] if length else None
    kept: set[T] = set()
    here = last[-1] if last else None
    while here is not None:
        kept.add(here)
        here = came_from[here]
    return set(common) - kept
