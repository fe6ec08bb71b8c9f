"""Whether a value is of a type, as `instance of` and typed parameters ask."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.feel.bounds import Run
from engine.feel.frames import Function
from engine.feel.operators import instant
from engine.feel.syntax import Type
from engine.feel.values import (
    CONTEXT_KIND,
    DATE,
    FUNCTION,
    LIST,
    MOMENT,
    NULL,
    RANGE,
    Range,
    kind,
)

SYNONYMS = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "days and time duration": "days and time duration",
}
SIMPLE = frozenset(
    [
        "number",
        "string",
        "boolean",
        "date",
        "time",
        "list",
        "context",
        "range",
        "function",
        "Null",
        "date and time",
        "days and time duration",
        "years and months duration",
    ]
)


def conforms(value: object, type: Type, run: Run) -> bool:
    """Return whether the value is of this type; null is only of type Null."""
    name = SYNONYMS.get(type.name, type.name)
    if name == "Any":
        return value is not None
    if name not in SIMPLE:
        return run.belongs is not None and run.belongs(value, name)
    what = kind(value)
    if name != what:
        return False
    return not type.inner or INNER[what](value, type, run)


def accepted(value: object, type: Type | None, run: Run) -> tuple[object] | None:
    """Return the value as a parameter of this type takes it (an item for a list of it, and the reverse), or None."""
    if type is None or type.name == "Any" or value is None or conforms(value, type, run):
        return (value,)
    if SYNONYMS.get(type.name, type.name) == MOMENT and kind(value) == DATE:
        return (instant(value),)
    if type.name == LIST and type.inner and conforms(value, type.inner[0], run):
        return ([value],)
    if isinstance(value, list) and len(value) == 1 and conforms(value[0], type, run):
        return (value[0],)
    return None


def _list(value: Any, type: Type, run: Run) -> bool:
    return all(item is None or conforms(item, type.inner[0], run) for item in value)


def _context(value: Mapping[str, object], type: Type, run: Run) -> bool:
    return all(
        field in value and (value[field] is None or conforms(value[field], inner, run))
        for field, inner in zip(type.fields, type.inner, strict=True)
    )


def _range(value: Range, type: Type, run: Run) -> bool:
    return all(end is None or conforms(end, type.inner[0], run) for end in (value.start, value.end))


def _function(value: object, type: Type, run: Run) -> bool:
    return not isinstance(value, Function) or len(value.parameters) == len(type.inner) - 1


INNER: dict[str, Callable[[Any, Type, Run], bool]] = {
    LIST: _list,
    CONTEXT_KIND: _context,
    RANGE: _range,
    FUNCTION: _function,
    NULL: lambda value, type, run: True,
}
