"""A resident's phone number: shown whole on one page, to whoever asked for it and had that written down."""

from flask import session

SHOWN = "phone shown"
"""Where the browser's session keeps, for one page, whose phone number was asked for."""


def show_next(complaint_id: int) -> None:
    """Show the phone of this complaint on the next page that is about it."""
    session[SHOWN] = complaint_id


def is_shown(complaint_id: int) -> bool:
    """Whether this page shows the phone of the complaint; the next one does not."""
    return bool(session.pop(SHOWN, None) == complaint_id)
