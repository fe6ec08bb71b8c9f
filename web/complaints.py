"""Complaints: the list, and one complaint with all that is known of it and what may be done with it."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine import cases, clock, places
from engine.complaints import Category, Complaint, access, pauses, queries, resident
from engine.complaints.queries import Filters
from engine.complaints.words import CHANNELS, KINDS, OUTCOMES, STATUSES, URGENCIES
from engine.errors import Conflict, Invalid
from engine.history import Draft
from engine.people import Person
from engine.places import Place
from engine.settings import secret
from web import current, dossier, guard, joining, lists, phones, wording
from web import typed as typed_by
from web.drawing import groups_in_words
from web.formats import name_of, phone, zone
from web.guard import DIAGRAMS, relaxed, rule
from web.language import gettext as _
from web.language import language
from web.lists import Wish
from web.reach import communities
from web.wording import say

blueprint = Blueprint("complaints", __name__, url_prefix="/complaints")
blueprint.context_processor(wording.context)

STATES = ("open", "late", "closed")
MOST_EXPORTED = 5_000

NOTE_LONGEST = 500
NOTHING: Mapping[str, Any] = MappingProxyType({})

Errors = Mapping[str, tuple[str, str]]


# ---- the list --------------------------------------------------------------------------------------------------------


def read_wish() -> Wish:
    """What the address asks for."""
    filters: dict[str, Callable[[str], bool] | Sequence[str]] = {
        "state": (*STATES, *STATUSES),
        "community": str.isdecimal,
        "kind": list(KINDS),
        "category": str.isalnum,
        "urgency": list(URGENCIES),
        "department": list(current.known().departments),
        "outcome": list(OUTCOMES),
        "channel": list(CHANNELS),
    }
    return lists.read(list(queries.SORTS), filters, "due")


def filters_of(wish: Wish) -> Filters:
    """The same for the engine."""
    asked = wish.filters
    community = asked["community"]
    return Filters(
        words=wish.search,
        status=asked["state"],
        kind=asked["kind"],
        category=asked["category"],
        urgency=asked["urgency"],
        outcome=asked["outcome"],
        channel=asked["channel"],
        department=asked["department"],
        community_id=min(int(community), 2**31 - 1) if community else None,
        sort=f"{'-' * wish.descending}{wish.sort}",
        page=wish.number,
        per_page=lists.SIZE,
    )


@blueprint.get("")
@rule("complaint.see")
def index() -> str:
    """The list of complaints, what is late first."""
    reading, me, wish = current.reading(), current.someone(), read_wish()
    found = queries.search(reading, me, filters_of(wish), key=key())
    categories = category_names(reading)
    return render_template(
        "complaints/index.html",
        found=lists.Page(found.rows, found.total, found.page, lists.SIZE, wish),
        due=found.due,
        wish=wish,
        export_url=export_url(wish),
        figures=figures(reading, me, wish),
        categories=categories,
        communities=communities(reading, me, "complaint.see"),
        places=places.names(reading, [each.community_id for each in found.rows]),
        departments=current.known().departments.values(),
        groups_in_words=groups_in_words,
    )


def export_url(wish: Wish) -> str:
    """The address of the same list as a table, all its pages."""
    asked = {"q": wish.search, **wish.filters, "sort": f"{'-' * wish.descending}{wish.sort}"}
    return url_for("complaints.export", **{name: value for name, value in asked.items() if value})  # type: ignore[arg-type]


def key() -> bytes:
    """The installation's key, for finding by phone number."""
    return secret(current.settings(), "links")


def category_names(reading: Session) -> dict[str, Category]:
    """Every category by code, those out of use too: old complaints keep naming them."""
    return {each.code: each for each in reading.scalars(select(Category).order_by(Category.code))}


def figures(reading: Session, person: Person, wish: Wish) -> dict[str, int]:
    """How many there are in each state, everything else that is asked for kept: one statement."""
    rest = replace(filters_of(wish), status="")
    fits = and_(access.within(reading, person), *queries.conditions(rest, key()))
    late = and_(*queries.conditions(Filters(status="late"), key()))
    row = reading.execute(
        select(
            func.count(),
            func.count().filter(late),
            func.count().filter(Complaint.closed_at.is_(None)),
            func.count().filter(Complaint.closed_at.is_not(None)),
        )
        .select_from(Complaint)
        .where(fits)
    ).one()
    return {"all": row[0], "late": row[1], "open": row[2], "closed": row[3]}


