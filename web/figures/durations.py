"""How long complaints take, those that are still open included, and at which steps the time goes."""

from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, render_template

from engine.complaints.core import codes
from engine.measures import steps
from engine.measures.durations import Curve
from engine.measures.scopes import SEE
from engine.measures.steps import Kind, Step
from web.figures import asking, words
from web.shared import charts, codes_in_words
from web.shared.charts import Cell, Chart
from web.shell import current, formats
from web.shell.formats import zone
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("durations", __name__, url_prefix="/figures/durations")
blueprint.context_processor(codes_in_words.context)

SHARES = (0.5, 0.9)
FEWEST = 10
"""Fewer than these make no curve."""


@blueprint.get("")
@rule(SEE)
def show() -> str:
    """Curves until the first response and until the end, and the time of each step."""
    session, me, asked = current.reading(), current.someone(), asking.read()
    kinds = steps.kinds(session, me, asked.scope, asked.since, asked.until)
    every = steps.of_tasks(session, me, asked.scope, asked.since, asked.until, zone())
    return render_template(
        "figures/durations.html",
        responding=curves(_("到首次响应"), [(each, each.responding) for each in kinds]),
        ending=curves(_("到结案"), [(each, each.ending) for each in kinds]),
        whole=kinds[0] if kinds else None,
        by_step=by_step(every),
        within=within,
        most=steps.MOST_CURVES,
        words=words,
        **asking.choices(asked),
    )


def within(curve: Curve, share: float) -> str:
    """After how long this share is over, in words."""
    found = curve.within(share)
    return _("还不知道") if found is None else formats.duration(found)


def curves(title: str, kinds: Sequence[tuple[Kind, Curve]]) -> Chart | None:
    """One line an urgency, with median and P90; None for too few cases."""
    drawn = [(each, curve) for each, curve in kinds if curve.cases >= FEWEST]
    if not drawn:
        return None
    most = max(_hours(curve.within(0.95) or _longest(curve)) for _kind, curve in drawn)
    series = [(_named(each), [(_hours(length), share) for length, share in curve.steps]) for each, curve in drawn]
    head = ["", _("件数"), _("还没完"), _("中位数"), _("P90")]
    rows = [
        [
            Cell(_named(each)),
            Cell(f"{curve.cases:,}"),
            Cell(f"{curve.still_open:,}"),
            *(Cell(within(curve, share)) for share in SHARES),
        ]
        for each, curve in drawn
    ]
    note = _("还没完的按“到现在为止”算进去；不算它们，最慢的反而看不见。")
    return charts.curves(title, series, round(most or 1, 2), head, rows, note)


def _named(kind: Kind) -> str:
    return codes.said(codes.URGENCIES, kind.urgency, language()) if kind.urgency else _("全部")


def _hours(length: timedelta) -> float:
    return length.total_seconds() / 3600


def _longest(curve: Curve) -> timedelta:
    return curve.steps[-1][0] if curve.steps else timedelta(hours=1)


def by_step(every: Sequence[Step]) -> Chart:
    """The steps by all the time that complaints spent there; waiting and working where it is known when work began."""
    head = [
        _("步骤"), _("共计小时"), _("次数"), _("中位数"), _("P90"), _("等待中位数"), _("办理中位数"), _("知道何时动手"), _("夜里占"),
    ]  # fmt: skip
    rows = [(Cell(words.pick(each.name)), round(each.hours, 1), _cells(each)) for each in every]
    note = _(
        "等待：从任务开出到动手；办理：从动手到办完。不知道何时动手的，两样都不知道，不拿来充数。夜里：22 点到 6 点。"
    )
    return charts.bars(_("时间花在哪一步"), "hours", head, rows, pareto=True, note=note, most=14)


def _cells(each: Step) -> list[Cell]:
    known = each.known > 0
    return [
        Cell(f"{each.hours:,.0f}"),
        Cell(f"{each.whole.cases:,}"),
        Cell(within(each.whole, 0.5)),
        Cell(within(each.whole, 0.9)),
        Cell(within(each.waiting, 0.5) if known else "–"),
        Cell(within(each.working, 0.5) if known else "–"),
        Cell(f"{each.known:,}"),
        Cell(f"{each.night * 100:.0f}%"),
    ]
