"""Arithmetic and comparison of each kind of value. What the standard does not define is null."""

import operator
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from engine.feel import moments
from engine.feel.bounds import Run
from engine.feel.values import (
    BOOLEAN,
    CONTEXT,
    CONTEXT_KIND,
    DATE,
    DAYS,
    FUNCTION,
    LIST,
    MOMENT,
    MONTHS,
    NULL,
    NUMBER,
    RANGE,
    STRING,
    TIME,
    Range,
    YearsMonths,
    decimal,
    finite,
    kind,
)

Operation = Callable[[Any, Any, Run], object]
Comparison = Callable[[object, object, Run], bool | None]
Quick = Callable[[Any, Any], bool]


# -- equality and order --------------------------------------------------------------------------------------------


def equal(a: object, b: object, run: Run) -> bool | None:
    """Return three-valued equality: null equals only null, values of different kinds are not comparable."""
    if a is None or b is None:
        return a is b
    first, second = kind(a), kind(b)
    if first != second:
        return _equal_moments(a, b) if {first, second} == {DATE, MOMENT} else None
    return EQUAL[first](a, b, run)


def _plain(a: object, b: object, run: Run) -> bool | None:
    return a == b


def _equal_numbers(a: Any, b: Any, run: Run) -> bool | None:
    return decimal(a) == decimal(b)


def _equal_moments(a: object, b: object) -> bool | None:
    """Compare moments; a date stands for midnight UTC."""
    first, second = instant(a), instant(b)
    if (first.tzinfo is None) != (second.tzinfo is None):
        return None
    return first == second


def _equal_lists(a: Any, b: Any, run: Run) -> bool | None:
    run.spend(2 + 2 * min(len(a), len(b)))
    if a is b:
        return True
    if len(a) != len(b):
        return False
    return every([equal(x, y, run) for x, y in zip(a, b, strict=True)])


def _equal_contexts(a: Mapping[str, object], b: Mapping[str, object], run: Run) -> bool | None:
    run.spend(2 + 2 * len(a))
    if a is b:
        return True
    if a.keys() != b.keys():
        return False
    return every([equal(value, b[key], run) for key, value in a.items()])


def _equal_ranges(a: Range, b: Range, run: Run) -> bool | None:
    if (a.start_included, a.end_included) != (b.start_included, b.end_included):
        return False
    return every([equal(a.start, b.start, run), equal(a.end, b.end, run)])


def _equal_times(a: time, b: time, run: Run) -> bool | None:
    if (a.tzinfo is None) != (b.tzinfo is None):
        return False
    return moments.since_midnight(a) == moments.since_midnight(b)


EQUAL: dict[str, Callable[[Any, Any, Run], bool | None]] = {
    NUMBER: _equal_numbers,
    STRING: _plain,
    BOOLEAN: _plain,
    DATE: _plain,
    TIME: _equal_times,
    MOMENT: lambda a, b, run: instant(a) == instant(b),
    DAYS: _plain,
    MONTHS: _plain,
    LIST: _equal_lists,
    CONTEXT_KIND: _equal_contexts,
    RANGE: _equal_ranges,
    FUNCTION: lambda a, b, run: a is b,
    NULL: lambda a, b, run: True,
}


def every(answers: list[bool | None]) -> bool | None:
    """Return the three-valued conjunction."""
    if False in answers:
        return False
    return None if None in answers else True


def some(answers: list[bool | None]) -> bool | None:
    """Return the three-valued disjunction."""
    if True in answers:
        return True
    return None if None in answers else False


def negation(answer: object) -> bool | None:
    return not answer if isinstance(answer, bool) else None


def instant(value: object) -> datetime:
    """Return a moment in absolute time: a date is its midnight in UTC, a moment without zone stays as it is."""
    if isinstance(value, datetime):
        return value if value.tzinfo is None else value.astimezone(UTC)
    assert isinstance(value, date)
    return datetime(value.year, value.month, value.day, tzinfo=UTC)


