"""The browsers in which one allowed messages: allow this one, try it, remove one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import letters
from engine.core import clock, throttle
from engine.core.errors import Invalid
from engine.letters import Letter
from engine.letters.browsers import KIND, Browser, Subscription
from engine.letters.push import public_key
from web.shell import current, form_input
from web.shell.guard import SIGNED_IN, rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("browsers", __name__, url_prefix="/account/browsers")

SYSTEMS: Mapping[str, str] = {
    "iPhone": "iPhone", "iPad": "iPad", "Android": "Android", "Windows": "Windows", "Macintosh": "Mac", "Linux": "Linux",
}  # fmt: skip
BROWSERS: Mapping[str, str] = {"Edg": "Edge", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
TRIED = "push_try"
MOST_TRIED, WITHIN = 30, timedelta(hours=1)
"""How many messages one may try within that time: each may hold up the messages behind it for seconds."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A browser with the last message that was tried on it."""

    browser: Browser
    tried: Letter | None


@blueprint.get("")
@rule(SIGNED_IN)
def index() -> str:
    """The browsers, and the button that allows this one."""
    session, me = current.reading(), current.someone()
    found = [_shown(session, each) for each in letters.browsers.of(session, [me.id])]
    return render_template("browsers/index.html", found=found, key=public_key(current.settings()))


def _shown(session: Session, browser: Browser) -> Shown:
    tried = select(Letter).where(Letter.template == TRIED, Letter.to_kind == KIND, Letter.to_ref == browser.id)
    return Shown(browser, session.scalar(tried.order_by(Letter.id.desc()).limit(1)))


@blueprint.post("")
@rule(SIGNED_IN)
def allow() -> tuple[str, int]:
    """Keep this browser's subscription, sent by the page's script."""
    given = form_input.texts(("endpoint", "p256dh", "auth"))
    anywhere = current.settings().push_anywhere
    subscription, name = Subscription(**given), name_of_browser(request.headers.get("User-Agent", ""))
    try:
        current.attempt(
            lambda session: letters.browsers.add(session, current.someone(), subscription, name, anywhere=anywhere)
        )
    except Invalid as wrong:
        return wrong.fields["browser"][0 if language() == "zh" else 1], 422
    flash(_("已允许：有险情时，这个浏览器会收到通知，页面没打开也能收到。"))
    return "", 204


def name_of_browser(agent: str) -> str:
    """What its owner recognises a browser by: Chrome · Android."""
    browser = next((name for word, name in BROWSERS.items() if word in agent), _("浏览器"))
    system = next((name for word, name in SYSTEMS.items() if word in agent), "")
    return " · ".join(filter(None, (browser, system)))


@blueprint.post("/<int:browser_id>/remove")
@rule(SIGNED_IN)
def remove(browser_id: int) -> Response:
    """Send nothing to it any more."""
    current.attempt(lambda session: letters.browsers.remove(session, current.someone(), browser_id))
    flash(_("已移除，这个浏览器不再收到通知。"))
    return redirect(url_for("browsers.index"), 303)


@blueprint.post("/<int:browser_id>/try")
@rule(SIGNED_IN)
def try_out(browser_id: int) -> Response:
    """Send it a message to see whether it arrives."""
    me = current.someone()

    def put(session: Session) -> None:
        browser = letters.browsers.find(session, me, browser_id)
        throttle.count(session, f"push tried:{me.id}", most=MOST_TRIED, within=WITHIN)
        key = f"{TRIED}:{browser.id}:{clock.now():%Y%m%d%H%M%S}"
        page = url_for("browsers.index")
        letters.put(session, key, TRIED, (KIND, browser.id), {"page": page, "person": me.id})

    current.attempt(put)
    flash(_("已放进发送队列，几秒钟内应当收到。收不到请看下面的结果。"))
    return redirect(url_for("browsers.index"), 303)
