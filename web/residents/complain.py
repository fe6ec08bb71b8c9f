"""Complaining without a log-in: one question at a time (where, what kind, which category), then the company's form."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import complaints, files
from engine.company import places
from engine.company.places import Place
from engine.complaints.core import categories, links
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.meaning import PROCESS
from engine.complaints.intake import danger, registration
from engine.complaints.intake.registration import LONGEST, Concern, Registered
from engine.complaints.resident.resident_acts import WINDOW
from engine.core import phones, throttle
from engine.core.errors import BihuanError, Invalid, NotFound, Throttled
from engine.core.settings import secret
from engine.forms import Checked, Form
from engine.processes import versions
from web.residents import large_type, sent_twice, uploads
from web.residents.complain_form import (
    FORM,
    Chosen,
    answers,
    areas,
    concern_of,
    context,
    form_for,
    is_main,
    read_chosen,
    with_phone,
    with_place,
)
from web.shared import codes_in_words, form_choices
from web.shared.files import attached
from web.shared.uploads import status_of_upload
from web.shell import current, form_input
from web.shell.formats import zone
from web.shell.guard import PUBLIC, rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("complain", __name__, url_prefix="/complain")
blueprint.context_processor(codes_in_words.context)

MOST_SHOWN = 30
MOST_FROM_ADDRESS = 60
MOST_FROM_PHONE = 10


@blueprint.after_request
def keep_private(response: Response) -> Response:
    """Search engines must not index these pages."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response


# ---- asking ----------------------------------------------------------------------------------------------------------


@blueprint.get("")
@rule(PUBLIC)
def show() -> str:
    """The next unanswered question."""
    reading = current.reading()
    everywhere = places.communities(reading)
    chosen = read_chosen(reading, request.args, everywhere)
    if chosen.community is None:
        return ask_community(chosen, everywhere)
    facts = {"chosen": chosen, "several": len(everywhere) > 1, "phone": places.phone(reading, chosen.community)}
    if not chosen.kind:
        return render_template("resident/kind.html", **facts)
    if chosen.area is None:
        return render_template("resident/area.html", areas=areas(reading), **facts)
    form = form_for(reading, chosen)
    checked = form.blank(context(chosen), {"danger": said_before(form)} if chosen.danger else None, zone=zone())
    return page(chosen, form, checked)


def said_before(form: Form) -> object:
    """Yes, as an answer to the form's question about danger: somebody said so on the way to it."""
    field = form.field("danger")
    return "yes" if field is not None and field.kind == "radio" else True


@blueprint.post("/danger")
@rule(PUBLIC)
def preset_danger() -> str:
    """The question about danger, its answer preset by what was typed so far, unless the resident chose one."""
    reading = current.reading()
    chosen = read_chosen(reading, request.form, places.communities(reading))
    field = form_for(reading, chosen).field("danger") if chosen.community is not None and chosen.area else None
    if field is None or field.kind != "radio":
        raise NotFound
    signs = danger.signs(reading, request.form.get("text", "")[:LONGEST], request.form.get("place_text", "")[:200])
    preset, answer = danger.preset(signs), request.form.get("danger", "")
    if answer in {"", request.form.get("danger_preset", "")}:
        answer = preset
    phone = places.phone(reading, chosen.community) if chosen.community is not None else ""
    return render_template("resident/danger.html", field=field, answer=answer, preset=preset, phone=phone)


def ask_community(chosen: Chosen, everywhere: Sequence[Place]) -> str:
    """Which community: a list, with a search if it is long."""
    words = request.args.get("q", "").strip()[:80]
    found = [each for each in everywhere if words.casefold() in f"{each.name} {each.name_en} {each.code}".casefold()]
    reading = current.reading()
    return render_template(
        "resident/community.html",
        chosen=chosen,
        communities=found[:MOST_SHOWN],
        more=len(found) > MOST_SHOWN,
        searchable=len(everywhere) > MOST_SHOWN // 3,
        words=words,
        phone=places.phone(reading, places.company(reading)) if everywhere else "",
    )


