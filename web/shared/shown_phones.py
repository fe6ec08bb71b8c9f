"""A resident's phone number: shown in full on one page, to the person whose request for it was recorded."""

from flask import session

SHOWN = "phone shown"
"""Session key: whose phone number to show on the next page."""


def show_next(which: int | str) -> None:
    """Show this phone on the next page that is about it: of a complaint (its id) or a request (its number)."""
    session[SHOWN] = which


def is_shown(which: int | str) -> bool:
    """Whether this page shows that phone; the next one will not."""
    return of_which() == which


def of_which() -> int | str | None:
    """The complaint or request whose phone a page about several shows; the next one will not."""
    shown: int | str | None = session.pop(SHOWN, None)
    return shown
