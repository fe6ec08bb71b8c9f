"""How values are written as text: what string() gives."""

from collections.abc import Mapping
from decimal import Decimal

from engine.feel.bounds import Run
from engine.feel.timeline import Date, DaysTime, Moment, Time, own
from engine.feel.values import Range, YearsMonths, decimal, kind


def string(run: Run, value: object, quoted: bool = False) -> str:
    """Return the text of a value; strings inside lists and contexts are quoted."""
    run.spend(5)
    text = _text(run, value, quoted)
    run.made_text(len(text))
    return text


def number(value: Decimal) -> str:
    """Return digits without exponent and trailing zeros."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _text(run: Run, value: object, quoted: bool) -> str:
    value = own(value)
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if quoted else value
        case int() | float() | Decimal():
            return number(decimal(value))
        case Moment() | Date() | Time() | DaysTime() | YearsMonths():
            return str(value)
        case list() | tuple():
            return "[" + ", ".join(string(run, item, quoted=True) for item in value) + "]"
        case Mapping():
            entries = (f"{key}: {string(run, inner, quoted=True)}" for key, inner in value.items())
            return "{" + ", ".join(entries) + "}"
        case Range():
            return _range(run, value)
        case _:
            return f"<{kind(value)}>"


def _range(run: Run, value: Range) -> str:
    if value.start is None and not value.start_included:
        return f"({'<=' if value.end_included else '<'} {string(run, value.end, quoted=True)})"
    if value.end is None and not value.end_included:
        return f"({'>=' if value.start_included else '>'} {string(run, value.start, quoted=True)})"
    left, right = "[" if value.start_included else "(", "]" if value.end_included else ")"
    return f"{left}{string(run, value.start, quoted=True)}..{string(run, value.end, quoted=True)}{right}"
