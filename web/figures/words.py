"""Measures and their values in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from engine.company import people, places
from engine.complaints.core import categories, codes
from engine.measures.definitions import MEASURES
from engine.measures.measure import Measure, Value
from web.shared.charts import Cell
from web.shell import current
from web.shell.formats import money, name_of
from web.shell.language import gettext as _
from web.shell.language import language

PSI: tuple[tuple[str, ...], ...] = (("response",), ("loop", "loop_handled"), ("second_home", "second_place"))
"""The three figures of the PSI index, each with its readings."""

VIEWS: dict[str, tuple[str, ...]] = {
    "efficiency": (
        "in_time", "missed_acknowledge", "missed_first_response", "missed_plan", "missed_resolve", "missed_callback", "paused",
    ),
    "customer": ("solved", "satisfied", "satisfied_every", "score", "coverage", "per_homes"),
    "staff": ("dispatched_once", "returned", "escalated", "unfounded"),
    "cost": ("cost_planned", "cost_actual"),
}  # fmt: skip
"""R55: efficiency, customer, staff and cost."""


def views() -> list[tuple[str, str, tuple[str, ...]]]:
    """The four views with their names and measures; what no view names stands with the first."""
    names = {"efficiency": _("效率"), "customer": _("客户"), "staff": _("员工"), "cost": _("成本")}
    shown = {code for each in (*PSI, *VIEWS.values()) for code in each}
    rest = tuple(code for code in MEASURES if code not in shown)
    return [
        (code, names[code], tuple(each for each in mine if each in MEASURES) + (rest if code == "efficiency" else ()))
        for code, mine in VIEWS.items()
    ]


def pick(pair: tuple[str, str]) -> str:
    """The words in the language of the page."""
    return pair[0] if language() == "zh" else pair[1]


def number(measure: Measure, value: float | None) -> str:
    """A value with its unit; – where it is not known."""
    if value is None:
        return "–"
    if measure.unit in ("share", "time"):
        return f"{value * 100:.1f}%"
    if measure.unit == "yuan":
        return money(round(value))
    return f"{value:.2f}"


def said(measure: Measure, value: Value) -> str:
    """A value, or its counts where there are too few cases for one."""
    return number(measure, value.value) if value.value is not None else counts(measure, value)


def counts(measure: Measure, value: Value) -> str:
    """How many of how many: 312 / 1,325."""
    if measure.unit == "share":
        return f"{value.hit:,.0f} / {value.of:,}"
    if measure.unit == "per_100_homes":
        return _("{n} 件，{homes} 户", n=f"{value.hit:,.0f}", homes=f"{value.of:,}")
    if measure.unit == "yuan":
        return _("{sum}，{n} 件", sum=money(round(value.hit)), n=f"{value.of:,}")
    return _("{n} 件", n=f"{value.of:,}")


def interval(measure: Measure, value: Value) -> str:
    """The interval of a value; "" where there is none."""
    if value.interval is None:
        return ""
    return f"{number(measure, value.interval.low)} – {number(measure, value.interval.high)}"


@dataclass(frozen=True, slots=True)
class Change:
    """How a value moved against another period: in words, whether chance alone could have done it, and if it is good."""

    text: str
    is_chance: bool
    is_good: bool | None

    @property
    def state(self) -> str:
        """The state that a chip shows."""
        return "plain" if self.is_chance or self.is_good is None else "done" if self.is_good else "late"


def change(measure: Measure, now: Value, before: Value) -> Change | None:
    """Compare two periods; None where one of them is not known. Intervals that overlap: chance could have done it."""
    if now.value is None or before.value is None:
        return None
    moved = now.value - before.value
    if measure.unit in ("share", "time"):
        text = _("{points} 个百分点", points=f"{moved * 100:+.1f}")
    elif before.value:
        text = f"{moved / before.value * 100:+.0f}%"
    else:
        return None
    apart = (
        now.interval is not None
        and before.interval is not None
        and (now.interval.low > before.interval.high or now.interval.high < before.interval.low)
    )
    good = None if not measure.better or not moved else (moved > 0) == (measure.better == "more")
    return Change(text, not apart, good)


def against(measure: Measure, value: Value, target: float | None) -> str:
    """Whether the target is met: done, late, or soon where chance leaves it open; "" where nothing is wanted."""
    if target is None or value.value is None or not measure.better:
        return ""
    more = measure.better == "more"
    if value.interval is not None and value.interval.low <= target <= value.interval.high:
        return "soon"
    return "done" if (value.value >= target) == more or value.value == target else "late"


def wanted(measure: Measure, target: float | None) -> str:
    """The target in words: ≥ 90%."""
    if target is None:
        return ""
    return f"{'≥' if measure.better == 'more' else '≤'} {target * 100:g}%"


def groups(way: str, every: Sequence[str]) -> dict[str, str]:
    """The names of groups that figures are cut by; one statement for people, none for others."""
    if way != "person":
        return {code: group(way, code) for code in every}
    known = people.names(current.reading(), [int(code) for code in every if code])
    return {code: name_of(known[int(code)]) if code else _("没有经办人") for code in every}


def group(way: str, code: str) -> str:
    """The name of a group that figures are cut by, people aside."""
    session = current.reading()
    if not code:
        return _("没有")
    if way == "community":
        place = places.known(session).get(int(code))
        return name_of(place) if place else code
    if way in ("area", "category"):
        found = categories.known(session).get(code)
        return found.said(language()) if found else code
    if way in ("urgency", "channel"):
        return codes.said(codes.URGENCIES if way == "urgency" else codes.CHANNELS, code, language())
    return name_of(code) if way == "department" else f"{int(code):02}:00" if way == "hour" else code


def bucket(first: date, step: str) -> str:
    """A week or month on an axis."""
    if step == "month":
        return f"{first.year % 100:02}-{first.month:02}"
    return f"{first.month}/{first.day}"


def cell(text: str, url: str = "", state: str = "") -> Cell:
    """A cell of a chart's table."""
    return Cell(text, url, state)
