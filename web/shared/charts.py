"""Charts of pages, as values: what `web/browser/chart_kinds.js` draws, and the same numbers as a table."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from web.shell.language import gettext as _


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the table: its text, where it leads, and a state (late, soon, done) where it says something."""

    text: str
    url: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: `data` is drawn, `head` and `rows` say the same as a table, `note` stands below both.

    The first cell of a row is its name. `open`: the table is shown beside the drawing, not folded away.
    """

    title: str
    data: Mapping[str, Any]
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""
    open: bool = False


def bars(
    title: str, unit: str, head: Sequence[str], rows: Sequence[tuple[Cell, float, Sequence[Cell]]], *, pareto: bool = False,
    note: str = "", most: int = 15, shown: bool = False,
) -> Chart:  # fmt: skip
    """A bar for each row: name, number, and the other cells of the table; `pareto`: with the share of all so far."""
    total, so_far, drawn = sum(number for _name, number, _cells in rows) or 1, 0.0, []
    for name, number, cells in rows[:most]:
        so_far += number
        told = [f"{label}：{cell.text}" for label, cell in zip(head[1:], cells, strict=True)]
        row: dict[str, Any] = {"name": name.text, "value": number, "told": told}
        drawn.append(row | ({"url": name.url} if name.url else {}) | ({"state": name.state} if name.state else {}))
        if pareto:
            row_share = so_far / total
            drawn[-1]["share"] = row_share
    data = {"kind": "bars", "unit": unit, "rows": drawn}
    return Chart(title, data, head, [[name, *cells] for name, _number, cells in rows], note)


def heat(
    title: str, columns: Sequence[str], names: Sequence[str], cells: Sequence[Sequence[tuple[float, str, str]]]
) -> Chart:
    """Rows by columns; a cell is its number, what is told of it, and a state. The darker, the more."""
    flat = [
        {
            "row": row,
            "column": column,
            "value": number,
            "told": [f"{names[row]} {columns[column]}", told],
            "state": state,
        }
        for row, line in enumerate(cells)
        for column, (number, told, state) in enumerate(line)
    ]
    most = max((each["value"] for each in flat), default=0)  # type: ignore[type-var]
    data = {"kind": "heat", "rows": list(names), "columns": list(columns), "cells": flat, "most": most}
    rows = [
        [Cell(names[row]), *(Cell(f"{number:.1f}".removesuffix(".0"), state=state) for number, _told, state in line)]
        for row, line in enumerate(cells)
    ]
    return Chart(title, data, ["", *columns], rows)


def curves(title: str, series: Sequence[tuple[str, Sequence[tuple[float, float]]]], most: float, head: Sequence[str],
           rows: Sequence[Sequence[Cell]], note: str = "") -> Chart:  # fmt: skip
    """Step lines: hours, and the share that is over by then."""
    most = _round(most)
    drawn = [{"name": name, "steps": [[0, 0], *_thinned(steps, most)]} for name, steps in series]
    data = {"kind": "curves", "series": drawn, "most": most, "words": {"hours": _("小时")}}
    return Chart(title, data, head, rows, note, open=True)


def _round(most: float) -> float:
    """The next number up at which an axis can end: 39.2 gives 40."""
    step = 10 ** math.floor(math.log10(most)) / 2 if most > 0 else 1
    return math.ceil(most / step) * step


def _thinned(steps: Sequence[tuple[float, float]], most: float, points: int = 300) -> list[list[float]]:
    """As many steps as a screen shows."""
    inside = [each for each in steps if each[0] <= most]
    every = max(1, len(inside) // points)
    kept = [*inside[::every], *inside[-1:]]
    last = kept[-1][1] if kept else 0.0
    return [*([round(hours, 3), round(share, 4)] for hours, share in kept), [most, round(last, 4)]]


def profile(title: str, columns: Sequence[str], came: Sequence[float], went: Sequence[float],
            there: Sequence[float | None], needed: Sequence[float], head: Sequence[str],
            rows: Sequence[Sequence[Cell]], note: str = "") -> Chart:  # fmt: skip
    """The hours of a day: what came and went, who was there and who would be needed."""
    words = {
        "came": _("新任务"), "went": _("办完"), "there": _("在岗人数"), "needed": _("需要人数"),
        "work": _("每小时任务"), "people": _("人"),
    }  # fmt: skip
    data = {
        "kind": "profile",
        "columns": list(columns),
        "came": came,
        "went": went,
        "there": there,
        "needed": needed,
        "words": words,
    }
    return Chart(title, data, head, rows, note)


def months(
    title: str, names: Sequence[str], came: Sequence[float], late: Sequence[float], words: Sequence[str]
) -> Chart:
    """Two columns a month, those that came and those that were late; its numbers stand elsewhere on the page."""
    data = {"kind": "months", "columns": list(names), "came": list(came), "late": list(late)}
    return Chart(title, data | {"words": dict(zip(("came", "late"), words, strict=True))}, (), ())


def sparkline(numbers: Sequence[float | None], width: int = 160, height: int = 36) -> list[str]:
    """Points of small lines without axes, one for each stretch without a gap."""
    known = [each for each in numbers if each is not None]
    if len(known) < 2:
        return []
    numbers = numbers[next(at for at, each in enumerate(numbers) if each is not None) :]
    low, high = min(known), max(known)
    across, down = (width - 4) / max(len(numbers) - 1, 1), (height - 6) / ((high - low) or 1)
    lines: list[list[str]] = [[]]
    for at, each in enumerate(numbers):
        if each is None:
            lines.append([])
        else:
            lines[-1].append(f"{2 + at * across:.1f},{height - 3 - (each - low) * down:.1f}")
    return [" ".join(line) for line in lines if len(line) > 1]
