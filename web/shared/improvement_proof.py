"""An improvement's goal, baseline, windows and results in words and as a chart, for its page, its tasks and its sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from engine.company import places
from engine.complaints.core import categories
from engine.complaints.homes import locations
from engine.improvement import Improvement, ImprovementGoal, ImprovementResult, results
from engine.improvement.words import HOURS
from engine.measures.definitions import MEASURES
from web.shared.charts import Cell, Chart
from web.shell.formats import day, name_of
from web.shell.language import gettext as _
from web.shell.language import language

WEEK = timedelta(weeks=1)
MONTH = 365.25 / 84
"""Weeks of a month."""

LIKELY, HARDLY = 0.8, 0.5


@dataclass(frozen=True, slots=True)
class Window:
    """One window of a plan: `weeks`, its power in percent, whether it is the one chosen and whether it is enough."""

    weeks: int
    percent: int
    chosen: bool
    state: str


@dataclass(frozen=True, slots=True)
class Told:
    """One result: its verdict, and in sentences what was measured, how sure that is, and what it does not say."""

    result: ImprovementResult
    title: str
    measured: str
    sure: str
    how: str
    says: Sequence[str]
    cases: str


@dataclass(frozen=True, slots=True)
class Round:
    """One round: its goal in words, what it is compared with where that was chosen, what was usual, the windows, the chart and the results."""

    goal: ImprovementGoal
    aim: str
    compared: str
    usual: str
    advice: str
    windows: Sequence[Window]
    chart: Chart | None
    results: Sequence[Told]


def rounds(session: Session, improvement: Improvement) -> list[Round]:
    """All rounds with a goal, the latest first."""
    return [_round(session, improvement, goal, found) for goal, found in reversed(results.of(session, improvement))]


def _round(
    session: Session, improvement: Improvement, goal: ImprovementGoal, found: Sequence[ImprovementResult]
) -> Round:
    counted = goal.baseline or {}
    return Round(
        goal,
        aim(session, goal),
        _compared(session, goal),
        _usual(goal, counted),
        _advice(counted),
        [_window(each, goal) for each in counted.get("windows", [])],
        _chart(goal, counted, found[-1] if found else None),
        [_told(improvement, goal, each) for each in found],
    )


def aim(session: Session, goal: ImprovementGoal) -> str:
    """What shall move, where, and by how much: one sentence."""
    category = categories.known(session).get(goal.category)
    parts = [
        name_of(category) if category else goal.category,
        locations.place(goal.building, "", "", language()) if goal.building else "",
        HOURS["night"][0 if language() == "zh" else 1] if goal.hours == "night" else "",
    ]
    where = _(" · ").join(each for each in parts if each)
    named = MEASURES[goal.measure].name[0 if language() == "zh" else 1]
    better = MEASURES[goal.measure].better
    hoped = _("希望升 {n} %", n=goal.hoped) if better == "more" else _("希望降 {n} %", n=goal.hoped)
    return _(" · ").join(each for each in (named, where, hoped) if each)


def _compared(session: Session, goal: ImprovementGoal) -> str:
    """Which communities were chosen to compare with; "" for all others."""
    if goal.compared is None:
        return ""
    known = places.names(session, goal.compared)
    names = [name_of(known[each]) for each in goal.compared if each in known]
    return _("只和不会改动的这些小区比：{names}。", names=_("、").join(names))


def _usual(goal: ImprovementGoal, counted: Mapping[str, Any]) -> str:
    if not counted.get("points"):
        return _("改进前没有任何记录，算不出平常是多少。") if counted else ""
    assert goal.baseline_since is not None, "counted together"
    assert goal.baseline_until is not None, "counted together"
    since, until = day(goal.baseline_since), day(goal.baseline_until - timedelta(days=1))
    weeks = len(counted["points"])
    if counted["kind"] == "rate":
        a_month = counted["hit"] / weeks * MONTH
        said = _(
            "{since} 至 {until} 共 {weeks} 周，{count} 件，平均每月 {month} 件。",
            since=since, until=until, weeks=weeks, count=f"{counted['hit']:g}", month=f"{a_month:.1f}",
        )  # fmt: skip
    else:
        share = counted["hit"] / counted["size"] if counted["size"] else 0
        said = _(
            "{since} 至 {until} 共 {weeks} 周，{of} 件里有 {hit} 件（{share}）。",
            since=since, until=until, weeks=weeks, of=f"{counted['size']:g}", hit=f"{counted['hit']:g}",
            share=f"{share:.1%}",
        )  # fmt: skip
    return said + _("立项前的 {n} 周不算：正因为那几周不好才立项，本来就会回落。", n=counted["left_out"])


def _advice(counted: Mapping[str, Any]) -> str:
    words = {
        "longer_baseline": _("等记录更长一些再立项"),
        "whole_community": _("改看整个小区"),
        "wider_category": _("改看更大的类别"),
        "all_day": _("改看全天"),
        "more_sites": _("在几个地方同时做"),
        "other_measure": _("换一个更常发生的指标"),
    }
    named = [words[each] for each in counted.get("advice", []) if each in words]
    if not named:
        return ""
    return _("观察一年也很难看得出来。可以：{ways}。", ways=_("、").join(named))


def _window(each: Mapping[str, Any], goal: ImprovementGoal) -> Window:
    state = "done" if each["power"] >= LIKELY else "soon" if each["power"] >= HARDLY else "late"
    return Window(each["weeks"], round(each["power"] * 100), goal.weeks == each["weeks"], state)


def _chart(goal: ImprovementGoal, counted: Mapping[str, Any], result: ImprovementResult | None) -> Chart | None:
    """The weeks before the change, and once measured those after it, with what was usual before."""
    points = result.figures["points"] if result is not None else counted.get("points", [])
    if not points or goal.baseline_since is None:
        return None
    weeks = len(counted.get("points", []))
    share = counted["kind"] == "share"
    drawn, rows = [], []
    for at, (hit, size) in enumerate(points):
        monday = goal.baseline_since + at * WEEK
        number = (hit / size if size else None) if share else hit
        changed = goal.changed_on is not None and monday >= goal.changed_on
        part = _("改变之后") if changed else _("基线") if at < weeks else _("不算")
        drawn.append(_point(counted, monday, number, hit, size, part, learned=at < weeks))
        shown = "–" if number is None else f"{number:.0%}" if share else f"{number:g}"
        rows.append([Cell(day(monday)), Cell(shown), Cell(part)])
    data = {
        "kind": "control",
        "unit": "share" if share else "count",
        "points": drawn,
        "target": None,
        "least": 0,
        "words": {"target": _("目标"), "baseline": _("基线"), "usual": _("正常范围")},
    }
    note = _("从 {day} 起算改变之后。", day=day(goal.changed_on)) if goal.changed_on else ""
    return Chart(_("每周走势"), data, [_("周（从周一起）"), _("值"), _("属于")], rows[::-1], note)


def _point(
    counted: Mapping[str, Any], monday: date, number: float | None, hit: float, size: float, part: str, *, learned: bool
) -> dict[str, object]:
    scale = 1.0 if counted["kind"] == "share" else size
    limits = {name: None if counted.get(name) is None else counted[name] * scale for name in ("centre", "low", "high")}
    told = (
        _("{hit} / {of} 件", hit=f"{hit:g}", of=f"{size:g}")
        if counted["kind"] == "share"
        else _("{n} 件", n=f"{hit:g}")
    )
    return {
        "name": day(monday),
        "long": f"{day(monday)} – {day(monday + timedelta(days=6))}",
        "value": number,
        **limits,
        "n": _("{told}，{part}", told=told, part=part),
        "signal": "",
        "open": False,
        "baseline": learned,
        "url": "",
    }


# ---- results ---------------------------------------------------------------------------------------------------------


def _told(improvement: Improvement, goal: ImprovementGoal, result: ImprovementResult) -> Told:
    figures = result.figures
    last = result.until - timedelta(days=1)
    if result.again < 0:
        title = _("{since} 至 {until}，后来又多看了一段", since=day(result.since), until=day(last))
    elif result.again == 0:
        title = _("{since} 至 {until} 的效果", since=day(result.since), until=day(last))
    else:
        title = _("第 {n} 次再测：{since} 至 {until}", n=result.again, since=day(result.since), until=day(last))
    return Told(
        result, title, _measured(goal, figures), _sure(figures), _how(figures), _says(figures),
        _cases(improvement, goal, result.since, last),
    )  # fmt: skip


def _measured(goal: ImprovementGoal, figures: Mapping[str, Any]) -> str:
    (hit, size), (hit_after, size_after) = figures["before"], figures["after"]
    if (goal.baseline or {}).get("kind") == "share":
        before, after = (f"{a:g}/{b:g}" for a, b in ((hit, size), (hit_after, size_after)))
        return _("改进前 {before}，改进后 {after}。", before=before, after=after)
    a_month, later = hit / figures["weeks_before"] * MONTH, hit_after / figures["weeks_after"] * MONTH
    return _(
        "改进前平均每月 {before} 件，改进后每月 {after} 件（{weeks} 周共 {count} 件）。",
        before=f"{a_month:.1f}", after=f"{later:.1f}", weeks=figures["weeks_after"], count=f"{hit_after:g}",
    )  # fmt: skip


def _sure(figures: Mapping[str, Any]) -> str:
    if "few_cases" in figures["says"] or None in (figures["ratio"], figures["low"], figures["high"]):
        return ""
    numbers = {name: f"{figures[name]:.0%}" for name in ("ratio", "low", "high")}
    if "no_season" in figures["says"]:
        return _("是原来的 {ratio}（95 % 的把握在 {low} 到 {high} 之间）。", **numbers)
    said = _("扣除别处同期的变化后是原来的 {ratio}（95 % 的把握在 {low} 到 {high} 之间）。", **numbers)
    if figures["expected"] and abs(figures["expected"] - 1) >= 0.005:
        said += _("别处同期变成原来的 {n}。", n=f"{figures['expected']:.0%}")
    return said


def _how(figures: Mapping[str, Any]) -> str:
    if figures["method"] == "placebos":
        share = f"{figures['rank']:.1%}"
        return _(
            "和没有动过的 {places} 处、{n} 段同样长的时间比：自己变得这么好的占 {share}，不超过 3 % 才算有效。",
            places=figures["places"], n=figures["placebos"], share=share,
        )  # fmt: skip
    return _("可比的地方不够排名（{n} 处，要 19 处），改用公式并留更大余地。", n=figures["places"])


def _says(figures: Mapping[str, Any]) -> list[str]:
    words = {
        "not_why": _("它只说变没变，不说为什么变。"),
        "few_places": _("可比的地方少，只有很明显的变化才会判为有效。"),
        "no_season": _("别处的数量太少，没有扣除季节的影响。"),
        "few_cases": _("件数太少，看不出来。"),
        "one_place": _("只看一栋：件数少，偶然的起伏大。"),
    }
    return [words[each] for each in figures["says"] if each in words]


def _cases(improvement: Improvement, goal: ImprovementGoal, since: date, last: date) -> str:
    """The address of the complaints behind a result; of a building and of nights the list shows all of the community."""
    asked: dict[str, Any] = {
        "measure": goal.measure,
        "part": "of",
        "since": since.isoformat(),
        "until": last.isoformat(),
    }
    narrowed: dict[str, Any] = {"category": goal.category} if goal.category else {}
    return url_for("complaints.index", community=improvement.community_id, **asked, **narrowed)
