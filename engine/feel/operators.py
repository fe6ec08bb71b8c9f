"""Arithmetic and comparison of each kind of value. What the standard does not define is null."""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from engine.feel import moments
from engine.feel.bounds import Run
from engine.feel.timeline import DAY, UTC_MIDNIGHT, Date, DaysTime, Moment, Time, own
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
    return first.instant == second.instant if (first.zone is None) == (second.zone is None) else None


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


def _equal_days(a: object, b: object, run: Run) -> bool | None:
    return bool(own(a) == own(b))


def _equal_points(a: object, b: object, run: Run) -> bool | None:
    """Compare times or moments on the line of time; one with a zone is never equal to one without."""
    first, second = own(a), own(b)
    return (first.zone is None) == (second.zone is None) and bool(first.instant == second.instant)


EQUAL: dict[str, Callable[[Any, Any, Run], bool | None]] = {
    NUMBER: _equal_numbers,
    STRING: _plain,
    BOOLEAN: _plain,
    DATE: _equal_days,
    TIME: _equal_points,
    MOMENT: _equal_points,
    DAYS: _equal_days,
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


def instant(value: object) -> Moment:
    """Return a date or moment as a moment: a date is its midnight in UTC."""
    found: Date | Moment = own(value)
    return found if isinstance(found, Moment) else Moment.of(found, UTC_MIDNIGHT)


def less(a: object, b: object) -> bool | None:
    """Return whether a comes before b; null where the two have no order."""
    first, second = kind(a), kind(b)
    if first == second:
        before = BEFORE.get(first)
        return None if before is None else before(a, b)
    if first in (DATE, MOMENT) and second in (DATE, MOMENT):
        return _earlier(instant(a), instant(b))
    return None


def _earlier(a: object, b: object) -> bool | None:
    """Compare times or moments; null where one has a zone and the other none."""
    first, second = own(a), own(b)
    return bool(first.instant < second.instant) if (first.zone is None) == (second.zone is None) else None


BEFORE: dict[str, Callable[[Any, Any], bool | None]] = {
    NUMBER: lambda a, b: decimal(a) < decimal(b),
    STRING: operator.lt,
    DATE: lambda a, b: own(a) < own(b),
    TIME: _earlier,
    MOMENT: _earlier,
    DAYS: lambda a, b: own(a) < own(b),
    MONTHS: operator.lt,
}


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
    kinds = kind(a), kind(b)
    operation = ARITHMETIC[sign].get(kinds)
    if operation is None:
        return None
    return operation(a, b, run) if kinds == NUMBERS else operation(own(a), own(b), run)


NUMBERS = NUMBER, NUMBER


def concatenate(a: str, b: str, run: Run) -> str:
    run.made_text(len(a) + len(b))
    return a + b


def negative(value: object) -> object:
    what = kind(value)
    if what == NUMBER:
        return CONTEXT.minus(decimal(value))
    if what == DAYS:
        return DaysTime(-own(value).nanoseconds)
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


def _scale_days(length: DaysTime, factor: Any, run: Run) -> DaysTime | None:
    scaled = finite(CONTEXT.multiply(Decimal(length.nanoseconds), decimal(factor)))
    return None if scaled is None else moments.days_time(int(scaled))


def _divide_days(length: DaysTime, divisor: Any, run: Run) -> DaysTime | None:
    number = decimal(divisor)
    if not number:
        return None
    quotient = finite(CONTEXT.divide(Decimal(length.nanoseconds), number))
    return None if quotient is None else moments.days_time(int(quotient))


def _scale_months(length: YearsMonths, factor: Any, run: Run) -> YearsMonths | None:
    months = finite(CONTEXT.multiply(Decimal(length.months), decimal(factor)))
    return None if months is None else moments.months_of(int(months))


def _divide_months(length: YearsMonths, divisor: Any, run: Run) -> YearsMonths | None:
    number = decimal(divisor)
    return YearsMonths(int(CONTEXT.divide(Decimal(length.months), number))) if number else None


def _difference(a: object, b: object, run: Run) -> DaysTime | None:
    first, second = instant(a), instant(b)
    if (first.zone is None) != (second.zone is None):
        return None
    return DaysTime(first.instant - second.instant)


def _date_plus(day: Date, length: DaysTime, run: Run) -> Date | None:
    return day.plus(length.nanoseconds // DAY)


def _flip(operation: Operation) -> Operation:
    return lambda a, b, run: operation(b, a, run)


def _minus(operation: Operation) -> Operation:
    return lambda a, b, run: operation(a, negative(b), run)


def _moment_plus(moment: Moment, length: DaysTime, run: Run) -> Moment | None:
    return moment.plus(length)


def _months_later(day: Date, length: YearsMonths, run: Run) -> Date | None:
    return moments.add_months(day, length.months)


def _same_clock_later(moment: Moment, length: YearsMonths, run: Run) -> Moment | None:
    day = moments.add_months(moment.date, length.months)
    return None if day is None else Moment.of(day, moment.time)


def _time_plus(at: Time, length: DaysTime, run: Run) -> Time:
    return at.plus(length)


def _add_days(a: DaysTime, b: DaysTime, run: Run) -> DaysTime | None:
    return moments.days_time(a.nanoseconds + b.nanoseconds)


def _add_months(a: YearsMonths, b: YearsMonths, run: Run) -> YearsMonths | None:
    return moments.months_of(a.months + b.months)


ARITHMETIC: dict[str, dict[tuple[str, str], Operation]] = {
    "+": {
        (NUMBER, NUMBER): lambda a, b, run: finite(CONTEXT.add(decimal(a), decimal(b))),
        (STRING, STRING): concatenate,
        (DAYS, DAYS): _add_days,
        (MONTHS, MONTHS): _add_months,
        (DATE, DAYS): _date_plus,
        (DAYS, DATE): _flip(_date_plus),
        (MOMENT, DAYS): _moment_plus,
        (DAYS, MOMENT): _flip(_moment_plus),
        (TIME, DAYS): _time_plus,
        (DAYS, TIME): _flip(_time_plus),
        (DATE, MONTHS): _months_later,
        (MONTHS, DATE): _flip(_months_later),
        (MOMENT, MONTHS): _same_clock_later,
        (MONTHS, MOMENT): _flip(_same_clock_later),
    },
    "-": {
        (NUMBER, NUMBER): lambda a, b, run: finite(CONTEXT.subtract(decimal(a), decimal(b))),
        (DAYS, DAYS): _minus(_add_days),
        (MONTHS, MONTHS): _minus(_add_months),
        (TIME, TIME): lambda a, b, run: DaysTime(a.instant - b.instant),
        (DATE, DATE): _difference,
        (DATE, MOMENT): _difference,
        (MOMENT, DATE): _difference,
        (MOMENT, MOMENT): _difference,
        (DATE, DAYS): _minus(_date_plus),
        (MOMENT, DAYS): _minus(_moment_plus),
        (TIME, DAYS): _minus(_time_plus),
        (DATE, MONTHS): _minus(_months_later),
        (MOMENT, MONTHS): _minus(_same_clock_later),
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
