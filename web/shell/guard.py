"""Who may open which page: every page has a rule; the application does not start if one has none."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, abort, current_app, flash, g, redirect, request, session, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from engine.company import log_ins, people, permissions
from engine.company.log_ins import LogIn
from engine.company.people import Person
from engine.company.permissions import ACTS
from engine.core import clock, master_data
from web.shell import current, known_devices
from web.shell.environment import LOST
from web.shell.language import gettext as _

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
SIGNED_IN = "signed in"

POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
DIAGRAMS = {"style-src-attr": "'unsafe-inline'"}
TABLES = {"style-src": "'self' 'unsafe-inline'"}


WHO = select(Person, master_data.NUMBER).join(LogIn, LogIn.person_id == Person.id).where(*log_ins.RUNNING)
"""Who has logged in on this browser, if that still holds, and whether master data changed since."""

LOG_IN = "log_in"
"""Session key of the browser's token."""


RENEWED = 3600
"""Seconds after which a session in use is written anew, so that it lasts on."""


class NoRule(Exception):
    """A page does not say who may open it."""


def rule(*acts: str) -> Callable[[View], View]:
    """Set who may open a page: `PUBLIC`, `SIGNED_IN`, or people who may do one of `acts` somewhere.

    What they see is decided by the page's queries, which use the reach of the act.
    """
    for act in acts:
        if act not in {PUBLIC, SIGNED_IN, *ACTS}:
            raise NoRule(f"there is no act {act}")

    def mark(view: View) -> View:
        view.rule = acts  # type: ignore[attr-defined]
        return view

    return mark


def relaxed(*more: dict[str, str]) -> Callable[[View], View]:
    """Loosen the content-security policy of a page that draws: `@relaxed(DIAGRAMS)` or `@relaxed(DIAGRAMS, TABLES)`."""

    def mark(view: View) -> View:
        view.policy = {name: value for each in more for name, value in each.items()}  # type: ignore[attr-defined]
        return view

    return mark


def install(app: Flask) -> None:
    """Check the rule before each request, and set the headers after it."""
    rule(PUBLIC)(app.view_functions["static"])
    app.before_request(enter)
    app.after_request(set_headers)


def check(app: Flask) -> None:
    """Raise `NoRule` for the first page that has none."""
    for each in app.url_map.iter_rules():
        if not getattr(app.view_functions[each.endpoint], "rule", ()):
            raise NoRule(f"{each.rule} ({each.endpoint}) needs a rule: @rule(...) from web.shell.guard")


def enter() -> AnyResponse | None:
    """Find out who is asking and whether they may open the page."""
    if LOST in request.environ:
        raise request.environ[LOST]
    if request.endpoint == "static":
        return None
    if any("\x00" in text for text in (*request.args.values(), *request.path)):
        abort(400)
    recognise()
    acts = _of_view("rule", ())
    if not acts or PUBLIC in acts:
        return None
    if current.person() is None:
        return to_login()
    if SIGNED_IN not in acts and not any(current.may(act) for act in acts):
        raise permissions.refusal(acts[0])
    return None


def _of_view(name: str, default: Any) -> Any:
    view = request.url_rule and request.endpoint and current_app.view_functions.get(request.endpoint)
    return getattr(view, name, default) if view else default


def recognise() -> None:
    """Put the logged-in person and what they may do into `g`."""
    g.person = g.grants = None
    if LOG_IN not in session:
        return
    reading = current.reading()
    asked = {"token_hash": log_ins.hash_of(str(session[LOG_IN])), "now": clock.now()}
    found = reading.execute(WHO, asked).one_or_none()
    if found is None or found[0].retired_at is not None:
        if not _from_script():
            session.clear()
        return
    person, number = found
    master_data.note(reading, number)
    g.grants = permissions.grants(reading, person)
    reading.expunge(person)
    g.person = person
    _keep_alive()


def _from_script() -> bool:
    """Whether a script asks, beside the page that is shown: the session is that page's and stays as it is."""
    return "HX-Request" in request.headers


def _keep_alive() -> None:
    """Let the session last on, written anew once an hour at most.

    Were it written with every answer, one that was under way beside a form's would take back what the form's answer
    wrote: the message that something is done.
    """
    if time.time() - session.get("since", 0) > RENEWED:
        session["since"] = int(time.time())


def welcome(person: people.Person) -> None:
    """Log `person` in on this browser."""
    chosen, lasts = session.get("language"), timedelta(hours=current.settings().session_hours)
    with current.transaction() as writing:
        if LOG_IN in session:
            log_ins.end(writing, str(session[LOG_IN]))
        token = log_ins.begin(writing, person.id, current.address(), lasts=lasts)
    session.clear()
    session.permanent = True
    session[LOG_IN] = token
    known_devices.note(person.id)
    if chosen:
        session["language"] = chosen


def log_out() -> None:
    """End the log-in of this browser, on the server too: a copy of its cookie is worth nothing."""
    if LOG_IN in session:
        with current.transaction() as writing:
            log_ins.end(writing, str(session[LOG_IN]))
    session.clear()


def to_login() -> AnyResponse:
    """Send someone who is not logged in to the log-in page, and back afterwards."""
    if _from_script():
        if "_kept" in request.form:
            flash(_("您已退出登录，刚才没有提交。写的都还在，重新登录后回到原来的页面接着办。"), "error")
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        back = urlunsplit(("", "", page.path, page.query, ""))
        return Response(status=401, headers={"HX-Redirect": url_for("login.show", next=back or None)})
    wanted = request.full_path.rstrip("?") if request.method == "GET" else _page_of_form()
    target = url_for("login.show", next=wanted or None)
    if "_kept" in request.form:  # its script keeps what is typed in the tab, and puts it back
        flash(_("您已退出登录，刚才没有提交。写的都还在，重新登录后回到原来的页面接着办。"), "error")
    elif request.method != "GET":
        flash(_("您已退出登录，请重新登录后再试。"), "error")
    return redirect(target, 303)


def to_start_again() -> AnyResponse | None:
    """Answer a form whose page belongs to a log-in that is over; None where there is nothing better than to say so.

    Somebody who is logged out by now goes to the log-in page; what their page keeps in its tab is there again afterwards.
    """
    recognise()
    acts = _of_view("rule", ())
    if acts and PUBLIC not in acts and current.person() is None:
        return to_login()
    if request.endpoint == "login.log_in":
        flash(_("这个页面放得太久了，请再登录一次。"), "error")
        return redirect(url_for("login.show", next=request.args.get("next")), 303)
    if "_kept" in request.form and (back := _page_of_form()):
        flash(_("这个页面放得太久了，刚才没有提交。写的都还在，请再提交一次。"), "error")
        return redirect(back, 303)
    return None


def _page_of_form() -> str:
    """The page of ours that a form was sent from, or ""."""
    page = urlsplit(request.referrer or "")
    return urlunsplit(("", "", page.path, page.query, "")) if page.netloc == request.host else ""


def safe_target(target: str | None) -> str | None:
    """`target` if it is a path of this site, else None."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or "\\" in target:
        return None
    return None if any(ord(character) < 32 for character in target) else target


def set_headers(response: Response) -> Response:
    """Tell the browser to run only our own files."""
    policy = {**POLICY, **_of_view("policy", {})}
    response.headers.setdefault(
        "Content-Security-Policy", "; ".join(f"{name} {value}" for name, value in policy.items())
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "geolocation=(), microphone=(), payment=()")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store" if current.person() else "no-cache")
    if current.settings().public_url.startswith("https:"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
