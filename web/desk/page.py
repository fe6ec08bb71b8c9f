"""The form for a call, the panel beside it, and registering."""

import secrets
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import complaints, files, mail_in
from engine.company.places import KnownPlace
from engine.complaints.core import access, categories
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.joinings import GROUP
from engine.complaints.homes import households
from engine.complaints.homes.households import Found
from engine.complaints.intake import guessing, paper_forms
from engine.complaints.intake.registration import Concern
from engine.complaints.resident import resident_acts
from engine.core.errors import Conflict, Invalid, NotFound
from engine.files import Prepared
from web.desk import beside, doubts
from web.desk.after import go_along
from web.desk.form import (
    ACT,
    CHANNELS,
    MOST_PHOTOS,
    ask_danger,
    brought,
    community_of,
    concern_of,
    from_address,
    household_of,
    keep,
    key,
    look_through,
    read_form,
    sheet_of,
    staff_of,
)
from web.desk.parts import blueprint
from web.shared.reachable_places import communities
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _

NOTHING: Mapping[str, Any] = MappingProxyType({})


# ---- the form --------------------------------------------------------------------------------------------------------


@blueprint.get("")
@rule(ACT)
def index() -> Response | str:
    """The form for the next call: blank, or with the caller's number or the scanned sheet."""
    typed, errors = from_address(), {}
    if typed.get("paper"):
        session = current.reading()
        try:
            sheet = sheet_of(session, typed["paper"])
        except Invalid as wrong:
            errors = dict(wrong.fields)
        else:
            if sheet.paper.complaint_id is not None:
                return taken_in_before(sheet)
            typed |= {"paper": sheet.said, "community": str(sheet.batch.community_id)}
    return form(typed, errors)


def taken_in_before(sheet: paper_forms.Sheet) -> Response:
    """A sheet that was already registered leads to its complaint."""
    flash(_("表单 {code} 已经登记，这就是那一件。", code=sheet.said))
    return redirect(url_for("complaints.show", complaint_id=sheet.paper.complaint_id), 303)


def form(
    typed: Mapping[str, str],
    errors: Mapping[str, tuple[str, str]] = NOTHING,
    *,
    lost: bool = False,
    asked_once: Sequence[str] = (),
) -> str:
    """The form with the input and its errors; `lost`: files have to be chosen again."""
    session, me = current.reading(), current.someone()
    offered = communities(session, me, ACT)
    chosen = household_of(session, offered, typed.get("household", ""))
    here = community_of(offered, typed.get("community", ""), chosen)
    return render_template(
        "desk/index.html",
        typed=typed,
        errors=errors,
        channels=CHANNELS,
        communities=offered,
        names={each.id: each for each in offered},
        here=here,
        found=search(session, offered, typed),
        chosen=chosen,
        beside=beside.read(session, me, here, chosen, typed),
        tree=categories.tree(session),
        likely=likely(session, typed),
        staff=staff_of(session, here),
        asked=ask_danger(session, typed),
        asked_once=asked_once,
        sent_as=typed.get("sent_as") or secrets.token_urlsafe(18),
        most=MOST_PHOTOS,
        limits=files.limits.of(session),
        lost=lost,
        set_aside=mail_in.aside.count(session, me),
    )


def search(session: Session, offered: list[KnownPlace], typed: Mapping[str, str]) -> Found:
    """Households that match the search; the name of a community in it limits the search to that one."""
    words, within = typed.get("find", "").strip()[:60], offered
    for each in offered:
        if len(offered) > 1 and each.name in words:
            words, within = words.replace(each.name, " ").strip(), [each]
    return households.propose(session, [each.id for each in within], words)


def likely(session: Session, typed: Mapping[str, str]) -> list[complaints.Category]:
    """Categories to tap: by the typed part of a name, else guessed from the resident's words."""
    if typed.get("category_find"):
        return guessing.search(session, typed["category_find"])
    return guessing.guess(session, typed.get("text", ""))


# ---- what is shown while typing --------------------------------------------------------------------------------------


@blueprint.post("/households")
@rule(ACT)
def find_households() -> str:
    """A few matching households to choose from."""
    session, typed = current.reading(), read_form()
    offered = communities(session, current.someone(), ACT)
    return render_template(
        "desk/households.html",
        found=search(session, offered, typed),
        typed=typed,
        names={each.id: each for each in offered},
        communities=offered,
        chosen=household_of(session, offered, typed["household"]),
    )


