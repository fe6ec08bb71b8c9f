"""Values as callers get them: results, and the arguments of their own functions."""

from decimal import Decimal

from engine.feel.bounds import Run
from engine.feel.timeline import THEIRS
from engine.feel.values import Range, decimal


def plain(value: object, run: Run) -> object:
    """Return the value as callers get it: every number a Decimal, every date or time Python's own if that can hold it.

    Charged item by item, since readers must walk it.
    """
    what = type(value)
    if what in LEAVES:
        return value
    if what is int or what is float:
        return decimal(value)
    if what is list or what is tuple:
        items: list[object] = value  # type: ignore[assignment]
        run.spend(len(items) + 4)
        return [item if type(item) in LEAVES else plain(item, run) for item in items]
    if what is dict:
        entries: dict[str, object] = value  # type: ignore[assignment]
        run.spend(len(entries) + 4)
        return {key: item if type(item) in LEAVES else plain(item, run) for key, item in entries.items()}
    if isinstance(value, Range):
        return Range(plain(value.start, run), plain(value.end, run), value.start_included, value.end_included)
    convert = THEIRS.get(what)
    return value if convert is None else convert(value)


LEAVES = frozenset({str, bool, Decimal, type(None)})
