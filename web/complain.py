"""Complaining without log-in: one question at a time (where, what it is, what about), then the company's own form."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import complaints, files, places, throttle, versions
from engine.complaints import Category, Concern, categories, links
from engine.complaints.mirror import PROCESS
from engine.complaints.registration import Registered
from engine.complaints.resident import WINDOW
from engine.complaints.words import KINDS
from engine.errors import Invalid, NotFound, Throttled
from engine.forms import Checked, Choice, Field, Form, Limits, Words
from engine.places import Place
from engine.settings import secret
from web import brought, choices, current, wording
from web.formats import zone
from web.guard import PUBLIC, rule
from web.language import gettext as _
from web.language import language

blueprint = Blueprint("complain", __name__, url_prefix="/complain")
blueprint.context_processor(wording.context)

FORM = "complain"
MOST_SHOWN = 30
MOST_FROM_ADDRESS = 60
MOST_FROM_PHONE = 10
KNOWN = frozenset({"category", "text", "place_text", "happened_at", "danger", "about", "wish", "person_name", "phone"})
"""Fields of the form that a complaint has a place for; what else a company asks is added to its text."""

PUBLIC_LISTS = frozenset({None, "departments"})
"""Lists that a form may draw from where nobody is logged in: never one of people."""

OTHER = Words("其他，或说不清", "Something else, or not sure")
WHICH = Words("具体是哪一种", "Which of these")
NEITHER = ("请留下电话，或勾选“我不留电话”。", "Please leave a phone number, or tick “I leave no phone”.")
BOTH = ("您填了电话，又选了不留电话，请二选一。", "You gave a phone and chose to leave none; please do one of the two.")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was answered on the way to the form; `area` is the first level of categories, with its second."""

    community: Place | None
    kind: str
    area: Category | None
    within: Sequence[Category]
    danger: bool

    def query(self, **other: str) -> dict[str, str]:
        """The same for an address, with one more or other answer."""
        known = {
            "community": self.community.code if self.community else "",
            "kind": self.kind,
            "area": self.area.code if self.area else "",
            "danger": "1" if self.danger else "",
        }
        return {name: text for name, text in {**known, **other}.items() if text}


def read_chosen(reading: Session, given: Mapping[str, str], open_communities: Sequence[Place]) -> Chosen:
    """The answers in an address or a form; what does not exist counts as not answered."""
    code = given.get("community", "").strip().casefold()
    community = next((each for each in open_communities if each.code.casefold() == code), None)
    if community is None and len(open_communities) == 1:
        community = open_communities[0]
    kind = given.get("kind", "")
    area, within = next(
        (each for each in categories.tree(reading) if each[0].code == given.get("area", "")), (None, [])
    )
    return Chosen(community, kind if kind in KINDS else "", area, within, given.get("danger") == "1")


# ---- asking ----------------------------------------------------------------------------------------------------------


@blueprint.get("")
@rule(PUBLIC)
def show() -> str:
    """The next question that is not answered yet."""
    reading = current.reading()
    everywhere = places.communities(reading)
    chosen = read_chosen(reading, request.args, everywhere)
    if chosen.community is None:
        return ask_community(chosen, everywhere)
    facts = {"chosen": chosen, "several": len(everywhere) > 1, "phone": places.phone(reading, chosen.community)}
    if not chosen.kind:
        return render_template("resident/kind.html", **facts)
    if chosen.area is None:
        return render_template("resident/area.html", areas=categories.tree(reading), **facts)
    form = form_for(reading, chosen)
    checked = form.blank(context(chosen), {"danger": True} if chosen.danger else None, zone=zone())
    return page(chosen, form, checked)


def ask_community(chosen: Chosen, everywhere: Sequence[Place]) -> str:
    """Which community: a list, and where it is long a search."""
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


def context(chosen: Chosen) -> dict[str, object]:
    """What the form's conditions may read of the questions before it."""
    return {"kind": chosen.kind}


def form_for(reading: Session, chosen: Chosen) -> Form:
    """The company's form without what was asked already, beginning with the second level of the category."""
    form = versions.form_today(reading, PROCESS, FORM)
    rest = [each for each in form.fields if each.key not in {"kind", "category"}]
    public = [each for each in rest if {one.choices_from for one in (each, *each.fields)} <= PUBLIC_LISTS]
    return replace(form, fields=(*which(chosen), *public))


def which(chosen: Chosen) -> tuple[Field, ...]:
    """The question for the second level of the category, where there is one."""
    if chosen.area is None or not chosen.within:
        return ()
    offered = [Choice(each.code, Words(each.name, each.name_en)) for each in chosen.within]
    offered.append(Choice(chosen.area.code, OTHER))
    return (Field("radio", "category", WHICH, limits=Limits(required=True), choices=tuple(offered)),)


