"""A browser in which somebody is logged in, without typing a password."""

from datetime import timedelta

from flask.testing import FlaskClient

from engine.company import log_ins
from engine.company.people import Person
from engine.core.store import Store
from web.shell.guard import LOG_IN

LASTS = timedelta(days=3650)
"""Stories turn the clock far ahead."""


def log_in(browser: FlaskClient, person: Person) -> None:
    """Log the person in."""
    store: Store = browser.application.extensions["bihuan"].store
    with store.transaction() as session:
        token = log_ins.begin(session, person.id, "127.0.0.1", lasts=LASTS)
    with browser.session_transaction() as kept:
        kept[LOG_IN] = token
