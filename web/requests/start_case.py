"""发起: what a person may start, and the start form of one process."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import files
from engine.company.places import KnownPlace
from engine.core.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.core.settings import secret
from engine.files import Prepared
from engine.forms import Checked
from engine.processes import start_events, versions
from engine.requests import Request, start_form, starters, starting
from engine.requests.start_form import Filled, Start
from engine.requests.starting import Wish
from web.shared import codes_in_words, form_choices
from web.shared.uploads import at_field
from web.shell import current
from web.shell.formats import zone
from web.shell.guard import SIGNED_IN, rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("start_case", __name__, url_prefix="/requests/new")
blueprint.context_processor(codes_in_words.context)


@blueprint.get("")
@rule(SIGNED_IN)
def index() -> str:
    """Everything that the reader may start."""
    reading, me = current.reading(), current.someone()
    found = [version for _event, version in starters.offered(reading, me)]
    return render_template("start_case/index.html", versions=found)


@blueprint.get("/<process>")
@rule(SIGNED_IN)
def ask(process: str) -> str:
    """The community, then the start form."""
    where = allowed(process)
    community = chosen(where, request.args.get("community", ""))
    if community is None:
        return page(process, where, None, None, None)
    start = start_form.read(current.reading(), process, community.id)
    blank = start.form.blank(zone=zone()) if start.form else None
    return page(process, where, community, start, blank)


@blueprint.post("/<process>")
@rule(SIGNED_IN)
def begin(process: str) -> Response | tuple[str, int]:
    """Start it, or show at the field what is missing."""
    where = allowed(process)
    community = chosen(where, request.form.get("community", ""))
    if community is None:
        return page(process, where, None, None, None), 422
    start = start_form.read(current.reading(), process, community.id)
    checked = check(start, community.id)
    if checked is not None and not checked.ok:
        return page(process, where, community, start, checked), 422
    try:
        prepared = [
            each for key, brought in (checked.files if checked else {}).items() for each in at_field(key, brought)
        ]
        begun = register(process, community.id, checked, prepared)
    except Invalid as wrong:
        if checked is not None:
            checked = replace(checked, errors={**checked.errors, **wrong.fields})
        return page(process, where, community, start, checked, wrong.text(language())), 422
    except (Conflict, NotPermitted) as refused:
        return page(process, where, community, start, checked, refused.text(language())), 409
    flash(_("已发起：{number}。", number=begun.number))
    return redirect(url_for("requests.show", request_id=begun.id), 303)


def allowed(process: str) -> list[KnownPlace]:
    """The communities where the reader may start a process. Raises `NotFound` where there is none."""
    reading = current.reading()
    event = start_events.plain(reading, process)
    found = starters.communities(reading, current.someone(), event) if event is not None else []
    if not found:
        raise NotFound
    return found


def chosen(where: Sequence[KnownPlace], text: str) -> KnownPlace | None:
    """The chosen community, by its id; the only one needs no choice."""
    return where[0] if len(where) == 1 else next((each for each in where if str(each.id) == text), None)


def check(start: Start, community_id: int) -> Checked | None:
    """What was sent; None where nothing is asked."""
    reading, form = current.reading(), start.form
    if form is None:
        return None
    offered = form_choices.offered(reading, form, community_id)
    checked = form.check(request.form, request.files, None, offered, zone=zone())
    return start_form.with_home(reading, start, replace(checked, kept={}))


def register(process: str, community_id: int, checked: Checked | None, prepared: Sequence[Prepared]) -> Request:
    """Start the case with its files; the same page sent twice starts one."""
    me, key = current.someone(), secret(current.settings(), "links")
    sent_as = request.form.get("sent_as", "")[:64] or None

    def work(writing: Session) -> Request:
        filled = start_form.filled(writing, checked, community_id) if checked else Filled({}, {})
        wish = Wish(process, community_id, filled, "zh", sent_as)
        begun = starting.start(writing, wish, key=key, by=me).request
        if not files.of_request(writing, begun.id):
            for each in prepared:
                folder, place_id = current.settings().files, begun.community_id
                files.keep(writing, folder, each, by_id=me.id, place_id=place_id, request_id=begun.id)
        return begun

    try:
        return current.attempt(work)
    except IntegrityError:  # the same page was sent twice at once: the other one exists now
        return current.attempt(work)


def page(
    process: str,
    where: Sequence[KnownPlace],
    community: KnownPlace | None,
    start: Start | None,
    checked: Checked | None,
    problem: str = "",
) -> str:
    """The page: which community, or the form of it with what was typed."""
    reading = current.reading()
    form = start.form if start else None
    choices: Mapping[str, Any] = form_choices.offered(reading, form, community.id) if form and community else {}
    return render_template(
        "start_case/form.html",
        version=versions.latest(reading, process),
        communities=where,
        community=community,
        form=form,
        checked=checked,
        choices=choices,
        limits=files.limits.of(reading),
        problem=problem,
        sent_as=request.form.get("sent_as", "") or secrets.token_urlsafe(24),
    )
