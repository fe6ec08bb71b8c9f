"""What the address of a list asks for, and its export in the background."""

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from engine.jobs import lists
from engine.jobs.lists import Asked, List
from web.shell import current
from web.shell.language import language
from web.shell.lists import Wish


def asked(wish: Wish) -> Asked:
    """What the list asks for in the engine's form."""
    return Asked(wish.search, wish.filters, f"{'-' * wish.descending}{wish.sort}")


def ask(known: List, wish: Wish) -> Response:
    """Start an export of the whole list and redirect to the page of its job."""
    me, form = current.someone(), request.form.get("format", "")
    job = current.attempt(lambda writing: lists.ask(writing, me, known, asked(wish), form, language()).id)
    return redirect(url_for("jobs.show", job_id=job), 303)
