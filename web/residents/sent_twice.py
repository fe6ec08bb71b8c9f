"""What this browser sent recently: going back and sending the same again creates no second complaint."""

import hashlib
from datetime import datetime, timedelta

from flask import session as browser

from engine.core import clock

KEPT = "sent"
"""Session key of [page token, name of the submission, when], newest first."""

MOMENT = timedelta(minutes=30)
MOST = 3


def named(word: str, *texts: str) -> str | None:
    """The same page sent twice with the same answers is one complaint; a different answer makes a new one."""
    return hashlib.sha256("\n".join((word[:80], *texts)).encode()).hexdigest() if word else None


def before(*texts: str) -> str | None:
    """The name of what this browser just sent with the same answers, from any page."""
    return next((name for word, name in _recent() if named(word, *texts) == name), None)


def remember(word: str, name: str | None) -> None:
    """Remember a submission. Only its name (a fingerprint) is kept in the browser, not text or phone."""
    earlier = browser.get(KEPT, [])
    if name is not None and all(each[1] != name for each in earlier):
        browser[KEPT] = [[word[:80], name, clock.now().isoformat()], *earlier][:MOST]


def _recent() -> list[tuple[str, str]]:
    now = clock.now()
    return [
        (word, name)
        for word, name, at in browser.get(KEPT, [])
        if timedelta() <= now - datetime.fromisoformat(at) <= MOMENT
    ]
