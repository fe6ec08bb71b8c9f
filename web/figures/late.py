"""Why complaints are late: which step held them, for whom, received when; work that comes beside people on duty."""

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, render_template

from engine.complaints.core import categories
from engine.measures import arrivals, late
from engine.measures.arrivals import DAYS, HOURS, Arrivals, Hour
from engine.measures.late import BAND, BANDS, Cell, Held, WhyLate
from engine.measures.scopes import SEE
from web.figures import asking, words
from web.figures.asking import Asked
from web.shared import charts, codes_in_words
from web.shared.charts import Cell as Told
from web.shared.charts import Chart
from web.shell import current
from web.shell.formats import name_of, zone
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("late", __name__, url_prefix="/figures/late")
blueprint.context_processor(codes_in_words.context)

ON = ("work", "rest")
MOST_LISTED = 25


@blueprint.get("")
@rule(SEE)
def show() -> str:
    """The steps that held late complaints, what stands out, and work beside people."""
    session, me, asked = (
        current.reading(),
        current.someone(),
        asking.read({"on": ON, "held": lambda text: len(text) < 300}),
    )
    why = late.why(session, me, asked.scope, asked.since, asked.until)
    week = arrivals.week(session, me, asked.scope, asked.since, asked.until, zone())
    on = asked.wish.filters["on"]
    chosen = next((each for each in why.held if key(each) == asked.wish.filters["held"]), None)
    return render_template(
        "figures/late.html",
        why=why,
        pareto=pareto(why, asked),
        out=[
            (told(each), each.compared)
            for each in late.standing_out(session, me, asked.scope, asked.since, asked.until)
        ],
        week=week,
        heat=heat(week),
        profile=profile(week, on),
        on=on,
        chosen=chosen,
        chosen_name=step_name(chosen) if chosen else "",
        listed=list(chosen.complaint_ids[:MOST_LISTED]) if chosen else [],
        words=words,
        **asking.choices(asked),
    )


def key(held: Held) -> str:
    """A step and whom it waited for, in the address."""
    return f"{held.element}~{held.waited_for}"


def step_name(held: Held) -> str:
    """A step and whom it waited for: 实施 · 工程维修."""
    return f"{words.pick(held.step)} · {name_of(held.waited_for)}"


def band(number: int) -> str:
    """A part of the day: 18–24."""
    return f"{number * BAND}–{(number + 1) * BAND}"


def pareto(why: WhyLate, asked: Asked) -> Chart:
    """The steps, the one that held most first, with the part of the day that complaints were received in."""
    head = [_("步骤 · 等谁"), _("件数"), *(_("{hours} 点收到", hours=band(each)) for each in BANDS), _("平均等了")]
    rows = [
        (
            Told(step_name(each), asked.to("late.show", held=key(each), _anchor="held")),
            float(each.cases),
            [
                Told(str(each.cases)),
                *(Told(str(part)) for part in each.by_band),
                Told(_("{n} 小时", n=f"{each.hours / each.cases:,.0f}")),
            ],
        )
        for each in why.held
    ]
    note = _("每件逾期的算到它等得最久的那一步。百分比：从上到下累计占多少。")
    if why.looked_at < why.late:
        note += _("只看了最新的 {n} 件。", n=f"{why.looked_at:,}")
    drawn = charts.bars(_("逾期的件，等得最久的一步"), "count", head, rows, pareto=True, note=note, most=12)
    return replace(drawn, open=True)


def told(cell: Cell) -> str:
    """A category and part of the day in words."""
    found = categories.known(current.reading()).get(cell.category)
    name = found.said(language()) if found else cell.category
    return _("{category}，{hours} 点收到的", category=name, hours=band(cell.band))


# ---- work beside people ----------------------------------------------------------------------------------------------


def weekdays() -> list[str]:
    """The names of the days."""
    return [_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")]


def heat(week: Arrivals) -> Chart:
    """Tasks that come, by weekday and hour; framed where fewer were on duty than it took."""
    cells = [
        [
            (hour.came, _told_hour(hour), "late" if hour.is_short else "")
            for hour in week.hours[day * HOURS : (day + 1) * HOURS]
        ]
        for day in range(DAYS)
    ]
    return charts.heat(
        _("一周里什么时候来活（每小时新任务，平均一周）"), [f"{hour}" for hour in range(HOURS)], weekdays(), cells
    )


def _told_hour(hour: Hour) -> str:
    there = "–" if hour.there is None else f"{hour.there:.1f}"
    return _(
        "新任务 {came}，办完 {went}，在岗 {there}，需要 {needed}",
        came=f"{hour.came:.1f}", went=f"{hour.went:.1f}", there=there, needed=f"{hour.needed:.1f}",
    )  # fmt: skip


def profile(week: Arrivals, on: str) -> Chart:
    """The hours of an average day, of a working day or of a weekend."""
    days: Sequence[int] = {"work": range(5), "rest": (5, 6)}.get(on, range(DAYS))
    hours = [[week.at(day, hour) for day in days] for hour in range(HOURS)]

    def mean(name: str) -> list[float]:
        return [round(sum(getattr(each, name) for each in same) / len(days), 2) for same in hours]

    has_roster = week.hours[0].there is not None
    came, went, needed = mean("came"), mean("went"), mean("needed") if week.known else [0.0] * HOURS
    there = mean("there") if has_roster else [None] * HOURS
    head = [_("钟点"), _("新任务"), _("办完"), _("在岗人数"), _("需要人数")]
    rows = [
        [
            Told(f"{hour}:00", state="late" if has_roster and needed[hour] > (there[hour] or 0) and needed[hour] >= 0.5 else ""),
            Told(f"{came[hour]:.1f}"), Told(f"{went[hour]:.1f}"),
            Told("–" if there[hour] is None else f"{there[hour]:.1f}"), Told(f"{needed[hour]:.1f}"),
        ]
        for hour in range(HOURS)
    ]  # fmt: skip
    note = "" if week.known else _("没有一个任务知道何时动手，所以算不出需要几个人。")
    note = note or _(
        "需要人数 = 新任务 × 该步骤平常的办理时间（知道何时动手的 {known} 个任务的中位数，共 {tasks} 个）÷ 每小时能用的 80%。",
        known=f"{week.known:,}", tasks=f"{week.tasks:,}",
    )  # fmt: skip
    if not has_roster:
        note += _("这些部门没有排班表，所以不知道谁在岗。")
    return charts.profile(
        _("一天里：来的、办完的、在岗的、需要的"),
        [str(hour) for hour in range(HOURS)],
        came,
        went,
        there,
        needed,
        head,
        rows,
        note,
    )
