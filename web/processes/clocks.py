"""One page of clocks: what waits and when it goes off, how late timers fired, moving one or letting it go off."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.casework.cases import Case, clock_list, clocks
from engine.casework.timers import Timer
from engine.company import places
from engine.core import clock
from engine.core.errors import BihuanError
from web.processes import case_list
from web.shared import charts, list_exports
from web.shared.charts import Cell, Chart
from web.shared.reachable_places import communities
from web.shell import current, form_input, lists
from web.shell.formats import zone
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("clocks", __name__, url_prefix="/clocks")

MOST = 1_000
PERIOD = timedelta(days=7)


@blueprint.get("")
@rule("timer.see")
def index() -> str:
    """The timers that wait, and how late those of the last week were."""
    session, me = current.reading(), current.someone()
    processes = case_list.names_of_processes(session)
    wish = read_wish(processes)
    query = clock_list.fitting(session, me, list_exports.asked(wish))
    found = lists.turn(session, query, wish, clock_list.SORTS, tie=Timer.id, most=MOST)
    return render_template(
        "clocks/index.html",
        found=found,
        wish=wish,
        names={timer.id: named(session, timer, case) for timer, case in found.rows},
        shifted={timer.id for timer, case in found.rows if clock_list.is_shifted(timer, case)},
        places=places.names(session, [case.place_id for _timer, case in found.rows]),
        processes=processes,
        communities=communities(session, me, "timer.see"),
        drawn=lateness(session),
        earliest=(clock.now() + timedelta(minutes=1)).astimezone(zone()),
    )


def read_wish(processes: Collection[str]) -> lists.Wish:
    """What the address asks for."""
    filters: dict[str, Any] = {"process": list(processes), "community": lists.is_id, "state": clock_list.STATES}
    return lists.read(list(clock_list.SORTS), filters, "due")


@blueprint.post("/export")
@rule("timer.see")
def export() -> Response:
    """Start an export of the whole list."""
    return list_exports.ask(clock_list.LIST, read_wish(case_list.names_of_processes(current.reading())))


def named(session: Session, timer: Timer, case: Case) -> str:
    """The name of a timer's event, as its diagram says it."""
    return clock_list.name_of(session, timer, case)[language() == "en"]


def lateness(session: Session) -> Chart | None:
    """How late the timers of the last week fired; None where none did."""
    counts = clocks.lateness(session, clock.now() - PERIOD)
    if not any(counts):
        return None
    labels = [
        _("提前（不应该有）"), _("1 秒内"), _("1 到 5 秒"), _("5 到 30 秒"), _("30 秒到 5 分钟"), _("5 分钟到 1 小时"), _("超过 1 小时"),
    ]  # fmt: skip
    states = ["late", "", "", "", "soon", "late", "late"]
    rows = [
        (Cell(label, state=state if count else ""), float(count), [Cell(f"{count:,}")])
        for label, count, state in zip(labels, counts, states, strict=True)
    ]
    note = _("承诺：绝不提前，只响一次，机器空闲时最多晚 5 秒。停机期间到期的，开机后补响，会显得晚。")
    return charts.bars(
        _("最近 7 天到期的 {n} 个计时，晚了多少", n=sum(counts)), "count", [_("晚了"), _("个数")], rows, note=note
    )


@blueprint.post("/<int:timer_id>/move")
@rule("timer.move")
def move(timer_id: int) -> Response:
    """Let a timer go off at another moment."""
    typed, me = form_input.texts(("to", "reason")), current.someone()
    to = form_input.moment(typed["to"])
    return _do(lambda session: clocks.move(session, me, timer_id, to or clock.now(), typed["reason"]), _("改好了。"))


@blueprint.post("/<int:timer_id>/fire")
@rule("timer.move")
def fire(timer_id: int) -> Response:
    """Let a timer go off now."""
    reason, me = form_input.texts(("reason",))["reason"], current.someone()
    return _do(lambda session: clocks.fire(session, me, timer_id, reason), _("已按到期处理。"))


def _do(act: Any, done: str) -> Response:
    try:
        current.attempt(act)
        flash(done)
    except BihuanError as refused:
        if not hasattr(refused, "fields"):
            raise
        flash("".join(each[0 if language() == "zh" else 1] for each in refused.fields.values()))
    return redirect(url_for("clocks.index", q=request.args.get("q"), state=request.args.get("state")), 303)