def page(
    chosen: Chosen,
    form: Form,
    checked: Checked,
    *,
    no_phone: bool = False,
    sent_as: str = "",
    problem: str = "",
) -> str:
    """The form, blank or with the input."""
    reading = current.reading()
    assert chosen.community is not None
    uploads.word()  # before the first file: several sent at once must belong to one browser
    return render_template(
        "resident/complain.html",
        chosen=chosen,
        several=len(places.communities(reading)) > 1,
        phone=places.phone(reading, chosen.community),
        form=form,
        aside=[] if large_type.is_large() else [each for each in form.fields if not is_main(each)],
        checked=checked,
        kept_files=uploads.named(checked.kept),
        kept_at="complain.show_file",
        limits=files.limits.of(reading),
        choices=form_choices.offered(reading, form, chosen.community.id),
        no_phone=no_phone,
        sent_as=sent_as or secrets.token_urlsafe(24),
        problem=problem,
    )


# ---- submitting ------------------------------------------------------------------------------------------------------


@blueprint.post("")
@rule(PUBLIC)
def send() -> Response | tuple[str, int]:
    """Accept the complaint, or show at the field what is missing."""
    reading = current.reading()
    chosen = read_chosen(reading, request.form, places.communities(reading))
    if chosen.community is None or not chosen.kind or chosen.area is None:
        return redirect(f"{url_for('complain.show')}?{urlencode(chosen.query())}", 303)
    form, no_phone = form_for(reading, chosen), request.form.get("no_phone") == "1"
    offered = form_choices.offered(reading, form, chosen.community.id)
    checked = form.check(request.form, request.files, context(chosen), offered, zone=zone())
    checked = with_place(with_phone(checked, no_phone), form)
    problem, status, errors = "", 422, {}
    if checked.ok:
        concern = concern_of(reading, chosen, form, checked, no_phone)
        if (earlier := sent_before(reading, concern, sent_twice.before(*answers(form, checked.values)))) is not None:
            return already(earlier, checked)
        try:
            registered = register(concern, checked)
            sent_twice.remember(request.form.get("sent_as", ""), concern.sent_as)
            return redirect(url_for("resident.receipt", secret=registered.secret), 303)
        except Invalid as wrong:
            errors = wrong.fields
        except Throttled as refused:
            problem, status = please_wait(refused, chosen.community), 429
    held = uploads.hold(checked)
    again = replace(held, errors={**errors, **held.errors})
    sent_as = request.form.get("sent_as", "")
    return page(chosen, form, again, no_phone=no_phone, sent_as=sent_as, problem=problem), status


def sent_before(reading: Session, concern: Concern, name: str | None) -> Complaint | None:
    """The complaint that this browser just sent with the same text from another page, unless declared different."""
    if name in (None, concern.sent_as) or request.form.get("another") == "1":
        return None
    return reading.scalar(select(Complaint).where(Complaint.sent_as == name))


def already(earlier: Complaint, checked: Checked) -> tuple[str, int]:
    """The page that says so: nothing is saved; one press submits it anyway."""
    held = uploads.hold(checked)
    left_out = {"csrf_token", "sent_as", "another", *(f"{field}.kept" for field in held.kept)}
    again = [(name, text) for name, text in request.form.items(multi=True) if name not in left_out]
    again += [(f"{field}.kept", str(one)) for field, ids in held.kept.items() for one in ids]
    again += [("sent_as", secrets.token_urlsafe(24)), ("another", "1")]
    key = links.secret_of(secret(current.settings(), "links"), earlier)
    return render_template("resident/already.html", complaint=earlier, secret=key, again=again), 422


@blueprint.post("/files")
@rule(PUBLIC)
def bring() -> tuple[Response, int]:
    """Keep one file until the form is sent: {"id", "name"}, or {"error"} with a message."""
    upload = request.files.get("file")
    if upload is None:
        return jsonify(error=_("没有收到文件。")), 422
    try:
        file = uploads.bring(upload)
    except BihuanError as bad:
        return jsonify(error=bad.text(language())), status_of_upload(bad)
    return jsonify(id=file.id, name=file.original_name), 201


@blueprint.get("/files/<int:file_id>")
@rule(PUBLIC)
def show_file(file_id: int) -> Response:
    """A file that this browser uploaded with a form that is not sent yet."""
    found = uploads.named({"": (file_id,)}).get(file_id)
    if found is None:
        raise NotFound
    return attached(found)


