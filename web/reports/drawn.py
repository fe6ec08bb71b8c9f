"""The drawings of a report as charts of its page."""

from collections.abc import Mapping

from flask import url_for

from engine.reports import Report
from engine.reports.drawings import Drawing, Mark
from web.shared import charts
from web.shared.charts import Cell, Chart
from web.shell.language import gettext as _

TOP = 0.3
"""Shares of which none reaches this are drawn from 0."""


def chart(drawing: Drawing, report: Report, lists: Mapping[tuple[str, str], int]) -> Chart:
    """Return a drawing as a chart without rows: its numbers are in the table of the section."""
    if drawing.kind == "line":
        return _line(drawing)
    if drawing.kind == "columns":
        names, came = [each.name for each in drawing.marks], [each.value or 0 for each in drawing.marks]
        return charts.months(drawing.title, names, came, [each.late for each in drawing.marks], drawing.words)

    def url(mark: Mark) -> str:
        there = mark.behind is not None and mark.behind in lists
        figure, part = mark.behind or ("", "")
        return url_for("reports.cases", report_id=report.id, figure=figure, part=part) if there else ""

    bars = [(Cell(each.name, url(each)), each.value or 0, [Cell(each.told)]) for each in drawing.marks]
    made = charts.bars(drawing.title, "count", ("", drawing.title), bars)
    return Chart(made.title, made.data, (), ())


def _line(drawing: Drawing) -> Chart:
    points = [{"name": each.name, "value": each.value, "n": each.told, "open": each.open} for each in drawing.marks]
    from_zero = any(each.value is not None and each.value < TOP for each in drawing.marks)
    data = {
        "kind": "control",
        "small": True,
        "unit": drawing.unit,
        "points": points,
        "target": drawing.target,
        "least": 0 if from_zero else None,
        "words": {},
    }
    title = (
        drawing.title
        if drawing.target is None
        else f"{drawing.title} · {_('目标')} {drawing.target_said}".replace(" %", "\u00a0%")
    )
    return Chart(title, data, (), ())
