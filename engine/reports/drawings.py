"""What a report draws, as values in one language: the page and the PDF draw the same, from what was kept alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from engine.reports import saying


@dataclass(frozen=True, slots=True)
class Mark:
    """A point or bar. `value` None: a gap; `told`: the number in words; `open`: too few cases, or not all due yet.

    `late`: how many were late, where months are drawn with both. `behind`: figure and part of the list behind it.
    """

    name: str
    value: float | None
    told: str
    open: bool = False
    late: int = 0
    behind: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Drawing:
    """A line over months, bars of what there was most of, or columns of months with those received and late.

    `target`: what a line should reach, with its words; `words`: what the columns are called.
    """

    kind: Literal["line", "bars", "columns"]
    title: str
    unit: Literal["share", "count"]
    marks: Sequence[Mark]
    target: float | None = None
    target_said: str = ""
    words: Sequence[str] = ()


def month(first: str) -> str:
    """Return what a month is called on an axis: 25-10."""
    day = date.fromisoformat(first)
    return f"{day.year % 100:02}-{day.month:02}"


def lines(content: Mapping[str, Any], at: int) -> list[Drawing]:
    """Return each figure of the PSI over the last months."""
    trend, known = content["trend"], {each["code"]: each for each in content["figures"]}
    return [
        Drawing(
            "line",
            known[code]["name"][at],
            "share",
            [_point(known[code], first, each, at) for first, each in zip(trend["months"], values, strict=True)],
            known[code]["target"],
            saying.target(known[code]),
        )
        for code, values in trend["figures"].items()
    ]


def _point(figure: Mapping[str, Any], first: str, value: saying.Value, at: int) -> Mark:
    drawn = value["hit"] / value["of"] if value["of"] else None
    unsure = value["value"] is None or bool(value["immature"])
    return Mark(month(first), drawn, saying.value(figure, value, ("zh", "en")[at]), unsure)


def columns(content: Mapping[str, Any], at: int) -> Drawing:
    """Return the complaints received in each of the last months, and those not resolved in time."""
    trend = content["trend"]
    words = (("收到", "该办结而逾期"), ("Received", "Due and not resolved in time"))[at]
    marks = [
        Mark(month(first), received, f"{received:,}", late=late)
        for first, received, late in zip(trend["months"], trend["received"], trend["late"], strict=True)
    ]
    return Drawing("columns", ("收到与逾期", "Received and late")[at], "count", marks, words=words)


def causes(content: Mapping[str, Any], at: int) -> Drawing:
    """Return the categories received most as bars."""
    marks = [
        Mark(each["name"][at], each["now"], f"{each['now']:,}", behind=(f"cause:{each['code']}", "of"))
        for each in content["causes"]
    ]
    return Drawing("bars", ("本期件数", "Complaints of this period")[at], "count", marks)