def less(a: object, b: object) -> bool | None:
    """Return whether a comes before b; null where the two have no order."""
    first, second = kind(a), kind(b)
    if first == second == NUMBER:
        return decimal(a) < decimal(b)
    if first in ORDERED and first == second:
        return bool(a < b)  # type: ignore[operator]
    if first == second == TIME:
        assert isinstance(a, time)
        assert isinstance(b, time)
        return moments.since_midnight(a) < moments.since_midnight(b) if bool(a.tzinfo) == bool(b.tzinfo) else None
    if first in (DATE, MOMENT) and second in (DATE, MOMENT):
        early, late = instant(a), instant(b)
        return early < late if bool(early.tzinfo) == bool(late.tzinfo) else None
    return None


ORDERED = (STRING, DATE, DAYS, MONTHS)


COMPARE: dict[str, Comparison] = {
    "=": equal,
    "!=": lambda a, b, run: negation(equal(a, b, run)),
    "<": lambda a, b, run: less(a, b),
    ">": lambda a, b, run: less(b, a),
    "<=": lambda a, b, run: at_most(a, b, run),
    ">=": lambda a, b, run: at_most(b, a, run),
}


def at_most(a: object, b: object, run: Run) -> bool | None:
    before = less(a, b)
    return equal(a, b, run) if before is False else before


# Pairs of types that Python itself compares as the standard does, and how: a fast path past the tables above.
ALIKE = frozenset({(str, str), (Decimal, Decimal), (int, Decimal), (Decimal, int), (int, int)})
QUICK: dict[str, Quick] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def within(value: object, span: Range, run: Run) -> bool | None:
    """Return whether the value lies in the range."""
    if value is None:
        return None
    answers: list[bool | None] = []
    if span.start is not None or span.start_included:
        answers.append(at_most(span.start, value, run) if span.start_included else less(span.start, value))
    if span.end is not None or span.end_included:
        answers.append(at_most(value, span.end, run) if span.end_included else less(value, span.end))
    return every(answers)


def matches(value: object, candidate: object, run: Run) -> bool | None:
    """Return whether `in` holds for one candidate: equal to it, within it, or one of its items."""
    if isinstance(candidate, Range) and not isinstance(value, Range):
        return within(value, candidate, run)
    if isinstance(candidate, list | tuple):
        run.spend(len(candidate))
        return any(_matches_item(value, item, run) is True for item in candidate)
    return equal(value, candidate, run)


def _matches_item(value: object, item: object, run: Run) -> bool | None:
    if isinstance(item, Range) and not isinstance(value, Range):
        return within(value, item, run)
    return equal(value, item, run)


# -- arithmetic ----------------------------------------------------------------------------------------------------


def arithmetic(sign: str, a: object, b: object, run: Run) -> object:
    operation = ARITHMETIC[sign].get((kind(a), kind(b)))
    if operation is None:
        return None
    try:
        return operation(a, b, run)
    except (OverflowError, ValueError):
        return None


def concatenate(a: str, b: str, run: Run) -> str:
    run.made_text(len(a) + len(b))
    return a + b


def negative(value: object) -> object:
    what = kind(value)
    if what == NUMBER:
        return CONTEXT.minus(decimal(value))
    if isinstance(value, timedelta):
        return -value
    return YearsMonths(-value.months) if isinstance(value, YearsMonths) else None


def _divide(a: Any, b: Any, run: Run) -> Decimal | None:
    divisor = decimal(b)
    return finite(CONTEXT.divide(decimal(a), divisor)) if divisor else None


def _power(a: Any, b: Any, run: Run) -> Decimal | None:
    """Compute a power and charge for it: a fractional exponent goes through logarithm and series."""
    base, exponent = decimal(a), decimal(b)
    if not exponent:
        return Decimal(1)
    run.spend(20 if exponent == exponent.to_integral_value() else 1500)
    return finite(CONTEXT.power(base, exponent))


