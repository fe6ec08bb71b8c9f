"""The charts of one measure: over time, cut by groups, and its communities on a funnel."""

import math
from collections.abc import Sequence
from dataclasses import replace

from engine.company import places
from engine.measures.charts import FEWEST
from engine.measures.communities import Funnel
from engine.measures.control import RECENT, Control, ControlPoint
from engine.measures.funnel import Compared
from engine.measures.measure import FEWEST as FEWEST_CASES
from engine.measures.measure import Measure, Value
from engine.measures.rare import Rare, Usual
from web.figures import case_links, words
from web.figures.asking import Asked
from web.shared import charts
from web.shared.charts import Cell, Chart
from web.shell import current
from web.shell.formats import day, name_of
from web.shell.language import gettext as _

UNITS = {"share": "share", "time": "share", "per_100_homes": "rate", "points": "rate", "yuan": "count"}
LIMITS = ("low95", "high95", "low998", "high998")
RULES = {"beyond": ("超出界限", "beyond the limits"), "run": ("连续 8 点在同一侧", "eight in a row on one side")}


def control(made: Control, target: float | None, asked: Asked) -> Chart:
    """The control chart: points, centre, limits, signals; each point leads to the figures of its week or month."""
    measure = made.measure
    points = [_point(made, each, asked) for each in made.points]
    kind = {"kind": "control", "unit": UNITS[measure.unit], "points": points, "target": target}
    if measure.unit in ("share", "time"):
        kind |= {"least": 0 if any((each.number or 0) < 0.3 for each in made.points) else None}
    names = {"target": _("目标"), "baseline": _("基线"), "usual": _("正常范围")}
    head = [_("周（从周一起）") if made.step == "week" else _("月"), _("值"), _("件数"), _("正常范围"), _("信号")]
    rows = [_row(made, each) for each in reversed(made.points)]
    return Chart(_("走势"), kind | {"words": names}, head, rows, _note(made))


def _point(made: Control, each: ControlPoint, asked: Asked) -> dict[str, object]:
    measure = made.measure
    if made.step == "week":
        last = each.day.fromordinal(each.day.toordinal() + 6)
    else:
        last = (each.day.replace(day=28).fromordinal(each.day.replace(day=28).toordinal() + 4)).replace(day=1)
        last = last.fromordinal(last.toordinal() - 1)
    url = asked.to("measures.show", measure=measure.code, span="own", since=each.day, until=last, step=made.step)
    return {
        "name": words.bucket(each.day, made.step),
        "long": f"{day(each.day)} – {day(last)}",
        "value": each.number,
        "low": each.low,
        "high": each.high,
        "centre": made.usual.centre if made.usual else None,
        "n": words.counts(measure, each.value) + ("" if each.is_known else _("，还有没到时候的")),
        "signal": words.pick(RULES[each.rule]) if each.rule else "",
        "open": not each.is_known,
        "baseline": each.learned,
        "url": url,
    }


def _row(made: Control, each: ControlPoint) -> Sequence[Cell]:
    measure = made.measure
    usual = "–" if each.low is None else f"{words.number(measure, each.low)} – {words.number(measure, each.high)}"
    signal = words.pick(RULES[each.rule]) if each.rule else "" if each.is_known else _("没到时候")
    return [
        Cell(day(each.day)),
        Cell(words.number(measure, each.number)),
        Cell(words.counts(measure, each.value)),
        Cell(usual),
        Cell(signal, state="late" if each.rule else ""),
    ]


def _note(made: Control) -> str:
    if made.few is not None:
        return _(
            "基线里只有 {n} 件，不到 {fewest} 件：偏高偏低多半只是偶然，所以不画界限，也不标信号。",
            n=made.few,
            fewest=FEWEST_CASES,
        )
    if made.usual is None:
        if made.measure.unit in ("share", "per_100_homes"):
            return _("点太少，还看不出什么是正常的：基线至少要 12 个点。")
        return _("平均数和金额只画走势，不画界限。")
    centre = words.number(made.measure, made.usual.centre)
    learned = _("{n} 个点", n=made.usual.points)
    if made.frozen is None:
        return _(
            "还没有人定基线，暂以最近 8 点之前的 {points}为准：中心 {centre}。菱形：比偶然多，值得看。",
            points=learned,
            centre=centre,
        )
    return _(
        "基线 {since} – {until}（{points}），中心 {centre}。菱形：比偶然多，值得看。",
        since=day(made.frozen.since), until=day(made.frozen.until), points=learned, centre=centre,
    )  # fmt: skip


def between(made: Rare) -> Chart:
    """The days without an event before each one; the last point is today's, and goes on."""
    usual = made.usual
    points = [
        {
            "name": day(each.day),
            "value": each.length,
            "low": None,
            "high": usual.high if usual else None,
            "centre": usual.median if usual else None,
            "n": _("隔了 {n} 天", n=each.length) if each.is_over else _("到现在 {n} 天没有", n=each.length),
            "signal": words.pick(RULES[each.rule]) if each.rule else "",
            "open": not each.is_over,
            "baseline": each.learned,
        }
        for each in made.gaps
    ]
    names = {"target": "", "baseline": _("基线"), "usual": _("正常范围")}
    data = {"kind": "control", "unit": "count", "points": points, "target": None, "least": 0, "words": names}
    head = [_("哪天又有"), _("隔了几天"), _("信号")]
    rows = [
        [
            Cell(day(each.day) if each.is_over else _("还没有")),
            Cell(str(each.length)),
            Cell(words.pick(RULES[each.rule]) if each.rule else "", state="late" if each.rule else ""),
        ]
        for each in reversed(made.gaps)
    ]
    return Chart(_("两次之间隔几天"), data, head, rows, _note_between(usual))


