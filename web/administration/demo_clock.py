"""Demo mode: a page that moves the company's clock forward and fires the timers that become due."""

from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.core.errors import Unclear
from engine.operations import demo_clock, schedule
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("demo_clock", __name__, url_prefix="/demo/clock")

UNITS = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1)}
STEPS = (("15", "minutes"), ("1", "hours"), ("4", "hours"), ("1", "days"), ("3", "days"), ("7", "days"))


@blueprint.before_request
def only_in_demo_mode() -> None:
    """The page does not exist in a real company."""
    if not current.settings().demo:
        abort(404)


@blueprint.get("")
@rule("clock.turn")
def show() -> str:
    """The company's time, and a form to move it forward."""
    return render_template("demo_clock/show.html", ahead=demo_clock.offset(current.reading()), steps=STEPS)


@blueprint.post("")
@rule("clock.turn")
def turn() -> Response:
    """Move the clock forward, fire due timers, send waiting messages."""
    by = _asked()
    current.attempt(lambda session: demo_clock.turn(session, by, current.someone()))
    fired = schedule.fire_timers(current.store())
    schedule.send_letters(current.store(), current.settings())
    flash(_("时钟已拨快，{count} 个到期的定时已触发。", count=fired))
    return redirect(url_for("demo_clock.show"), 303)


def _asked() -> timedelta:
    amount, _space, unit = request.form.get("step", "").partition(" ")
    if not amount:
        amount, unit = request.form.get("amount", ""), request.form.get("unit", "")
    if not amount.isdecimal() or len(amount) > 6 or unit not in UNITS:
        raise Unclear(zh="请填一个整数，并选择单位。", en="Give a whole number and choose a unit.")
    return int(amount) * UNITS[unit]
