"""One measure: its definition, its control chart, its cuts, and the communities side by side."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from engine.company import people, permissions
from engine.core.errors import Invalid, NotFound
from engine.measures import communities, control, figures, frozen, rare, targets
from engine.measures.control import KINDS, Control, Step
from engine.measures.definitions import MEASURES
from engine.measures.figures import MONTH
from engine.measures.measure import FEWEST, WAYS, Measure, Value
from engine.measures.scopes import PEOPLE, SEE
from web.figures import asking, case_links, index, measure_charts, words
from web.figures.asking import Asked
from web.shared import codes_in_words
from web.shared.charts import Chart
from web.shell import current
from web.shell import form_input as typed_by
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.lists import is_day

blueprint = Blueprint("measures", __name__, url_prefix="/figures")
blueprint.context_processor(codes_in_words.context)

STEPS: Mapping[Step, timedelta] = MappingProxyType({"week": timedelta(weeks=60), "month": timedelta(days=24 * 30.5)})
"""Weeks or months → how far back the chart goes."""

MORE: Mapping[str, Sequence[str]] = {"step": list(STEPS), "by": [each for each in WAYS if each != "all"]}
MOST_ROWS = 60
NOTHING: Mapping[str, Any] = MappingProxyType({})


@blueprint.get("/<measure>")
@rule(SEE)
def show(measure: str) -> str:
    """One measure."""
    return page(found(measure), asking.read(MORE))


def found(code: str) -> Measure:
    """The measure with that code. Raises `NotFound`."""
    measure = MEASURES.get(code)
    if measure is None:
        raise NotFound()
    return measure


def page(
    measure: Measure, asked: Asked, typed: Mapping[str, str] = NOTHING, errors: Mapping[str, Any] = NOTHING
) -> str:
    """The page, with what was typed into the form for the baseline and what is wrong with it."""
    session, me = current.reading(), current.someone()
    made = over_time(measure, asked)
    kept = frozen.of(session, measure.code, asked.cut, made.step)
    funnel = communities.compared(session, me, measure.code, asked.scope, asked.since, asked.until)
    between, (way, cut) = rarely(measure, made, asked), chosen_cut(measure, asked)
    return render_template(
        "figures/measure.html",
        measure=measure,
        shown=index.values(me, asked, [measure.code])[measure.code],
        words=words,
        link=lambda part: case_links.of(asked, measure.code, part),
        control=made,
        past=index.past(me, asked, [measure.code]),
        between=between,
        drawn=between or measure_charts.control(made, targets.of(session, measure), asked),
        kept=kept,
        who=people.names(session, [each.by_id for each in kept]),
        may_freeze=bool(permissions.reach(session, me, frozen.ACT)) and measure.unit in KINDS,
        suggested=suggested(made),
        typed=typed,
        errors=errors,
        cuts=cuts(),
        way=way,
        cut=measure_charts.cut(measure, way, cut, asked),
        funnel=measure_charts.funnel(measure, funnel, asked) if funnel else None,
        **asking.choices(asked),
    )


def cuts() -> list[tuple[str, str]]:
    """What the table can be cut by; single people only with the permission."""
    names = {
        "community": _("小区"), "department": _("责任部门"), "area": _("一级分类"), "category": _("分类"),
        "urgency": _("紧急程度"), "channel": _("来源"), "building": _("楼栋"), "hour": _("收到的钟点"), "person": _("经办人"),
    }  # fmt: skip
    seen = {each for each in WAYS if each != "all" and (each != "person" or current.may(PEOPLE))}
    return [(code, name) for code, name in names.items() if code in seen]


def chosen_cut(measure: Measure, asked: Asked) -> tuple[str, Sequence[tuple[str, Value]]]:
    """What the table is cut by, with its groups: unless somebody chose, communities where there are several."""
    way = asked.wish.filters["by"] or "community"
    found = groups(measure, way, asked)
    if len(found) < 2 and not asked.wish.filters["by"]:
        way = "area"
        found = groups(measure, way, asked)
    return way, found


def groups(measure: Measure, way: str, asked: Asked) -> Sequence[tuple[str, Value]]:
    """The values of each group: hours in order, people by name, the others by size; so that nobody is ranked."""
    of = figures.values(
        current.reading(), current.someone(), [measure.code], asked.scope, asked.since, asked.until, way
    )[measure.code]
    if way == "hour":
        return sorted(of.items(), key=lambda each: int(each[0]))
    most = sorted(of.items(), key=lambda each: (-each[1].of, each[0]))[:MOST_ROWS]
    if way != "person":
        return most
    known = words.groups(way, [code for code, _value in most])
    return sorted(most, key=lambda each: (not each[0], known[each[0]], each[0]))


def over_time(measure: Measure, asked: Asked) -> Control:
    """The chart up to the end of the period: by week, or by month where asked."""
    step: Step = "month" if asked.wish.filters.get("step") == "month" else "week"
    session, me = current.reading(), current.someone()
    series = figures.series(session, me, measure.code, asked.scope, _begin(step, asked.until), asked.until, step)
    if step == "week" and (asked.until.weekday() or not series):
        series = series[:-1]  # a week that is not over yet
    while series and not (series[0][1].of or series[0][1].hit):
        series.pop(0)
    kept = frozen.of(session, measure.code, asked.cut, step)
    fewest = FEWEST if asked.scope.person_id is not None else 0
    return control.control(measure, step, series, kept[0] if kept else None, fewest)


def rarely(measure: Measure, made: Control, asked: Asked) -> Chart | None:
    """The days between events, where a chart of weeks or months would hold hardly any."""
    series = [(each.day, each.value) for each in made.points]
    weeks = len(series) * (1 if made.step == "week" else MONTH / 7)
    if KINDS.get(measure.unit) != "rate" or not rare.is_rare(series, weeks):
        return None
    happened = rare.days(current.reading(), current.someone(), measure, asked.scope, asked.until)
    return measure_charts.between(rare.chart(happened, asked.until)) if len(happened) > 1 else None


def _begin(step: Step, until: date) -> date:
    first = until - STEPS[step]
    return first.replace(day=1) if step == "month" else first - timedelta(days=first.weekday())


def suggested(made: Control) -> tuple[date, date] | None:
    """The first and last day that a baseline could be made from: what is learned from now."""
    days = [each.day for each in made.points if each.learned]
    return (days[0], days[-1]) if days else None


# ---- the baseline ----------------------------------------------------------------------------------------------------


@blueprint.post("/<measure>/baseline")
@rule(frozen.ACT)
def freeze(measure: str) -> Response | tuple[str, int]:
    """Keep what is usual now, with a reason."""
    known, asked = found(measure), asking.read(MORE)
    typed = typed_by.texts(("from", "to", "reason"))
    made = over_time(known, asked)
    first, last = (date.fromisoformat(typed[each]) if is_day(typed[each]) else None for each in ("from", "to"))
    points = [
        (each.day, control.point(each.value))
        for each in made.points
        if first and last and each.is_known and first <= each.day <= last
    ]
    kind = KINDS.get(known.unit)
    if kind is None:
        raise NotFound()
    until = (last or asked.last) + timedelta(days=1)
    try:
        current.attempt(
            lambda session: frozen.freeze(
                session, known.code, asked.cut, made.step, kind, points, until,
                reason=typed["reason"], by=current.someone(),
            )
        )  # fmt: skip
    except Invalid as wrong:
        return page(known, asked, typed, wrong.fields), 422
    flash(_("基线已定，以后的点都和它比。"))
    return redirect(asked.to("measures.show", measure=known.code, step=request.args.get("step") or None), 303)
