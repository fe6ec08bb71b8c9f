"""Logging in and out, and setting a password by an administrator's link."""

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.administration import passwords
from engine.company import people
from engine.company.people import WrongLogin
from engine.core.errors import Invalid, Throttled
from web.shell import cookies, current, errors, guard, known_devices, navigation
from web.shell.guard import PUBLIC, rule
from web.shell.language import LANGUAGES, choose, language
from web.shell.language import gettext as _

blueprint = Blueprint("login", __name__)


@blueprint.get("/login")
@rule(PUBLIC)
def show() -> str | Response:
    """The log-in page."""
    if current.person():
        return redirect(guard.safe_target(request.args.get("next")) or navigation.home(), 303)
    if "first_start.show" in current_app.view_functions and not people.anybody(current.reading()):
        return redirect(url_for("first_start.show"), 303)
    return render_template("login/login.html", login="", error="", encrypted=encrypted())


def encrypted() -> str:
    """The address to log in at, where this one is not encrypted and its cookies would not come back; else empty."""
    wanted = cookies.secure(current.settings()) and not request.is_secure
    return f"{current.settings().public_url}{url_for('login.show')}" if wanted else ""


@blueprint.post("/login")
@rule(PUBLIC)
def log_in() -> Response | tuple[str, int]:
    """Check login and password."""
    login, password = request.form.get("login", "").replace("\x00", ""), request.form.get("password", "")
    try:
        person = people.authenticate(current.store(), login, password, current.address(), known_devices.this())
    except (WrongLogin, Throttled) as refused:
        status = errors.status_of(refused)
        return render_template("login/login.html", login=login, error=refused.text(language())), status
    guard.welcome(person)
    guard.recognise()
    return redirect(guard.safe_target(request.args.get("next")) or navigation.home(), 303)


@blueprint.post("/logout")
@rule(PUBLIC)
def log_out() -> Response:
    """End the session on this browser."""
    kept = language()
    guard.log_out()
    choose(kept)
    flash(_("您已退出登录。"))
    return redirect(url_for("login.show"), 303)


@blueprint.get("/password/<token>")
@rule(PUBLIC)
def ask_password(token: str) -> str:
    """The page behind an administrator's link."""
    owner = people.whose_link(current.reading(), token)
    return render_template("login/password.html", owner=owner, errors={})


@blueprint.post("/password/<token>")
@rule(PUBLIC)
def set_password(token: str) -> Response | tuple[str, int]:
    """Set the password that the link allows."""
    password, again = request.form.get("password", ""), request.form.get("again", "")
    try:
        if password != again:
            raise Invalid({"again": ("两次输入的密码不一样。", "The two passwords differ.")})
        with current.transaction() as writing:
            person = passwords.redeem(writing, token, password)
    except Invalid as wrong:
        owner = people.whose_link(current.reading(), token)
        return render_template("login/password.html", owner=owner, errors=wrong.fields), 422
    guard.welcome(person)
    guard.recognise()
    flash(_("密码已设置，您已登录。"))
    return redirect(navigation.home(), 303)


@blueprint.post("/language")
@rule(PUBLIC)
def switch_language() -> Response:
    """Switch the language of all pages and come back."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        choose(chosen)
        person = current.person()
        if person is not None:
            with current.transaction() as writing:
                people.find(writing, person.id).language = chosen
    return redirect(guard.safe_target(request.form.get("back")) or url_for("start.home"), 303)
