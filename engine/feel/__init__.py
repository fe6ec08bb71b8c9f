"""FEEL, the expression language of DMN: compiled to closures, bounded, with messages for people.

    feel.evaluate('if amount > 500 then "经理" else "前台"', {"amount": 800})   # "经理"
    feel.compile_tests('"紧急","特急"').holds("紧急", {})                        # True

Values are None, bool, str, Decimal (int and float are taken too), date, time, datetime, timedelta (a days and time
duration), YearsMonths, Range, list, dict and callables. What Python's cannot hold (a year beyond 9999, nanoseconds) comes
out as Date, Time, Moment or DaysTime. Decision tables are in engine.feel.dmn.
"""

from datetime import date, datetime, time, timedelta

from engine.feel import moments, timeline
from engine.feel.builtins import BUILTINS
from engine.feel.errors import (
    BadCall,
    BadExpression,
    BadModel,
    BoundReached,
    FeelError,
    NoTime,
    TableError,
    UnknownDecision,
)
from engine.feel.expression import Expression, Functions, Tests, compile, compile_tests, evaluate, nearest
from engine.feel.timeline import Date, DaysTime, Moment, Time
from engine.feel.values import Range, YearsMonths, kind

FUNCTION_NAMES = frozenset(BUILTINS)

__all__ = [
    "FUNCTION_NAMES",
    "BadCall",
    "BadExpression",
    "BadModel",
    "BoundReached",
    "Date",
    "DaysTime",
    "Expression",
    "FeelError",
    "Functions",
    "Moment",
    "NoTime",
    "Range",
    "TableError",
    "Tests",
    "Time",
    "UnknownDecision",
    "YearsMonths",
    "compile",
    "compile_tests",
    "evaluate",
    "kind",
    "nearest",
    "parse_duration",
    "parse_moment",
]


def parse_duration(text: str) -> timedelta | YearsMonths | None:
    """Return an ISO 8601 duration (PT4H, P3D, P2W, P1Y2M).

    None when it is invalid, mixes months and days, or is longer than Python's can be.
    """
    found = timeline.theirs(moments.read_duration(text.strip()))
    return found if isinstance(found, timedelta | YearsMonths) else None


def parse_moment(text: str) -> datetime | date | time | None:
    """Return an ISO 8601 date and time, date, or time, with Z, an offset or @Zone.

    None when it is invalid, or when Python's cannot hold it.
    """
    stripped = text.strip()
    read = moments.read_date(stripped) or moments.read_moment(stripped) or moments.read_time(stripped)
    found = timeline.theirs(read)
    return found if isinstance(found, date | time) else None
