"""Encode the values of a case as JSON and back: numbers, dates, moments and durations keep their types."""

import json
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel import YearsMonths

_MARK = "\x01"  # no form field or FEEL name can begin with it
_WHOLE = 10**15
_LARGEST = 10**40
_DEEPEST = 64


def dumps(value: object) -> str:
    """Return compact JSON."""
    return _encoder.encode(value)


def loads(text: str | bytes) -> Any:
    """Return the value that `dumps` wrote."""
    return _decoder.decode(text if isinstance(text, str) else text.decode())


def keepable(value: object, depth: int = 0) -> bool:
    """Return whether a case can store this value: no functions, ranges, foreign objects or huge values."""
    if value is None or isinstance(value, bool | str | date | time | timedelta | YearsMonths):
        return True
    if isinstance(value, int):
        return abs(value) < _LARGEST
    if isinstance(value, Decimal | float):
        return Decimal(value).is_finite()
    if depth > _DEEPEST:
        return False
    if isinstance(value, list | tuple):
        return all(keepable(one, depth + 1) for one in value)
    if isinstance(value, Mapping):
        return all(_key(key) and keepable(one, depth + 1) for key, one in value.items())
    return False


def _key(key: object) -> bool:
    return isinstance(key, str) and not key.startswith(_MARK)


def _write(value: object) -> object:
    write = _WRITERS.get(type(value))
    if write is not None:
        return write(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"a case cannot store {value!r}")


def _write_number(value: Decimal) -> object:
    whole = value.as_tuple().exponent == 0 and abs(value) < _WHOLE
    return int(value) if whole else {_MARK + "n": str(value)}


def _write_span(value: timedelta) -> object:
    return {_MARK + "s": [value.days, value.seconds, value.microseconds]}


_WRITERS: dict[type, Callable[[Any], object]] = {
    Decimal: _write_number,
    datetime: lambda value: {_MARK + "t": value.isoformat()},
    date: lambda value: {_MARK + "d": value.isoformat()},
    time: lambda value: {_MARK + "c": value.isoformat()},
    timedelta: _write_span,
    YearsMonths: lambda value: {_MARK + "m": value.months},
}

_READERS: dict[str, Callable[[Any], object]] = {
    _MARK + "n": Decimal,
    _MARK + "t": datetime.fromisoformat,
    _MARK + "d": date.fromisoformat,
    _MARK + "c": time.fromisoformat,
    _MARK + "s": lambda row: timedelta(*row),
    _MARK + "m": YearsMonths,
}


def _read(row: dict[str, Any]) -> object:
    if len(row) == 1:
        for key, value in row.items():
            read = _READERS.get(key)
            if read is not None:
                return read(value)
    return row


# Built once: a state is read and written at every step, and building these costs as much as a small state.
_encoder = json.JSONEncoder(default=_write, ensure_ascii=False, check_circular=False, separators=(",", ":"))
_decoder = json.JSONDecoder(object_hook=_read)
