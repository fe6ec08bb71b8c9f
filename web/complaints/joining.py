"""Complaints handled together: the page for grouping and merging, and what a complaint's page shows of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.company.people import Person
from engine.complaints.core import access, joinings, meaning
from engine.complaints.core.categories import Category
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.joinings import GROUP, REPEAT, Joining
from engine.complaints.core.meaning import UNDO_OVER
from engine.complaints.homes.households import Household
from engine.complaints.joining import joining, similar
from engine.complaints.lists import queries
from engine.complaints.lists.exporting import without_phones
from engine.complaints.lists.queries import Filters
from engine.core.errors import Conflict, Invalid
from engine.core.settings import secret
from engine.files import File
from web.shared import codes_in_words
from web.shell import current, form_input
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("joining", __name__, url_prefix="/complaints")
blueprint.context_processor(codes_in_words.context)

ACT = joining.ACT
SMALLER = ("repair", "enquiry")
"""Kinds that can turn into a complaint: they are proposed even after they have ended."""

MOST_FOUND = 20
MOST_CHOSEN = 50
EXCERPT = 60
WAYS = ("gather", "follow", "merge", "take_in", "link")
ONE_ONLY = ("follow", "merge")


@blueprint.app_context_processor
def behind() -> dict[str, object]:
    """For task pages: names the households behind a complaint: {{ homes_behind(complaint) }}."""
    return {"homes_behind": _homes_behind}


def _homes_behind(complaint: Complaint) -> list[str]:
    if complaint.households < 2:
        return []
    session = current.reading()
    group = [each for row, each in joinings.followers(session, complaint) if row.kind == GROUP]
    places = _places(session, group)
    return [places[each.id] or each.number for each in group]


# ---- what a complaint's page says of it ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Going:
    """A complaint that goes along: `seen`: whether this reader may open it; text and files only of merged ones."""

    joining: Joining
    complaint: Complaint
    place: str
    seen: bool
    text: str
    files: Sequence[File]


@dataclass(frozen=True, slots=True)
class Together:
    """What goes along with a complaint, or what it goes along with. `until`: until when a merge can be undone."""

    joining: Joining | None
    lead: Complaint | None
    lead_seen: bool
    going: Sequence[Going]
    became: Sequence[tuple[Complaint, bool]]
    may_join: bool
    until: datetime | None

    @property
    def can_part(self) -> bool:
        """Whether it may be separated again."""
        return self.may_join and self.joining is not None and (self.joining.kind == GROUP or self.until is not None)

    @property
    def group(self) -> list[Going]:
        """Other households' complaints about the same matter."""
        return [each for each in self.going if each.joining.kind == GROUP]

    @property
    def repeats(self) -> list[Going]:
        """Repeats merged into this one."""
        return [each for each in self.going if each.joining.kind == REPEAT]


def read(session: Session, person: Person, complaint: Complaint) -> Together:
    """What is handled with a complaint, as `person` may see it; a fixed number of statements."""
    if not joinings.is_joined(session, complaint):
        return Together(None, None, False, [], [], _may(session, person, complaint), None)
    present = joinings.present(session, complaint)
    lead = session.get_one(Complaint, present.lead_id) if present is not None else None
    going = joinings.followers(session, complaint)
    became = [each for _, each in joinings.became(session, complaint)]
    others = [each.id for each in (*(one for _, one in going), *became, *([lead] if lead else []))]
    seen = _seen(session, person, others)
    return Together(
        present,
        lead,
        lead is not None and lead.id in seen,
        _going(session, person, complaint, going, seen),
        [(each, each.id in seen) for each in became],
        _may(session, person, complaint),
        meaning.due_at(session, complaint.case_id, UNDO_OVER) if present and present.kind == REPEAT else None,
    )


def _seen(session: Session, person: Person, ids: Sequence[int]) -> set[int]:
    asked = select(Complaint.id).where(Complaint.id.in_(ids), access.within(session, person))
    return set(session.scalars(asked)) if ids else set()