def _scale_days(length: timedelta, factor: Any, run: Run) -> timedelta | None:
    micros = finite(CONTEXT.multiply(Decimal(length // moments.MICRO), decimal(factor)))
    return None if micros is None else timedelta(microseconds=int(micros))


def _divide_days(length: timedelta, divisor: Any, run: Run) -> timedelta | None:
    number = decimal(divisor)
    return _scale_days(length, CONTEXT.divide(Decimal(1), number), run) if number else None


def _scale_months(length: YearsMonths, factor: Any, run: Run) -> YearsMonths | None:
    months = finite(CONTEXT.multiply(Decimal(length.months), decimal(factor)))
    return None if months is None or abs(months) > 10**12 else YearsMonths(int(months))


def _divide_months(length: YearsMonths, divisor: Any, run: Run) -> YearsMonths | None:
    number = decimal(divisor)
    return YearsMonths(int(CONTEXT.divide(Decimal(length.months), number))) if number else None


def _difference(a: object, b: object, run: Run) -> timedelta | None:
    first, second = instant(a), instant(b)
    if (first.tzinfo is None) != (second.tzinfo is None):
        return None
    return first - second


def _date_plus(day: date, length: timedelta, run: Run) -> date:
    return (datetime(day.year, day.month, day.day, tzinfo=UTC) + length).date()


def _flip(operation: Operation) -> Operation:
    return lambda a, b, run: operation(b, a, run)


def _minus(operation: Operation) -> Operation:
    return lambda a, b, run: operation(a, negative(b), run)


def _moment_plus(moment: datetime, length: timedelta, run: Run) -> datetime | None:
    return moments.moved(moment, length)


def _months_later(day: date, length: YearsMonths, run: Run) -> date | None:
    return moments.add_months(day, length.months)


def _time_plus(at: time, length: timedelta, run: Run) -> time:
    return moments.shifted(at, length)


ARITHMETIC: dict[str, dict[tuple[str, str], Operation]] = {
    "+": {
        (NUMBER, NUMBER): lambda a, b, run: finite(CONTEXT.add(decimal(a), decimal(b))),
        (STRING, STRING): concatenate,
        (DAYS, DAYS): lambda a, b, run: a + b,
        (MONTHS, MONTHS): lambda a, b, run: YearsMonths(a.months + b.months),
        (DATE, DAYS): _date_plus,
        (DAYS, DATE): _flip(_date_plus),
        (MOMENT, DAYS): _moment_plus,
        (DAYS, MOMENT): _flip(_moment_plus),
        (TIME, DAYS): _time_plus,
        (DAYS, TIME): _flip(_time_plus),
        (DATE, MONTHS): _months_later,
        (MONTHS, DATE): _flip(_months_later),
        (MOMENT, MONTHS): _months_later,
        (MONTHS, MOMENT): _flip(_months_later),
    },
    "-": {
        (NUMBER, NUMBER): lambda a, b, run: finite(CONTEXT.subtract(decimal(a), decimal(b))),
        (DAYS, DAYS): lambda a, b, run: a - b,
        (MONTHS, MONTHS): lambda a, b, run: YearsMonths(a.months - b.months),
        (TIME, TIME): lambda a, b, run: moments.since_midnight(a) - moments.since_midnight(b),
        (DATE, DATE): _difference,
        (DATE, MOMENT): _difference,
        (MOMENT, DATE): _difference,
        (MOMENT, MOMENT): _difference,
        (DATE, DAYS): _minus(_date_plus),
        (MOMENT, DAYS): _minus(_moment_plus),
        (TIME, DAYS): _minus(_time_plus),
        (DATE, MONTHS): _minus(_months_later),
        (MOMENT, MONTHS): _minus(_months_later),
    },
    "*": {
        (NUMBER, NUMBER): lambda a, b, run: finite(CONTEXT.multiply(decimal(a), decimal(b))),
        (DAYS, NUMBER): _scale_days,
        (NUMBER, DAYS): _flip(_scale_days),
        (MONTHS, NUMBER): _scale_months,
        (NUMBER, MONTHS): _flip(_scale_months),
    },
    "/": {
        (NUMBER, NUMBER): _divide,
        (DAYS, NUMBER): _divide_days,
        (MONTHS, NUMBER): _divide_months,
        (DAYS, DAYS): lambda a, b, run: _divide(moments.decimal_seconds(a), moments.decimal_seconds(b), run),
        (MONTHS, MONTHS): lambda a, b, run: _divide(Decimal(a.months), Decimal(b.months), run),
    },
    "**": {
        (NUMBER, NUMBER): _power,
    },
}