# ---- please call me --------------------------------------------------------------------------------------------------


@blueprint.get("/call-me")
@rule(PUBLIC)
def ask_call() -> str:
    """A community and a phone, nothing else."""
    return call_page({"community": request.args.get("community", "")}, {})


def call_page(given: dict[str, str], errors: dict[str, tuple[str, str]], problem: str = "") -> str:
    """The page that asks for a community and a phone."""
    reading = current.reading()
    everywhere = places.communities(reading)
    return render_template(
        "resident/call_me.html",
        typed={"sent_as": secrets.token_urlsafe(24), **given},
        errors=errors,
        problem=problem,
        communities=everywhere,
        phone=places.phone(reading, places.company(reading)) if everywhere else "",
    )


@blueprint.post("/call-me")
@rule(PUBLIC)
def call_me() -> Response | tuple[str, int]:
    """Register the request for a callback as a complaint for the desk."""
    given = form_input.texts(("community", "phone", "person_name", "sent_as"))
    reading = current.reading()
    chosen = read_chosen(reading, given, places.communities(reading))
    errors: dict[str, tuple[str, str]] = {}
    if chosen.community is None:
        errors["community"] = ("请选择小区。", "Please choose your community.")
    if not phones.is_complete(given["phone"]):
        errors["phone"] = ("请填写完整的电话号码。", "Please give a complete phone number.")
    elif phones.is_doubtful(given["phone"]):
        errors["phone"] = ("手机号是 11 位，请再核对一遍。", "A mobile number has 11 digits; please check it.")
    if errors or chosen.community is None:
        return call_page(given, errors), 422
    same = (chosen.community.code, given["phone"])
    words = _("请给我打电话。（从网页请求回电，没有写别的。）")
    concern = Concern(
        community_id=chosen.community.id,
        text=words,
        category=categories.standard(reading),
        kind="enquiry",
        phone=given["phone"],
        person_name=given["person_name"],
        language=language(),
        sent_as=sent_twice.before(*same) or sent_twice.named(given["sent_as"], *same),
    )
    try:
        registered = register(concern)
        sent_twice.remember(given["sent_as"], concern.sent_as)
    except Invalid as wrong:
        return call_page(given, wrong.fields), 422
    except Throttled as refused:
        return call_page(given, {}, please_wait(refused, chosen.community)), 429
    return redirect(url_for("resident.receipt", secret=registered.secret), 303)


def register(concern: Concern, checked: Checked | None = None) -> Registered:
    """Register it with its files. Raises `Invalid`, and `Throttled` unless it is an emergency, which has its own bounds:
    others may have used up these in somebody's name."""
    key, address = secret(current.settings(), "links"), current.address()
    prepared = uploads.look_through(checked.files) if checked is not None else []
    missing = uploads.missing(current.reading(), checked.kept) if checked is not None else 0
    bounded = not registration.is_emergency(current.reading(), concern)

    def work(writing: Session) -> Registered:
        if bounded:
            throttle.count(writing, f"complain:{address}", most=MOST_FROM_ADDRESS, within=WINDOW)
        if bounded and (hashed := links.phone_hash(key, concern.phone)):
            throttle.count(writing, f"complain by:{hashed}", most=MOST_FROM_PHONE, within=WINDOW)
        registered = complaints.register(writing, replace(concern, sender=address), key=key)
        if checked is not None and not files.of_complaint(writing, registered.complaint.id):
            uploads.claim(writing, registered.complaint, checked.kept)
            uploads.keep(writing, registered.complaint, prepared)
        return registered

    try:
        registered = current.attempt(work)
    except IntegrityError:  # the same page was sent twice at once: the other one exists now
        registered = current.attempt(work)
    uploads.say_missing(missing)
    return registered


def please_wait(refused: Throttled, community: Place) -> str:
    """What to do when too many came in: wait, or call."""
    said, phone = refused.text(language()), places.phone(current.reading(), community)
    return _("{said}急事请打 {phone}。", said=said, phone=phone) if phone else said


def is_open(reading: Session) -> bool:
    """Whether residents can complain here yet: there is a community, and the process is published."""
    try:
        return bool(places.communities(reading)) and bool(versions.form_today(reading, PROCESS, FORM))
    except NotFound:
        return False
