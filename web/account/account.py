"""One's own account: who I am here, my language, when I am not to be disturbed, my password."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from engine.company import log_ins, people, places, staff
from engine.core.errors import Invalid
from engine.letters import rules
from engine.letters.rules import OwnQuietHours, Span, clock_time
from web.shell import current, form_input, guard
from web.shell.guard import SIGNED_IN, rule
from web.shell.language import gettext as _

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
@rule(SIGNED_IN)
def show() -> str:
    """The account page."""
    return page({})


def page(errors: dict[str, tuple[str, str]]) -> str:
    """The account page, with what is wrong in one of its forms."""
    reading, person = current.reading(), current.someone()
    held = people.holdings(reading, person.id)
    shown = places.names(reading, [each.place_id for each in held])
    titles = places.titles(reading, shown.values())
    own = rules.own(reading, [person.id]).get(person.id)
    return render_template(
        "account/account.html",
        held=held,
        titles=titles,
        errors=errors,
        rules=rules.of(reading),
        choice=request.form.get("choice") or _choice(own),
        own=_typed() or _span_said((own and own.span) or rules.of(reading).quiet),
        clock_time=clock_time,
    )


def _choice(own: OwnQuietHours | None) -> str:
    if own is None:
        return "company"
    return "always" if own.always else "own" if own.span else "company"


def _typed() -> dict[str, str]:
    typed = form_input.texts(("begins", "ends"))
    return typed if any(typed.values()) else {}


def _span_said(span: Span) -> dict[str, str]:
    return {"begins": clock_time(span[0]), "ends": clock_time(span[1])}


@blueprint.post("/quiet-hours")
@rule(SIGNED_IN)
def choose_quiet_hours() -> Response | tuple[str, int]:
    """Choose to be reached always, at hours of one's own, or as the company has it."""
    me, choice = current.someone(), request.form.get("choice", "")
    try:
        span = _span() if choice == "own" else None
        current.attempt(lambda writing: rules.choose(writing, me.id, always=choice == "always", span=span))
    except Invalid as wrong:
        return page(wrong.fields), 422
    flash(_("已保存。"))
    return redirect(url_for("account.show"), 303)


def _span() -> Span:
    begins, ends = (form_input.minutes(form_input.text(name)) for name in ("begins", "ends"))
    if begins is None or ends is None:
        raise Invalid({"begins": ("请填写时间，如 21:00。", "Give a time such as 21:00.")})
    return begins, ends


@blueprint.post("/password")
@rule(SIGNED_IN)
def change_password() -> Response | tuple[str, int]:
    """Change one's password; other browsers are logged out."""
    try:
        person = _change(
            request.form.get("current", ""), request.form.get("password", ""), request.form.get("again", "")
        )
    except Invalid as wrong:
        return page(wrong.fields), 422
    guard.welcome(person)
    flash(_("密码已修改，其他设备上的登录已全部退出。"))
    return redirect(url_for("account.show"), 303)


@blueprint.post("/log-out")
@rule(SIGNED_IN)
def log_out_elsewhere() -> Response:
    """End one's log-ins on all other browsers."""
    me = current.someone()
    with current.transaction() as writing:
        log_ins.end_all(writing, me.id, "everywhere", but=str(session[guard.LOG_IN]))
    flash(_("其他设备上的登录已全部退出。"))
    return redirect(url_for("account.show"), 303)


def _change(old: str, password: str, again: str) -> people.Person:
    me = current.someone()
    if not people.confirm(current.store(), me, old):
        raise Invalid({"current": ("现在的密码不对。", "This is not your present password.")})
    if password != again:
        raise Invalid({"again": ("两次输入的密码不一样。", "The two passwords differ.")})
    with current.transaction() as writing:
        person = people.find(writing, me.id)
        staff.change_password(writing, person, password)
    return person
