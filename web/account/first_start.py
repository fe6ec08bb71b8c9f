"""The first start of a real company: its name and its first administrator, as a page."""

import hmac

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.core.errors import Invalid, NotPermitted
from engine.operations import first_start
from web.shell import current, guard
from web.shell.guard import PUBLIC, rule
from web.shell.language import gettext as _

blueprint = Blueprint("first_start", __name__, url_prefix="/start")


class NoToken(NotPermitted):
    """The first page was opened without the token that the server printed."""

    zh = "请用服务器启动时打印的地址打开这一页（运行 bihuan serve 的窗口或它的日志里，以 /start?token= 开头）。"
    en = "Open this page by the address that the server printed when it started (in the window or the log of bihuan serve, with /start?token=)."


FIELDS = ("company", "login", "name", "password", "again")


@blueprint.before_request
def only_once() -> None:
    """The page does not exist once a company has been created."""
    if not first_start.is_needed(current.reading()):
        abort(404)
    if not hmac.compare_digest(request.args.get("token", "").encode(), first_start.token(current.settings()).encode()):
        raise NoToken


@blueprint.get("")
@rule(PUBLIC)
def show() -> str:
    """Ask for the company and the administrator."""
    return render_template("first_start/show.html", typed={}, errors={})


@blueprint.post("")
@rule(PUBLIC)
def begin() -> Response | tuple[str, int]:
    """Make the company and log the administrator in."""
    typed = {name: _typed(name) for name in FIELDS}
    try:
        if typed["password"] != typed["again"]:
            raise Invalid({"again": ("两次密码不一致。", "The two passwords differ.")})
        kept = {name: typed[name] for name in FIELDS if name != "again"}
        administrator = current.attempt(lambda session: first_start.begin(session, **kept))
    except Invalid as wrong:
        return render_template("first_start/show.html", typed=typed, errors=wrong.fields), 422
    guard.welcome(administrator)
    flash(_("公司已建好。先添加区域和小区，再添加同事。"))
    return redirect(url_for("organisation.index"), 303)


def _typed(name: str) -> str:
    """What was typed; a password stays as it is, to the last space."""
    text = request.form.get(name, "").replace("\x00", "")
    return text if name in {"password", "again"} else text.strip()
