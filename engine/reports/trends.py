"""How it went before: the figures of the PSI, and complaints received and late, month by month."""

from datetime import date

from engine.measures import figures
from engine.measures.definitions import MEASURES
from engine.reports.counting import Counting, plain

PSI = ("response", "loop", "second_home")
MONTHS = 13
"""A year and a month, so that the last one stands beside the same one a year before."""

RECEIVED, LATE = "per_homes", "missed_resolve"
"""The measures whose `hit` is every complaint received, and every one not resolved in time."""


def add(counting: Counting) -> None:
    """Add the last months that were over when the period ended."""
    until = counting.period.until.replace(day=1)
    since = _earlier(until, MONTHS)
    read = {
        code: figures.series(counting.session, None, code, counting.scope, since, until, "month")
        for code in (*PSI, RECEIVED, LATE)
        if code in MEASURES
    }
    counting.content["trend"] = {
        "months": [first.isoformat() for first, _last in figures.spans(since, until, "month")],
        "figures": {code: [plain(value) for _month, value in read[code]] for code in PSI if code in read},
        "received": [int(value.hit) for _month, value in read[RECEIVED]],
        "late": [int(value.hit) for _month, value in read[LATE]],
    }


def _earlier(first: date, months: int) -> date:
    index = first.year * 12 + first.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)