def _note_between(usual: Usual | None) -> str:
    note = _("平均一周不到一件，按周画看不出什么，所以画隔了几天：越高越少。空心点：到现在还没有下一件。")
    if usual is None:
        return note + _("件数太少，还看不出什么是正常的：至少要 {n} 次间隔。", n=FEWEST + RECENT)
    return note + _(
        "以最近 8 次之前的 {n} 次间隔为准：一半不到 {median} 天，几乎不会超过 {high} 天。",
        n=usual.gaps, median=f"{usual.median:,.0f}", high=f"{usual.high:,.0f}",
    )  # fmt: skip


def cut(measure: Measure, way: str, groups: Sequence[tuple[str, Value]], asked: Asked) -> Chart:
    """Each group with its value, interval and counts; too few: counts only, and no bar."""
    head = [_("组"), _("值"), _("区间"), _("件数")]
    rows, known = [], words.groups(way, [code for code, _value in groups])
    for code, value in groups:
        url = case_links.of(asked, measure.code, "of", way=way, code=code) if way in case_links.FILTER else ""
        name = Cell(known[code], url)
        cells = [
            Cell(words.number(measure, value.value)),
            Cell(words.interval(measure, value) or "–"),
            Cell(words.counts(measure, value)),
        ]
        rows.append((name, value.value, cells))
    note = (
        _("按姓名排，不排名次：各人经手的事难易不同，区间重叠的，差别可能只是偶然。不到 30 件的只列件数。")
        if way == "person"
        else _("按件数多少排，不按好坏排；区间重叠的，差别可能只是偶然。不到 30 件的不画。")
    )
    enough = [(name, number, cells) for name, number, cells in rows if number is not None]
    drawn = charts.bars(_("各组"), UNITS[measure.unit], head, enough, note=note, most=24)
    return replace(drawn, rows=[[name, *cells] for name, _number, cells in rows], open=not enough)


def funnel(measure: Measure, made: Funnel, asked: Asked) -> Chart:
    """Communities by how many hits their mix lets expect; those outside of the limits have their names."""
    known = places.known(current.reading())
    names = {each: name_of(known[each]) if each in known else str(each) for each in made.compared}
    points = [_spot(measure, made, each, names[each], asked) for each in made.compared]
    ceiling = 1.0 if measure.unit == "share" else math.inf
    least = 0.4 * min(each.expected for each in made.compared.values())
    limits = [
        {
            "size": each.expected,
            **{name: min(ceiling, getattr(each, name) * made.whole) for name in LIMITS},
        }
        for each in made.limits
        if each.expected >= least
    ]

    data = {
        "kind": "funnel", "unit": UNITS[measure.unit], "points": points, "limits": limits, "centre": made.whole,
        "most": 1 if ceiling == 1 and made.whole > 0.5 else None, "words": {"size": _("按平均应有的件数")},
    }  # fmt: skip
    head = [_("小区"), _("实际"), _("应有"), _("调整后"), _("偏离")]
    ordered = sorted(made.compared.items(), key=lambda each: (each[1].standing == "within", names[each[0]]))
    rows = [_funnel_row(measure, made, each, names[place], place, asked) for place, each in ordered]
    note = _("点线 95%，虚线 99.8%。应有的件数按各小区自己的紧急程度和分类算。线里面的不排名：差别偶然就会有。")
    return Chart(_("各小区"), data, head, rows, note)


def _adjusted(made: Funnel, each: Compared) -> float:
    return made.whole * (each.ratio or 0.0)


def _spot(measure: Measure, made: Funnel, place: int, name: str, asked: Asked) -> dict[str, object]:
    each = made.compared[place]
    told = [
        name,
        _("实际 {hit}，应有 {expected}", hit=f"{each.hit:,.0f}", expected=f"{each.expected:,.1f}"),
        _standing(each),
    ]
    return {
        "name": name, "size": each.expected, "value": _adjusted(made, each), "standing": each.standing, "told": told,
        "url": asked.to("measures.show", measure=measure.code, community=place, region=None, size=None),
    }  # fmt: skip


def _standing(each: Compared) -> str:
    more = each.away > 0
    if each.standing == "within":
        return _("在界限内")
    if each.standing == "notable":
        return _("高于 95% 界限") if more else _("低于 95% 界限")
    return _("高于 99.8% 界限") if more else _("低于 99.8% 界限")


def _funnel_row(measure: Measure, made: Funnel, each: Compared, name: str, place: int, asked: Asked) -> Sequence[Cell]:
    state = "" if each.standing == "within" else "late" if (each.away > 0) == (measure.better == "less") else "done"
    few = measure.unit == "share" and each.size < 30
    return [
        Cell(name, case_links.of(asked, measure.code, "of", way="community", code=str(place))),
        Cell(f"{each.hit:,.0f}"),
        Cell(f"{each.expected:,.1f}"),
        Cell("–" if few else words.number(measure, _adjusted(made, each))),
        Cell(_standing(each), state=state),
    ]