def page(
    chosen: Chosen,
    form: Form,
    checked: Checked,
    *,
    no_phone: bool = False,
    sent_as: str = "",
    problem: str = "",
) -> str:
    """The form, blank or with what was typed."""
    reading = current.reading()
    assert chosen.community is not None
    return render_template(
        "resident/complain.html",
        chosen=chosen,
        several=len(places.communities(reading)) > 1,
        phone=places.phone(reading, chosen.community),
        form=form,
        checked=checked,
        choices=choices.offered(reading, form, chosen.community.id),
        no_phone=no_phone,
        sent_as=sent_as or secrets.token_urlsafe(24),
        problem=problem,
    )


# ---- taking in -------------------------------------------------------------------------------------------------------


@blueprint.post("")
@rule(PUBLIC)
def send() -> Response | tuple[str, int]:
    """Take the complaint in, or say at the field what is missing."""
    reading = current.reading()
    chosen = read_chosen(reading, request.form, places.communities(reading))
    if chosen.community is None or not chosen.kind or chosen.area is None:
        return redirect(f"{url_for('complain.show')}?{urlencode(chosen.query())}", 303)
    form, no_phone = form_for(reading, chosen), request.form.get("no_phone") == "1"
    offered = choices.offered(reading, form, chosen.community.id)
    checked = form.check(request.form, request.files, context(chosen), offered, zone=zone())
    checked = with_phone(checked, no_phone)
    problem, status, errors = "", 422, {}
    if checked.ok:
        try:
            registered = register(concern_of(chosen, form, checked, no_phone), checked)
            return redirect(url_for("resident.receipt", secret=registered.secret), 303)
        except Invalid as wrong:
            errors = wrong.fields
        except Throttled as refused:
            problem, status = refused.text(language()), 429
    held = brought.hold(checked, chosen.community.id)
    again = replace(held, errors={**errors, **held.errors})
    sent_as = request.form.get("sent_as", "")
    return page(chosen, form, again, no_phone=no_phone, sent_as=sent_as, problem=problem), status


def with_phone(checked: Checked, no_phone: bool) -> Checked:
    """A phone, or the word that none is left: one of the two."""
    if "phone" in checked.errors or bool(checked.values.get("phone")) != no_phone:
        return checked
    return replace(checked, errors={**checked.errors, "phone": BOTH if no_phone else NEITHER})


def concern_of(chosen: Chosen, form: Form, checked: Checked, no_phone: bool) -> Concern:
    """The complaint as it was typed."""
    assert chosen.community is not None
    assert chosen.area is not None
    values = checked.values
    happened: Any = values.get("happened_at")
    text = "\n".join([said(values, "text"), *others(form, values)]).strip()
    return Concern(
        community_id=chosen.community.id,
        kind=chosen.kind,
        category=said(values, "category") or chosen.area.code,
        text=text,
        person_name=said(values, "person_name"),
        phone=said(values, "phone"),
        place_text=said(values, "place_text"),
        wish=said(values, "wish"),
        about=said(values, "about"),
        happened_at=happened,
        danger=bool(values.get("danger")),
        anonymous=no_phone,
        language=language(),
        sent_as=named(request.form.get("sent_as", ""), text),
    )


def said(values: Mapping[str, object], name: str) -> str:
    """An answer in words; empty for none, and for a field that the company's form does not have."""
    return str(values.get(name) or "")


def others(form: Form, values: Mapping[str, object]) -> list[str]:
    """What the company asks beyond the usual, in words."""
    found = []
    for each in form.fields:
        value = values.get(each.key)
        if each.key in KNOWN or each.kind in {"note", "filepicker", "dynamiclist"} or value in (None, "", [], False):
            continue
        known = {choice.text: choice.label.text(language()) for choice in each.choices}
        several = value if isinstance(value, list) else [value]
        said = _("是") if value is True else _("、").join(known.get(str(one), str(one)) for one in several)
        found.append(_("{question}：{answer}", question=each.label.text(language()), answer=said))
    return found


def named(word: str, text: str) -> str | None:
    """The same page sent twice with the same words is one complaint; other words are another one."""
    return hashlib.sha256(f"{word[:80]}\n{text}".encode()).hexdigest() if word else None


def register(concern: Concern, checked: Checked) -> Registered:
    """Write it down with its files. Raises `Invalid`, `Throttled`."""
    key, address = secret(current.settings(), "links"), current.address()

    def work(writing: Session) -> Registered:
        throttle.count(writing, f"complain:{address}", most=MOST_FROM_ADDRESS, within=WINDOW)
        if hashed := links.phone_hash(key, concern.phone):
            throttle.count(writing, f"complain by:{hashed}", most=MOST_FROM_PHONE, within=WINDOW)
        registered = complaints.register(writing, concern, key=key)
        if not files.of_complaint(writing, registered.complaint.id):
            brought.claim(writing, registered.complaint, checked.kept)
            for field, fresh in checked.files.items():
                brought.keep(writing, registered.complaint, field, fresh)
        return registered

    try:
        return current.attempt(work)
    except IntegrityError:  # the same page came twice at the same moment: the other one is there now
        return current.attempt(work)


def is_open(reading: Session) -> bool:
    """Whether residents can complain here yet: there is a community, and the process is published."""
    try:
        return bool(places.communities(reading)) and bool(versions.form_today(reading, PROCESS, FORM))
    except NotFound:
        return False