def _may(session: Session, person: Person, complaint: Complaint, act: str = ACT) -> bool:
    return bool(access.may(session, person, complaint.id, [act]))


def _going(
    session: Session, person: Person, lead: Complaint, rows: Sequence[tuple[Joining, Complaint]], seen: set[int]
) -> list[Going]:
    places = _places(session, [each for _, each in rows])
    merged = [each.id for row, each in rows if row.kind == REPEAT]
    kept = list(session.scalars(select(File).where(File.complaint_id.in_(merged)).order_by(File.id))) if merged else []
    with_phones = bool(merged) and _may(session, person, lead, "complaint.see_phone")
    found = []
    for row, each in rows:
        text = "" if row.kind != REPEAT else each.text if with_phones else without_phones(each.text)
        mine = [file for file in kept if file.complaint_id == each.id]
        found.append(Going(row, each, places[each.id], each.id in seen, text, mine))
    return found


def _places(session: Session, found: Sequence[Complaint]) -> dict[int, str]:
    """Where each of them is: the household's address, else the place in words."""
    ids = [each.household_id for each in found if each.household_id]
    labels = (
        {row.id: row.label for row in session.scalars(select(Household).where(Household.id.in_(ids)))} if ids else {}
    )
    return {each.id: labels.get(each.household_id or 0) or each.place_text for each in found}


# ---- the page for grouping and merging -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """A complaint that this one might belong with, and why it is shown."""

    complaint: Complaint
    why: str
    place: str
    text: str
    category: Category | None


@blueprint.get("/<int:complaint_id>/join")
@rule(ACT)
def choose(complaint_id: int) -> str:
    """Complaints that may be about the same matter, proposed or found by search, and what to do with them."""
    return page(complaint_id, {"chosen": request.args.getlist("chosen"), "way": request.args.get("way", "")})


def page(complaint_id: int, wanted: Mapping[str, Any], errors: object = None, said: str = "") -> str:
    """The page with the choices and input, their errors, or why it was refused."""
    session, me = current.reading(), current.someone()
    complaint = access.find(session, me, complaint_id, ACT)
    asked = (request.args.get("q") or request.form.get("q") or "").strip()[:100]
    known = read(session, me, complaint)
    categories = {each.code: each for each in session.scalars(select(Category))}
    return render_template(
        "joining/choose.html",
        complaint=complaint,
        place=_places(session, [complaint])[complaint.id],
        category=categories.get(complaint.category),
        known=known,
        offered=[way for way in WAYS if not (known.group and way in ONE_ONLY)],
        candidates=candidates(session, me, complaint, asked, categories),
        q=asked,
        typed=wanted,
        errors=errors or {},
        said=said,
    )


def candidates(
    session: Session, person: Person, complaint: Complaint, asked: str, categories: dict[str, Category]
) -> list[Candidate]:
    """What a search finds, open or closed; without a search, similar complaints of the household or building."""
    found: dict[int, tuple[Complaint, str]] = {}
    if asked:
        filters = Filters(words=asked, community_id=complaint.community_id, per_page=MOST_FOUND)
        rows = queries.search(session, person, filters, key=secret(current.settings(), "links")).rows
        found = {each.id: (each, "") for each in rows}
    else:
        matter = similar.matter_of(session, complaint)
        home = similar.of_home(session, person, matter)
        group = similar.group(session, person, matter)
        proposed = [
            (similar.repeats(session, matter, home), _("同一住户、同一类别")),
            ([group.lead, *group.others] if group else [], _("多户反映同一类问题")),
            (similar.of_place(session, person, matter), _("同一栋楼")),
            (home, _("同一住户")),
        ]
        for rows, why in proposed:
            for each in rows:
                found.setdefault(each.id, (each, why))
    going = {each.follower_id for each, _ in joinings.followers(session, complaint)}
    open_ones = [
        (each, why)
        for each, why in found.values()
        if each.id != complaint.id and each.id not in going and (asked or each.is_open or each.kind in SMALLER)
    ]
    places = _places(session, [each for each, _ in open_ones])
    return [
        Candidate(each, why, places[each.id], _excerpt(each.text), categories.get(each.category))
        for each, why in open_ones
    ]


