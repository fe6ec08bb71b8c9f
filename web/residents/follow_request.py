"""A resident's request behind its secret link: where it stands, what is asked of them, and what they can do."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import files
from engine.casework import cases
from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.company import places
from engine.complaints.resident.resident_acts import WINDOW
from engine.core import throttle
from engine.core.errors import Conflict, Invalid, NotFound, Throttled
from engine.core.settings import secret as key_of
from engine.files import File
from engine.forms import Checked, Form
from engine.processes import versions
from engine.processes.versions import Version
from engine.requests import Request, own_link, resident, rows, start_form
from web.residents import uploads
from web.residents.follow import keep_private, let_only_residents_act, typed_words
from web.shared import codes_in_words, form_choices
from web.shared.files import attached
from web.shared.resident_links import for_receipt
from web.shell import current
from web.shell.formats import zone
from web.shell.guard import PUBLIC, rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("request", __name__, url_prefix="/r/<secret>")
blueprint.context_processor(codes_in_words.context)
blueprint.before_request(let_only_residents_act)
blueprint.after_request(keep_private)

NOTHING: Mapping[str, tuple[str, str]] = MappingProxyType({})
MOST_ANSWERS = 30
"""How often something may be sent behind one link in an hour."""


def about(reading: Session, found: Request, secret: str) -> dict[str, Any]:
    """The context of every page of a request."""
    community = places.find(reading, found.community_id)
    case = reading.get_one(Case, found.case_id)
    return {
        "found": found,
        "secret": secret,
        "community": community,
        "phone": places.phone(reading, community),
        "standing": resident.standing(reading, found),
        "version": reading.get_one(Version, versions.versions_of(reading, case.pin)[case.process]),
    }


@blueprint.get("")
@rule(PUBLIC)
def show(secret: str) -> str:
    """Where it stands."""
    reading = current.reading()
    found = resident.enter(reading, secret)
    contact = rows.contact(reading, found)
    return render_template(
        "request/show.html", contact=contact, files=files_of(reading, found), **about(reading, found, secret)
    )


def files_of(reading: Session, found: Request) -> list[File]:
    """The resident's files; what the staff brought is internal."""
    asked = select(File).where(File.request_id == found.id, File.by_id.is_(None))
    return list(reading.scalars(asked.order_by(File.id)))


@blueprint.get("/receipt")
@rule(PUBLIC)
def receipt(secret: str) -> str:
    """The number, the link, and what happens next."""
    reading = current.reading()
    found = resident.enter(reading, secret)
    return render_template(
        "request/receipt.html", **for_receipt("request.show", secret), **about(reading, found, secret)
    )


@blueprint.get("/files/<int:file_id>")
@rule(PUBLIC)
def show_file(secret: str, file_id: int) -> Response:
    """One of the resident's files."""
    reading = current.reading()
    mine = files_of(reading, resident.enter(reading, secret))
    found = next((each for each in mine if each.id == file_id), None)
    if found is None:
        raise NotFound
    return attached(found)


# ---- answering what is asked -----------------------------------------------------------------------------------------


@blueprint.get("/tasks/<int:task_id>")
@rule(PUBLIC)
def ask(secret: str, task_id: int) -> str | Response:
    """The form of what is asked."""
    reading = current.reading()
    found = resident.enter(reading, secret)
    task = resident.task_of(reading, found, task_id)
    if task.state != "open":
        return no_longer(secret)
    form, known = form_of(reading, task)
    return page(secret, task, form, form.blank(known, zone=zone()) if form else None)


def no_longer(secret: str) -> Response:
    """Back to where it stands."""
    flash(_("现在不需要这一步，请看最新进展。"))
    return redirect(url_for("request.show", secret=secret), 303)


def form_of(reading: Session, task: Task) -> tuple[Form | None, Mapping[str, object]]:
    """The form of a task as a resident sees it (no lists of people), and the variables that its conditions read."""
    case = reading.get_one(Case, task.case_id)
    if not task.form:
        return None, {}
    form = versions.form(reading, case.pin, task.process, task.form)
    shown = tuple(each for each in form.fields if start_form.is_public(each))
    known = {**(cases.variables(reading, case) if form.names else {}), **task.local}
    return replace(form, fields=shown).offering(known, zone()), known


def page(secret: str, task: Task, form: Form | None, checked: Checked | None, problem: str = "") -> str:
    """The form, blank or with the input."""
    reading = current.reading()
    uploads.word()
    return render_template(
        "request/task.html",
        task=task,
        form=form,
        checked=checked,
        choices=form_choices.offered(reading, form, task.community_id) if form else {},
        kept_files=uploads.named(checked.kept) if checked else {},
        kept_at="complain.show_file",
        limits=files.limits.of(reading),
        problem=problem,
        **about(reading, resident.enter(reading, secret), secret),
    )


