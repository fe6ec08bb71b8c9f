"""Timers and due dates in words: after 24 hours, after 3 working days, at 80 % of a limit, on a date of a form."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Literal

from engine.bpmn.execution import moments
from engine.bpmn.sentences.formulas import named, number, path_of, plain, quoted, tree
from engine.core.errors import Unclear
from engine.feel import syntax

Place = Literal["timer", "due"]
"""Where it is written: in a timer, or as the due date of a task."""

UNITS: Mapping[str, str] = {"minutes": "PT{}M", "hours": "PT{}H", "days": "P{}D", "weeks": "P{}W", "months": "P{}M"}

_SPAN = re.compile(r"P(?:T(\d+)([MH])|(\d+)([DWM]))")
_EVERY = re.compile(r"R(\d*)/(?:([^/P]+)/)?(P.*)")
_LETTERS = {"M": "minutes", "H": "hours"}, {"D": "days", "W": "weeks", "M": "months"}
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")


@dataclass(frozen=True, slots=True)
class When:
    """A moment in words; what its `kind` does not need is "".

    after: `number` of `unit`. working_days: `number`, or as many as `field` says. share: `number` per cent of `limit`.
    rung: the ladder's rung `number` of `limit`. row: as long as the row `limit` of the limits in `field` says. field: the
    moment or length in `field`, for a day at `clock`. at: the moment `at`. every: `number` of `unit`, `times` times
    (endless if ""), from `at` on.
    """

    kind: str
    number: str = ""
    unit: str = ""
    field: str = ""
    clock: str = ""
    limit: str = ""
    at: str = ""
    times: str = ""

    @classmethod
    def of(cls, given: Mapping[str, object]) -> "When":
        """Return what somebody filled in. Raises `Unclear`."""
        known = {each.name: given.get(each.name, "") for each in fields(cls)}
        if (
            not all(isinstance(each, str) and len(each) <= 200 for each in known.values())
            or known["kind"] not in _WRITE
        ):
            raise Unclear(zh="请选择什么时候。", en="Choose when.")
        return cls(**{name: str(value).strip() for name, value in known.items()})


@dataclass(frozen=True, slots=True)
class Written:
    """As the diagram writes it. `tag`: the element of a timer that holds it."""

    text: str
    tag: str = ""


# ---- read ------------------------------------------------------------------------------------------------------------


def read(text: str) -> When | None:
    """Return the sentence of a timer or due date; None where it is none of ours."""
    text = text.strip()
    found = _of_formula(text) if text.startswith("=") else _of_iso(text.strip('"'))
    return found if found is not None and _means(found, text) else None


def _means(found: When, text: str) -> bool:
    """Return whether the sentence means what it was read from."""
    try:
        again = {write(found, "timer").text} | ({write(found, "due").text} if found.kind != "every" else set())
    except Unclear:
        return False
    if not text.startswith("="):
        return any(moments.read(each) == moments.read(text.strip('"')) for each in again)
    return found.kind == "after" or any(tree(each) == tree(text) for each in again)


def _of_iso(text: str) -> When | None:
    if (every := _EVERY.fullmatch(text)) is not None:
        span = _span(every[3])
        return span and When("every", span.number, span.unit, at=every[2] or "", times=every[1])
    if (span := _span(text)) is not None:
        return span
    found = moments.read(text)
    return (
        When("at", at=text)
        if found is not None and not isinstance(found, moments.Cycle) and text[:1].isdigit()
        else None
    )


def _span(text: str) -> When | None:
    found = _SPAN.fullmatch(text)
    if found is None:
        return None
    letters, count, letter = (_LETTERS[0], found[1], found[2]) if found[1] else (_LETTERS[1], found[3], found[4])
    return When("after", str(int(count)), letters[letter])


def _of_formula(text: str) -> When | None:
    match tree(text):
        case syntax.Call(syntax.Name(function), arguments, ()):
            return _of_call(function, arguments)
        case syntax.Binary(
            "+", syntax.Call(syntax.Name("now"), (), ()), syntax.Call(syntax.Name("duration"), (span,), ())
        ):
            return _span(span.value) if isinstance(span, syntax.Literal) and isinstance(span.value, str) else _row(span)
        case None:
            return None
        case node:
            return _row(node) or (When("field", field=path_of(node)) if path_of(node) else None)


def _of_call(function: str, arguments: tuple[syntax.Node, ...]) -> When | None:
    match function, arguments:
        case "working_days", (syntax.Literal(Decimal() as days),):
            return When("working_days", plain(days))
        case "working_days", (count,) if path_of(count):
            return When("working_days", field=path_of(count))
        case "deadline", (syntax.Literal(str() as limit), syntax.Literal(Decimal() as share)):
            return When("share", plain(share * 100), limit=limit)
        case "rung", (syntax.Literal(str() as limit), syntax.Literal(Decimal() as rung)):
            return When("rung", plain(rung), limit=limit)
        case "date and time", (day, syntax.Call(syntax.Name("time"), (syntax.Literal(str() as clock),), ())) if path_of(
            day
        ):
            return When("field", field=path_of(day), clock=clock)
    return None


def _row(node: syntax.Node) -> When | None:
    """Return the sentence of `limits[kind = "undo_merge"][1].limit`."""
    match node:
        case syntax.Path(
            syntax.Filter(syntax.Filter(source, syntax.Compare("=", syntax.Name("kind"), kind)), first), "limit"
        ):
            if isinstance(kind, syntax.Literal) and isinstance(kind.value, str) and first == syntax.Literal(Decimal(1)):
                return When("row", field=path_of(source), limit=kind.value)
    return None


# ---- write -----------------------------------------------------------------------------------------------------------


def write(when: When, place: Place) -> Written:
    """Return it as the diagram writes it. Raises `Unclear` with what is missing."""
    if place == "due" and when.kind == "every":
        raise Unclear(zh="到期时间不能重复。", en="A due date cannot repeat.")
    written = _WRITE[when.kind](when)
    if place == "due" and when.kind == "row":
        return Written(f"=now() + duration({written.text.removeprefix('=')})")
    return written if place == "timer" else Written(written.text)


def _after(when: When) -> Written:
    if when.unit not in UNITS:
        raise Unclear(zh="请选择单位。", en="Choose the unit.")
    if not when.number.isdigit():
        raise Unclear(zh="请填写整数，例如 24。", en="Write a whole number, such as 24.")
    return Written(UNITS[when.unit].format(number(when.number, 1)), "timeDuration")


def _working_days(when: When) -> Written:
    if when.field:
        return Written(f"=working_days({named(when.field)})", "timeDate")
    if not when.number.isdigit():
        raise Unclear(zh="请填写几个工作日，例如 3。", en="Write how many working days, such as 3.")
    return Written(f"=working_days({number(when.number, 1)})", "timeDate")


def _limit(when: When) -> str:
    if not when.limit:
        raise Unclear(zh="请选择哪一个时限。", en="Choose which limit.")
    return quoted(when.limit)


def _share(when: When) -> Written:
    share = plain(Decimal(number(when.number, 1)) / 100)
    return Written(f"=deadline({_limit(when)}, {share})", "timeDate")


def _rung(when: When) -> Written:
    return Written(f"=rung({_limit(when)}, {number(when.number, 1)})", "timeDate")


def _written_row(when: When) -> Written:
    return Written(f"={named(when.field or 'limits')}[kind = {_limit(when)}][1].limit", "timeDuration")


def _field(when: When) -> Written:
    if not when.clock:
        return Written(f"={named(when.field)}", "timeDate")
    if not _CLOCK.fullmatch(when.clock):
        raise Unclear(zh="钟点请写成 09:00。", en="Write the time of day as 09:00.")
    clock = when.clock if when.clock.count(":") == 2 else f"{when.clock}:00"
    return Written(f"=date and time({named(when.field)}, time({quoted(clock)}))", "timeDate")


def _at(when: When) -> Written:
    found = moments.read(when.at) if when.at[:1].isdigit() else None
    if found is None or isinstance(found, moments.Cycle):
        raise Unclear(zh="请填写日期和钟点。", en="Give the date and the time of day.")
    return Written(when.at, "timeDate")


def _every(when: When) -> Written:
    if when.times and not when.times.isdigit():
        raise Unclear(
            zh="次数请填写整数，或者空着（一直重复）。", en="Write how many times, or leave it empty for no end."
        )
    text = f"R{when.times}/{when.at + '/' if when.at else ''}{_after(when).text}"
    if moments.read(text) is None:
        raise Unclear(zh="从什么时候开始，请填写日期和钟点。", en="Give the date and the time from which it repeats.")
    return Written(text, "timeCycle")


_WRITE: Mapping[str, Callable[[When], Written]] = {
    "after": _after,
    "working_days": _working_days,
    "share": _share,
    "rung": _rung,
    "row": _written_row,
    "field": _field,
    "at": _at,
    "every": _every,
}
