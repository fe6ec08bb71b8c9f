"""What residents may start themselves: which process, which community, the company's form, the receipt."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import files
from engine.company import places
from engine.company.places import Place
from engine.complaints.resident.resident_acts import WINDOW
from engine.core import secret_links, throttle
from engine.core.errors import Invalid, NotFound, Throttled
from engine.core.settings import secret
from engine.forms import Checked
from engine.processes.versions import Version
from engine.requests import opened, start_form, starting
from engine.requests.start_form import Start
from engine.requests.starting import Started, Wish
from web.residents import sent_twice, uploads
from web.residents.complain import MOST_FROM_ADDRESS, MOST_FROM_PHONE, keep_private, please_wait
from web.shared import codes_in_words, form_choices
from web.shell import current
from web.shell.formats import zone
from web.shell.guard import PUBLIC, rule
from web.shell.language import language

blueprint = Blueprint("apply", __name__, url_prefix="/apply")
blueprint.context_processor(codes_in_words.context)
blueprint.after_request(keep_private)

NOTHING: Mapping[str, tuple[str, str]] = MappingProxyType({})


def offered(reading: Session) -> list[Version]:
    """What residents may start now, by name; nothing while there is no community."""
    found = [version for _event, version in opened.opened(reading)]
    return found if found and places.communities(reading) else []


@blueprint.get("")
@rule(PUBLIC)
def index() -> str:
    """Everything that residents may start."""
    return render_template("apply/index.html", versions=offered(current.reading()))


@blueprint.get("/<process>")
@rule(PUBLIC)
def ask(process: str) -> str:
    """The community, then the form."""
    reading = current.reading()
    version, everywhere = find(reading, process), places.communities(reading)
    community = chosen(everywhere, request.args.get("community", ""))
    if community is None:
        return render_template("apply/community.html", version=version, communities=everywhere)
    start = start_form.read(reading, process, community.id, public=True)
    if start.form is None:
        raise NotFound
    return page(version, community, start, start.form.blank(zone=zone()))


def find(reading: Session, process: str) -> Version:
    """The process, if residents may start it. Raises `NotFound`."""
    found = next((each for each in offered(reading) if each.process == process), None)
    if found is None:
        raise NotFound
    return found


def chosen(everywhere: list[Place], code: str) -> Place | None:
    """The community with that code; the only one needs no choice."""
    if len(everywhere) == 1:
        return everywhere[0]
    return next((each for each in everywhere if each.code.casefold() == code.strip().casefold()), None)


def page(version: Version, community: Place, start: Start, checked: Checked, problem: str = "") -> str:
    """The form, blank or with the input."""
    reading = current.reading()
    uploads.word()  # before the first file: several sent at once must belong to one browser
    assert start.form is not None
    return render_template(
        "apply/form.html",
        version=version,
        community=community,
        several=len(places.communities(reading)) > 1,
        form=start.form,
        checked=checked,
        choices=form_choices.offered(reading, start.form, community.id),
        kept_files=uploads.named(checked.kept),
        kept_at="complain.show_file",
        limits=files.limits.of(reading),
        sent_as=request.form.get("sent_as", "") or secrets.token_urlsafe(24),
        problem=problem,
    )


@blueprint.post("/<process>")
@rule(PUBLIC)
def send(process: str) -> Response | tuple[str, int]:
    """Start it, or show at the field what is missing."""
    reading = current.reading()
    version, community = find(reading, process), chosen(places.communities(reading), request.form.get("community", ""))
    if community is None:
        return redirect(url_for("apply.ask", process=process), 303)
    start = start_form.read(reading, process, community.id, public=True)
    if start.form is None:
        raise NotFound
    choices = form_choices.offered(reading, start.form, community.id)
    checked = start.form.check(request.form, request.files, None, choices, zone=zone())
    checked = start_form.with_home(reading, start, checked)
    problem, status, errors = "", 422, NOTHING
    if checked.ok:
        try:
            begun = register(process, community, checked)
            return redirect(url_for("request.receipt", secret=begun.secret), 303)
        except Invalid as wrong:
            errors = wrong.fields
        except Throttled as refused:
            problem, status = please_wait(refused, community), 429
    held = uploads.hold(checked)
    return page(version, community, start, replace(held, errors={**held.errors, **errors}), problem), status


def register(process: str, community: Place, checked: Checked) -> Started:
    """Start the case with its files, counted by sender; sent twice, it is one. Raises `Invalid`, `Throttled`."""
    key, address = secret(current.settings(), "links"), current.address()
    prepared = uploads.look_through(checked.files)
    missing = uploads.missing(current.reading(), checked.kept)
    filled = start_form.filled(current.reading(), checked, community.id)
    answers = (filled.phone, filled.place_text, filled.text, *(str(each) for each in filled.answers.values()))
    word = request.form.get("sent_as", "")
    sent_as = sent_twice.before(process, *answers) or sent_twice.named(word, process, *answers)
    wish = Wish(process, community.id, filled, language(), sent_as)

    def work(writing: Session) -> Started:
        if (there := starting.before(writing, sent_as, key=key)) is not None:
            return there
        throttle.count(writing, f"apply:{address}", most=MOST_FROM_ADDRESS, within=WINDOW)
        if hashed := secret_links.phone_hash(key, filled.phone):
            throttle.count(writing, f"apply by:{hashed}", most=MOST_FROM_PHONE, within=WINDOW)
        begun = starting.start(writing, wish, key=key)
        if not files.of_request(writing, begun.request.id):
            uploads.claim(writing, begun.request, checked.kept)
            uploads.keep(writing, begun.request, prepared)
        return begun

    try:
        begun = current.attempt(work)
    except IntegrityError:  # the same page was sent twice at once: the other one exists now
        begun = current.attempt(work)
    sent_twice.remember(word, sent_as)
    uploads.say_missing(missing)
    return begun