@blueprint.post("/tasks/<int:task_id>")
@rule(PUBLIC)
def answer(secret: str, task_id: int) -> Response | tuple[str, int]:
    """Take the answer, or show at the field what is missing."""
    reading = current.reading()
    task = resident.task_of(reading, resident.enter(reading, secret), task_id)
    if task.state != "open":
        return no_longer(secret)
    form, known = form_of(reading, task)
    checked = None
    if form is not None:
        choices = form_choices.offered(reading, form, task.community_id)
        checked = form.check(request.form, request.files, known, choices, zone=zone())
    problem, status = "", 422
    if checked is None or checked.ok:
        try:
            give(secret, task_id, checked)
            flash(_("谢谢，已收到。"))
            return redirect(url_for("request.show", secret=secret), 303)
        except Invalid as wrong:
            assert checked is not None
            checked = replace(checked, errors={**checked.errors, **wrong.fields})
        except Throttled as refused:
            problem, status = refused.text(language()), 429
        except Conflict as refused:
            flash(refused.text(language()), "error")
            return redirect(url_for("request.show", secret=secret), 303)
    return page(secret, task, form, uploads.hold(checked) if checked else None, problem), status


def give(secret: str, task_id: int, checked: Checked | None) -> None:
    """Write the answer with its files. Raises `Invalid`, `Throttled`, `Conflict`."""
    prepared = uploads.look_through(checked.files) if checked else []
    kept = checked.kept if checked else {}
    missing = uploads.missing(current.reading(), kept)

    def work(writing: Session) -> None:
        found = resident.enter(writing, secret)
        throttle.count(writing, f"answers:{found.id}", most=MOST_ANSWERS, within=WINDOW)
        uploads.claim(writing, found, kept, task_id)
        uploads.keep(writing, found, prepared, task_id)
        given = {**checked.steering, **checked.rest} if checked else {}
        resident.answer(writing, found, task_id, checked.steering if checked else {}, given)

    current.attempt(work)
    uploads.say_missing(missing)


# ---- what the diagram offers -----------------------------------------------------------------------------------------


@blueprint.get("/send/<message>")
@rule(PUBLIC)
def confirm(secret: str, message: str) -> str | Response:
    """The page that confirms a message, such as a withdrawal."""
    return offer_page(secret, message, "", NOTHING)


def offer_page(secret: str, message: str, words: str, errors: Mapping[str, tuple[str, str]]) -> str | Response:
    """The page of one offer, or back where it no longer stands."""
    reading = current.reading()
    facts = about(reading, resident.enter(reading, secret), secret)
    offer = next((each for each in facts["standing"].offers if each.message == message), None)
    if offer is None:
        return no_longer(secret)
    return render_template("request/send.html", offer=offer, typed={"words": words}, errors=errors, **facts)


@blueprint.post("/send/<message>")
@rule(PUBLIC)
def send(secret: str, message: str) -> Response | str | tuple[str | Response, int]:
    """Send it."""
    words = typed_words()
    try:
        current.attempt(lambda writing: resident.send(writing, resident.enter(writing, secret), message, words))
    except Invalid as wrong:
        return offer_page(secret, message, words, wrong.fields), 422
    except Conflict as refused:
        flash(refused.text(language()), "error")
    else:
        flash(_("已收到。"))
    return redirect(url_for("request.show", secret=secret), 303)


# ---- the link --------------------------------------------------------------------------------------------------------


@blueprint.get("/link")
@rule(PUBLIC)
def ask_renewal(secret: str) -> str:
    """The page for replacing or withdrawing the link."""
    reading = current.reading()
    return render_template("request/link.html", **about(reading, resident.enter(reading, secret), secret))


@blueprint.post("/link")
@rule(PUBLIC)
def renew_link(secret: str) -> Response:
    """Replace the link by a new one, or withdraw it; the old one leads nowhere from now on."""
    key = key_of(current.settings(), "links")
    if request.form.get("act") == "withdraw":
        current.attempt(lambda writing: own_link.withdraw(writing, resident.enter(writing, secret), key=key))
        flash(_("链接已作废。"))
        return redirect(url_for("resident.ask_link"), 303)
    fresh = current.attempt(lambda writing: own_link.renew(writing, resident.enter(writing, secret), key=key))
    flash(_("旧链接已作废。请保存这个新链接。"))
    return redirect(url_for("request.receipt", secret=fresh), 303)
