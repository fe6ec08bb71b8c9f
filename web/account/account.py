"""One's own account: who I am here, my language, my password."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.company import people, places, staff
from engine.core.errors import Invalid
from web.shell import current, guard
from web.shell.guard import SIGNED_IN, rule
from web.shell.language import gettext as _

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("")
@rule(SIGNED_IN)
def show() -> str:
    """The account page."""
    return page({})


def page(errors: dict[str, tuple[str, str]]) -> str:
    """The account page, with what is wrong with a new password."""
    session, person = current.reading(), current.someone()
    held = people.holdings(session, person.id)
    shown = places.names(session, [each.place_id for each in held])
    titles = places.titles(session, shown.values())
    return render_template("account/account.html", held=held, titles=titles, errors=errors)


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


def _change(old: str, password: str, again: str) -> people.Person:
    me = current.someone()
    if not people.confirm(current.store(), me, old):
        raise Invalid({"current": ("现在的密码不对。", "This is not your present password.")})
    if password != again:
        raise Invalid({"again": ("两次输入的密码不一样。", "The two passwords differ.")})
    with current.transaction() as session:
        person = people.find(session, me.id)
        staff.change_password(session, person, password)
    return person