# ---- export ----------------------------------------------------------------------------------------------------------


@blueprint.get("/export.csv")
@rule("complaint.see")
def export() -> Response:
    """The list as it is filtered, for a spreadsheet: at most 5,000 rows, phones masked, no cell a formula."""
    reading, me = current.reading(), current.someone()
    names = category_names(reading)
    where = {each.id: each for each in reading.scalars(select(Place).where(Place.kind == "community"))}
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(columns())
    for complaint in matching(reading, me, filters_of(read_wish())):
        writer.writerow([plain(cell) for cell in cells(complaint, names, where)])
    today = clock.now().astimezone(zone()).date()
    return Response(
        table.getvalue().encode("utf-8-sig"),
        mimetype="text/csv",
        headers={"Content-Disposition": f"attachment; filename=complaints-{today}.csv"},
    )


def matching(reading: Session, person: Person, filters: Filters) -> Iterator[Complaint]:
    """Every complaint that fits, read page by page up to the bound."""
    size = queries.MOST_PER_PAGE
    for number in range(1, MOST_EXPORTED // size + 1):
        page = queries.search(reading, person, replace(filters, page=number, per_page=size), key=key())
        yield from page.rows
        if page.pages <= number:
            return


def columns() -> list[str]:
    """The heads of the exported columns."""
    return [
        _("编号"), _("收到"), _("小区"), _("地点"), _("性质"), _("分类"), _("紧急程度"), _("状态"), _("结果"),
        _("责任部门"), _("层级"), _("轮次"), _("涉及户数"), _("电话"), _("事由"), _("结案时间"),
    ]  # fmt: skip


def cells(complaint: Complaint, names: Mapping[str, Category], where: Mapping[int, Place]) -> list[object]:
    """One complaint as a row."""
    at = [complaint.received_at, complaint.closed_at]
    received, closed = (each.astimezone(zone()).strftime("%Y-%m-%d %H:%M") if each else "" for each in at)
    return [
        complaint.number,
        received,
        name_of(where.get(complaint.community_id, "")),
        complaint.place_text,
        say("kind", complaint.kind),
        name_of(names.get(complaint.category, complaint.category)),
        say("urgency", complaint.urgency),
        say("status", complaint.status),
        say("outcome", complaint.outcome),
        name_of(complaint.department or ""),
        complaint.level,
        complaint.round,
        complaint.households,
        phone(complaint.phone),
        dossier.without_phones(complaint.text),
        closed,
    ]


def plain(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text.lstrip().startswith(("=", "+", "-", "@")) or text.startswith(("\t", "\r")) else cell


# ---- one complaint ---------------------------------------------------------------------------------------------------


@blueprint.get("/<int:complaint_id>")
@rule("complaint.see")
@relaxed(DIAGRAMS)
def show(complaint_id: int) -> str:
    """One complaint: what was said, by when what must happen, what happened, on its diagram too."""
    return page(complaint_id)


def page(complaint_id: int, typed: Mapping[str, str] = NOTHING, errors: Errors = NOTHING, said: str = "") -> str:
    """The page; `typed` and `errors` of the form that was just sent, `said`: why something could not be done."""
    reading, me = current.reading(), current.someone()
    complaint = access.find(reading, me, complaint_id)
    return render_template(
        "complaints/show.html",
        dossier=dossier.read(reading, me, complaint),
        together=joining.read(reading, me, complaint),
        with_phone=phones.is_shown(complaint.id),
        typed=typed,
        errors=errors,
        said=said,
        groups_in_words=groups_in_words,
    )


@blueprint.post("/<int:complaint_id>/phone")
@rule("complaint.see_phone")
def show_phone(complaint_id: int) -> AnyResponse:
    """Show the whole phone number once, and write down who looked at it."""
    me = current.someone()

    def note(writing: Session) -> None:
        complaint = access.find(writing, me, complaint_id, "complaint.see_phone")
        if complaint.case_id is not None:
            cases.record(writing, complaint.case_id, Draft("phone.shown", me.id))

    current.attempt(note)
    phones.show_next(complaint_id)
    back = guard.safe_target(request.form.get("back"))
    return redirect(back or url_for("complaints.show", complaint_id=complaint_id, _anchor="phone"), 303)


@blueprint.post("/<int:complaint_id>/pause")
@rule("complaint.pause")
@relaxed(DIAGRAMS)
def pause(complaint_id: int) -> AnyResponse | tuple[str, int]:
    """Stop the limits on plan and solution for a reason and some days."""
    typed = typed_by.texts(("reason", "days", "note"))

    def begin(writing: Session, me: Person) -> None:
        complaint = access.find(writing, me, complaint_id, "complaint.pause")
        length = timedelta(days=int(typed["days"])) if typed["days"].isdecimal() and len(typed["days"]) < 4 else None
        if not typed["reason"] or length is None:
            raise Invalid(unchosen(typed, length))
        pauses.begin(writing, complaint, typed["reason"], length, by=me, note=typed["note"][:NOTE_LONGEST])

    return act(complaint_id, begin, typed, _("时限已暂停，到期自动恢复。"))


def unchosen(typed: Mapping[str, str], length: timedelta | None) -> dict[str, tuple[str, str]]:
    """What is missing from a pause before its length can be judged."""
    wrong: dict[str, tuple[str, str]] = {}
    if not typed["reason"]:
        wrong["reason"] = ("请选择暂停原因。", "Please choose a reason for the pause.")
    if length is None:
        wrong["days"] = ("请填写天数，如 3。", "Please give a number of days, such as 3.")
    if not typed["note"]:
        wrong["note"] = ("请说明暂停的原因。", "Please say why it has to be paused.")
    return wrong


@blueprint.post("/<int:complaint_id>/resume")
@rule("complaint.pause")
@relaxed(DIAGRAMS)
def resume(complaint_id: int) -> AnyResponse | tuple[str, int]:
    """Let the limits run again."""

    def end(writing: Session, me: Person) -> None:
        pauses.end(writing, access.find(writing, me, complaint_id, "complaint.pause"), by=me)

    return act(complaint_id, end, {}, _("时限继续计时。"))


@blueprint.post("/<int:complaint_id>/withdraw")
@rule("complaint.withdraw")
@relaxed(DIAGRAMS)
def withdraw(complaint_id: int) -> AnyResponse | tuple[str, int]:
    """Take the complaint back for the resident, who asked for it."""
    typed = typed_by.texts(("words",))

    def take_back(writing: Session, me: Person) -> None:
        complaint = access.find(writing, me, complaint_id, "complaint.withdraw")
        if not typed["words"]:
            raise Invalid(
                {"words": ("请写明业主怎样提出、为什么。", "Please say how the resident asked for it, and why.")}
            )
        resident.withdraw(writing, complaint, typed["words"], by=me)

    return act(complaint_id, take_back, typed, _("已代业主撤诉。"))


@blueprint.post("/<int:complaint_id>/words")
@rule("complaint.register")
@relaxed(DIAGRAMS)
def add_words(complaint_id: int) -> AnyResponse | tuple[str, int]:
    """Write down what a resident who called again has said, instead of registering the same matter twice."""
    typed = typed_by.texts(("added",))

    def add(writing: Session, me: Person) -> None:
        complaint = access.find(writing, me, complaint_id, "complaint.register")
        if not typed["added"]:
            raise Invalid(
                {"added": ("请写下业主这次说了什么。", "Please write down what the resident said this time.")}
            )
        try:
            resident.add(writing, complaint, typed["added"], by=me)
        except Invalid as wrong:
            raise Invalid({"added": wrong.fields["words"]}) from None

    return act(complaint_id, add, typed, _("已记下，经办人在经过里能看到。"))


def act(
    complaint_id: int, work: Callable[[Session, Person], None], typed: Mapping[str, str], done: str
) -> AnyResponse | tuple[str, int]:
    """Do something to a complaint and say so; what is not right is said on its page, with what was typed."""
    me = current.someone()
    try:
        current.attempt(lambda writing: work(writing, me))
    except Invalid as wrong:
        return page(complaint_id, typed, wrong.fields), 422
    except Conflict as refused:
        return page(complaint_id, typed, said=refused.text(language())), 409
    flash(done)
    return redirect(url_for("complaints.show", complaint_id=complaint_id), 303)
