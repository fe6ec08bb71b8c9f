"""A resident's phone number: shown in full on one page, to the person whose request for it was recorded."""

from flask import session

SHOWN = "phone shown"
"""Session key: whose phone number to show on the next page."""


def show_next(complaint_id: int) -> None:
    """Show the phone of this complaint on the next page that is about it."""
    session[SHOWN] = complaint_id


def is_shown(complaint_id: int) -> bool:
    """Whether this page shows the phone of the complaint; the next one will not."""
    return of_which() == complaint_id


def of_which() -> int | None:
    """The complaint whose phone a page about several shows; the next one will not."""
    shown: int | None = session.pop(SHOWN, None)
    return shown