def _excerpt(text: str) -> str:
    plain = without_phones(" ".join(text.split()))
    return plain if len(plain) <= EXCERPT else plain[:EXCERPT] + "…"


@blueprint.post("/<int:complaint_id>/join")
@rule(ACT)
def bring(complaint_id: int) -> AnyResponse | tuple[str, int]:
    """Group or merge the chosen complaints, all or none."""
    wanted: dict[str, Any] = {**form_input.texts(("way", "note")), "chosen": request.form.getlist("chosen")}
    try:
        done = current.attempt(lambda writing: _bring(writing, complaint_id, wanted))
    except Invalid as wrong:
        return page(complaint_id, wanted, wrong.fields), 422
    except Conflict as refused:
        return page(complaint_id, wanted, said=refused.text(language())), 409
    flash(done)
    return redirect(url_for("complaints.show", complaint_id=complaint_id, _anchor="together"), 303)


def _bring(session: Session, complaint_id: int, wanted: Mapping[str, Any]) -> str:
    me, way, note = current.someone(), str(wanted["way"]), form_input.note("note")
    this = access.find(session, me, complaint_id, ACT)
    ids = [int(each) for each in wanted["chosen"] if each.isdecimal() and len(each) < 10]
    _check(way, ids)
    others = [access.find(session, me, each, ACT) for each in ids]
    if way == "gather":
        joining.join(session, this, others, by=me, note=note)
        return _("已归组：{n} 件随这一件一并处理。", n=len(others))
    if way == "follow":
        joining.join(session, others[0], [this], by=me, note=note)
        return _("已归组：这一件随 {number} 一并处理。", number=others[0].number)
    if way == "merge":
        joining.merge(session, others[0], this, by=me, note=note)
        return _("已合并到 {number}，这一件已结案。合错了可以在这里撤销。", number=others[0].number)
    if way == "link":
        for each in others:
            joining.link(session, each, this, by=me, note=note)
        return _("已关联 {n} 件，各办各的。", n=len(others))
    for each in others:
        joining.merge(session, this, each, by=me, note=note)
    return _("已合并：{n} 件并入这一件。", n=len(others))


def _check(way: str, ids: Sequence[int]) -> None:
    wrong: dict[str, tuple[str, str]] = {}
    if not ids:
        wrong["chosen"] = ("请至少选一件。", "Please choose at least one.")
    elif len(ids) > MOST_CHOSEN:
        wrong["chosen"] = (f"一次最多选 {MOST_CHOSEN} 件。", f"Choose at most {MOST_CHOSEN} at once.")
    elif way in ONE_ONLY and len(ids) > 1:
        wrong["chosen"] = ("这样处理只能选一件。", "Choose one only for this.")
    if way not in WAYS:
        wrong["way"] = ("请选择怎么处理。", "Please choose what to do.")
    if wrong:
        raise Invalid(wrong)


@blueprint.post("/<int:complaint_id>/part")
@rule(ACT)
def part(complaint_id: int) -> AnyResponse:
    """Separate a complaint from its group, or undo its merge."""
    note = form_input.note("note")
    me = current.someone()

    def apart(writing: Session) -> str:
        return joining.part(writing, access.find(writing, me, complaint_id, ACT), by=me, note=note).kind

    try:
        kind = current.attempt(apart)
        flash(_("已撤销合并，恢复办理，期限不变。") if kind == REPEAT else _("已拆分，恢复单独处理，期限不变。"))
    except Conflict as refused:
        flash(refused.text(language()), "error")
    return redirect(url_for("complaints.show", complaint_id=complaint_id, _anchor="together"), 303)