@blueprint.post("/staff")
@rule(ACT)
def list_staff() -> str:
    """Staff of the community just chosen, as options."""
    session, typed = current.reading(), read_form()
    here = community_of(communities(session, current.someone(), ACT), typed["community"])
    return render_template("desk/staff.html", staff=staff_of(session, here), typed=typed)


@blueprint.post("/categories")
@rule(ACT)
def find_categories() -> str:
    """Categories to tap, from the typed part of a name or the resident's words."""
    typed = read_form()
    return render_template("desk/categories.html", likely=likely(current.reading(), typed), typed=typed)


@blueprint.post("/danger")
@rule(ACT)
def judge_danger() -> str:
    """The question about danger, preset by what was typed so far, and what follows from its answer."""
    return render_template("desk/danger.html", asked=ask_danger(current.reading(), read_form()))


@blueprint.post("/beside")
@rule(ACT)
def show_beside() -> str:
    """Complaints of the household, phone and place, and similar ones, beside the form."""
    session, me, typed = current.reading(), current.someone(), read_form()
    offered = communities(session, me, ACT)
    chosen = household_of(session, offered, typed["household"])
    here = community_of(offered, typed["community"], chosen)
    return render_template(
        "desk/beside.html",
        beside=beside.read(session, me, here, chosen, typed),
        tree=categories.tree(session),
        typed=typed,
    )


# ---- registering -----------------------------------------------------------------------------------------------------


@blueprint.post("")
@rule(ACT)
def register() -> Response | tuple[str, int] | str:
    """Register it, or add it to an open complaint; without JavaScript the same form also finds households."""
    typed = read_form()
    act, _blank, value = request.form.get("act", "").partition(" ")
    if act == "find":
        return form(typed, lost=bool(brought()))
    if act == "category":
        return form({**typed, "category": value[:8]}, lost=bool(brought()))
    try:
        if act == "same":
            return add_to(value, typed)
        # what was typed wrong is said before a photo is decoded
        concern = concern_of(current.reading(), typed, brought())
        if (known := sent_before(current.reading(), concern)) is not None:
            return redirect(url_for("desk.done", complaint_id=known.id), 303)
        asked = doubts.doubts(current.reading(), typed, concern)
        if not doubts.was_asked(asked, typed):
            return form(typed, asked, lost=bool(brought()), asked_once=doubts.named(asked, typed)), 422
        photos = look_through()
        found = current.attempt(lambda session: write(session, typed, photos))
    except Invalid as wrong:
        return form(typed, wrong.fields, lost=bool(brought())), 422
    except Conflict as refused:
        said = (refused.text("zh"), refused.text("en"))
        return form(typed, {"text": said}, lost=bool(brought())), 409
    if typed["join"]:
        go_along(found, typed["join"], GROUP)
    return redirect(url_for("desk.done", complaint_id=found), 303)


def sent_before(session: Session, concern: Concern) -> Complaint | None:
    """The complaint that came of the same page with the same words: a double click, or "back" and once more."""
    return session.scalar(select(Complaint).where(Complaint.sent_as == concern.sent_as)) if concern.sent_as else None


def write(session: Session, typed: Mapping[str, str], photos: Sequence[Prepared]) -> int:
    """Register the complaint with its photos; returns its id. Raises `Invalid`."""
    me = current.someone()
    concern = concern_of(session, typed, photos)
    if (known := sent_before(session, concern)) is not None:
        return known.id
    complaint = complaints.register(session, concern, key=key(), by=me).complaint
    keep(session, photos, complaint)
    if concern.channel == "paper" and typed["paper"]:
        paper_forms.take_in(session, paper_forms.read_code(typed["paper"]), complaint)
    return complaint.id


def add_to(value: str, typed: Mapping[str, str]) -> Response:
    """Add text and photos to an open complaint. Raises `Invalid`, `Conflict`, `NotFound`."""
    me = current.someone()
    if not value.isdecimal() or len(value) > 9:
        raise NotFound
    access.find(current.reading(), me, int(value), ACT)
    photos = look_through()

    def add(session: Session) -> int:
        complaint = access.find(session, me, int(value), ACT)
        try:
            resident_acts.add(session, complaint, typed["text"], len(photos), by=me)
        except Invalid:
            raise Invalid(
                {"text": ("请写下业主这次说了什么。", "Please write down what the resident said this time.")}
            ) from None
        keep(session, photos, complaint)
        return complaint.id

    return redirect(url_for("desk.added", complaint_id=current.attempt(add)), 303)
