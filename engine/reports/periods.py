"""The periods that reports are about: a week, a month, a quarter; which came last, and with what it is compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

KINDS: Mapping[str, tuple[str, str]] = {
    "week": ("周报", "Weekly report"),
    "month": ("月报", "Monthly report"),
    "quarter": ("季报", "Quarterly report"),
}

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Period:
    """A period of a kind. `until` is the day after its last."""

    kind: str
    since: date
    until: date

    def before(self) -> "Period":
        """Return the period before this one (环比)."""
        return around(self.kind, self.since - timedelta(days=1))

    def year_before(self) -> "Period":
        """Return the same period a year before (同比): weeks by their number of days, so that weekdays agree."""
        if self.kind == "week":
            return around(self.kind, self.since - timedelta(weeks=52))
        return around(self.kind, date(self.since.year - 1, self.since.month, 1))

    def said(self, language: str = "zh") -> str:
        """Return it in words: 2026年10月, 2026年第4季度, 2026年10月5日至11日."""
        year, month = self.since.year, self.since.month
        last = self.until - timedelta(days=1)
        if self.kind == "month":
            return f"{year}年{month}月" if language == "zh" else f"{MONTHS[month - 1]} {year}"
        if self.kind == "quarter":
            quarter = (month + 2) // 3
            return f"{year}年第{quarter}季度" if language == "zh" else f"quarter {quarter} of {year}"
        if language == "zh":
            return f"{year}年{month}月{self.since.day}日至{last.month}月{last.day}日"
        return f"{self.since.day} {MONTHS[month - 1]} to {last.day} {MONTHS[last.month - 1]} {last.year}"


class Named(Protocol):
    """A report, or a row with what its name is made of."""

    @property
    def kind(self) -> str:
        """The kind of period."""

    @property
    def since(self) -> date:
        """Its first day."""

    @property
    def until(self) -> date:
        """The day after its last."""

    @property
    def revision(self) -> int:
        """Which revision."""


def titled(report: Named, language: str) -> str:
    """Return what a report is called: 2026年10月月报, 第 2 版."""
    kind = KINDS[report.kind][language != "zh"]
    said = Period(report.kind, report.since, report.until).said(language)
    if language == "zh":
        return f"{said}{kind}" + (f"（第 {report.revision} 版）" if report.revision > 1 else "")
    return f"{kind}, {said}" + (f" (revision {report.revision})" if report.revision > 1 else "")


def around(kind: str, day: date) -> Period:
    """Return the period of a kind that this day lies in."""
    if kind == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(kind, monday, monday + timedelta(weeks=1))
    months = 3 if kind == "quarter" else 1
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    index = first.year * 12 + first.month - 1 + months
    return Period(kind, first, date(index // 12, index % 12 + 1, 1))


def last(kind: str, today: date) -> Period:
    """Return the last period of a kind that is over."""
    return around(kind, around(kind, today).since - timedelta(days=1))


def beginning(kind: str, since: str) -> Period | None:
    """Return the period of a kind that begins on a day as typed; None when none does."""
    try:
        day = date.fromisoformat(since)
    except ValueError:
        return None
    found = around(kind, day) if 1970 <= day.year <= 2200 else None
    return found if found is not None and found.since == day else None


def made_on(kind: str, day: int, today: date) -> date:
    """Return when the report of the last period is made, if that is on this day of the present period."""
    return around(kind, today).since + timedelta(days=day - 1)
