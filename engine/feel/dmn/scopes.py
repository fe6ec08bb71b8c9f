"""Which names each part of a boxed expression sees."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from engine.feel.dmn import boxes
from engine.feel.dmn.boxes import Box

Names = frozenset[str]
Scoped = tuple[boxes.Text | boxes.Table, Names]


def scopes(box: Box, names: Names) -> Iterator[Scoped]:
    """Yield the literal expressions and tables within, each with the names known there.

    Conditions of boxed filters are left out: the names in them may be fields of the items.
    """
    if isinstance(box, boxes.Text | boxes.Table):
        yield box, names
    else:
        yield from WITHIN[type(box)](box, names)


def _all(parts: Iterable[Box], names: Names) -> Iterator[Scoped]:
    for part in parts:
        yield from scopes(part, names)


def _context(box: boxes.Context, names: Names) -> Iterator[Scoped]:
    """Yield the entries' scopes: each sees those before it, and itself if it is a function."""
    for entry in box.entries:
        recursive = isinstance(entry.box, boxes.Definition)
        yield from scopes(entry.box, names | {entry.name} if recursive else names)
        names |= {entry.name}
    if box.result:
        yield from scopes(box.result, names)


def _definition(box: boxes.Definition, names: Names) -> Iterator[Scoped]:
    if box.kind == "FEEL":
        yield from scopes(box.body, names | {parameter.name for parameter in box.parameters})


def _iteration(box: boxes.Iteration, names: Names) -> Iterator[Scoped]:
    yield from scopes(box.domain, names)
    yield from scopes(box.body, names | {box.variable, "partial"})


WITHIN: dict[type[Box], Callable[[Any, Names], Iterator[Scoped]]] = {
    boxes.Typed: lambda box, names: scopes(box.box, names),
    boxes.Context: _context,
    boxes.Definition: _definition,
    boxes.Iteration: _iteration,
    boxes.Filter: lambda box, names: scopes(box.domain, names),
    boxes.Items: lambda box, names: _all(box.items, names),
    boxes.Relation: lambda box, names: _all((cell for row in box.rows for cell in row), names),
    boxes.Invocation: lambda box, names: _all((box.function, *(each.box for each in box.bindings)), names),
    boxes.Conditional: lambda box, names: _all((box.condition, box.then, box.otherwise), names),
}
