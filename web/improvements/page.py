"""Improvements: the list, one loop of plan, do, check and act, and starting one from complaints."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import improvement
from engine.casework import tasks
from engine.casework.cases import Case
from engine.casework.tasks import Answer, Task
from engine.company import people, places, saved_filters
from engine.company.places import BadGroup, KnownPlace, NoSuchPlace
from engine.complaints.core import access, categories
from engine.complaints.core.categories import Category
from engine.complaints.core.complaint import Complaint
from engine.core import clock
from engine.core.errors import BihuanError, Invalid, NotFound, NotPermitted
from engine.improvement import Improvement, board, goals, linked, queries
from engine.improvement import lists as improvement_list
from engine.improvement.starting import MOST_COMPLAINTS
from engine.improvement.words import CAUSES, ROOT_CAUSE, STAGES, VERDICTS
from web.shared import answers, codes_in_words, improvement_proof, list_exports, saved_views
from web.shared.case_story import entries_of
from web.shared.improvement_story import story
from web.shared.reachable_places import communities
from web.shell import current, lists
from web.shell import form_input as typed_by
from web.shell.formats import zone
from web.shell.guard import DIAGRAMS, relaxed, rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("improvements", __name__, url_prefix="/improvements")
blueprint.context_processor(codes_in_words.context)

NOTHING: Mapping[str, Any] = MappingProxyType({})
TWICE = timedelta(minutes=2)
"""The same submission within this time is a double click."""


# ---- the list --------------------------------------------------------------------------------------------------------


@blueprint.get("")
@rule("improvement.see")
def index() -> str:
    """The list of improvements."""
    session, me, wish = current.reading(), current.someone(), read_wish()
    query = improvement_list.fitting(session, me, list_exports.asked(wish))
    found = lists.turn(session, query, wish, improvement_list.SORTS, tie=Improvement.id, most=lists.MOST)
    return render_template(
        "improvements/index.html",
        found=found,
        wish=wish,
        places=places.names(session, [each.community_id for each in found.rows]),
        communities=communities(session, me, "improvement.see"),
        departments=current.known().offered_departments.values(),
        board=board.of(session, me),
    )


def read_wish() -> lists.Wish:
    """What the address asks for."""
    filters: dict[str, Callable[[str], bool] | Sequence[str]] = {
        "state": board.STATES,
        "stage": list(STAGES),
        "verdict": list(VERDICTS),
        "department": list(current.known().departments),
        "community": lists.is_id,
    }
    return lists.read(list(improvement_list.SORTS), filters, "-started")


@blueprint.post("/export")
@rule("improvement.see")
def export() -> Response:
    """Start an export of the whole list."""
    return list_exports.ask(improvement_list.LIST, read_wish())


# ---- one improvement -------------------------------------------------------------------------------------------------


@blueprint.get("/<int:improvement_id>")
@rule("improvement.see")
@relaxed(DIAGRAMS)
def show(improvement_id: int) -> str:
    """One improvement: its stage, goal, actions, results and history, with its diagram."""
    session, me = current.reading(), current.someone()
    found = queries.find(session, me, improvement_id)
    case = session.get(Case, found.case_id) if found.case_id is not None else None
    entries = entries_of(session, case)
    every = tasks.of_case(session, case.id) if case else []
    waiting = [task for task in every if task.state in ("open", "held")]
    ids = {each.assignee_id for each in waiting} | {each.by_id for each, _note in entries}
    facts = facts_of(session, found, case, ids)
    elsewhere = [each for each in communities(session, me, "improvement.work") if each.id != found.community_id]
    return render_template(
        "improvements/show.html",
        **{**facts, "places": facts["places"] | places.names(session, [each.place_id for each in waiting])},
        stages=list(STAGES)[:4],
        today=clock.now().astimezone(zone()).date(),
        categories=categories_of(session, facts["complaints"]),
        story=story(session, case, entries, facts["people"]),
        answers=answers.of_case(session, case, [entry for entry, _note in entries]) if case else {},
        waiting=waiting,
        elsewhere=elsewhere,
        comparable=comparable(session, found),
    )


def comparable(session: Session, found: Improvement) -> Sequence[KnownPlace]:
    """The communities to choose what to compare with from, while the plan is open, for whoever may."""
    goal = goals.of(session, found)
    open_to_me = goal is not None and goal.weeks is None and found.ended_at is None and current.may(goals.WORK)
    return goals.comparable(session, found, goal) if goal is not None and open_to_me else []


@blueprint.post("/<int:improvement_id>/compared")
@rule("improvement.work")
def compare(improvement_id: int) -> Response:
    """Choose the communities to compare with; what each window can tell is counted anew."""
    me, chosen = current.someone(), chosen_places(request.form.getlist("community"))
    current.attempt(
        lambda session: goals.compare_with(session, queries.find(session, me, improvement_id), chosen, by=me)
    )
    flash(_("选好了，把握已重新计算。"))
    return redirect(url_for("improvements.show", improvement_id=improvement_id), 303)


@blueprint.get("/<int:improvement_id>/a3")
@rule("improvement.see")
def sheet(improvement_id: int) -> str:
    """An improvement as one story on one sheet, for paper."""
    session, me = current.reading(), current.someone()
    found = queries.find(session, me, improvement_id)
    case = session.get(Case, found.case_id) if found.case_id is not None else None
    return render_template("improvements/sheet.html", **facts_of(session, found, case, set()))


def facts_of(session: Session, found: Improvement, case: Case | None, ids: set[int | None]) -> dict[str, Any]:
    """What the page and the sheet both show; `ids`: of people to be named besides."""
    me = current.someone()
    actions, related = queries.actions(session, found), queries.related(session, me, found)
    named = ids | {each.owner_id for each in actions} | {found.started_by_id}
    return {
        "improvement": found,
        "rounds": improvement_proof.rounds(session, found),
        "actions": actions,
        "complaints": queries.complaints(session, me, found),
        "cause": cause_of(session, case),
        "related": related,
        "versions": linked.versions_of(session, found) if current.may("process.see") else [],
        "people": people.names(session, [each for each in named if each is not None]),
        "places": places.names(session, [found.community_id, *(each.community_id for each in related)]),
    }


@blueprint.post("/<int:improvement_id>/roll-out")
@rule("improvement.work")
def roll_out(improvement_id: int) -> Response:
    """Start the same improvement in other communities."""
    chosen = chosen_places(request.form.getlist("community"))
    begun = current.attempt(
        lambda session: improvement.starting.roll_out(
            session, queries.find(session, current.someone(), improvement_id), chosen, by=current.someone()
        )
    )
    flash(_("已在 {n} 个小区立项推广。", n=len(begun)))
    return redirect(url_for("improvements.show", improvement_id=improvement_id), 303)


def cause_of(session: Session, case: Case | None) -> Mapping[str, Any]:
    """What was answered about the root cause in the latest round: the whys, the bones, the cause in words."""
    asked = select(Answer.values).join(Task, Task.id == Answer.task_id).order_by(Answer.id.desc()).limit(1)
    asked = asked.where(Task.case_id == (case.id if case else None), Task.counts_as == ROOT_CAUSE)
    return session.scalar(asked) or {}


def categories_of(session: Session, complaints: Sequence[Complaint]) -> dict[str, Category]:
    """The categories of these complaints, by code."""
    codes = {each.category for each in complaints}
    return {each.code: each for each in session.scalars(select(Category).where(Category.code.in_(codes)))}


# ---- starting one ----------------------------------------------------------------------------------------------------


@blueprint.get("/new")
@rule("improvement.work")
def new() -> str:
    """The form, for the complaints in the address, with the scope that a filter suggested, or for none."""
    session, me = current.reading(), current.someone()
    chosen = [access.find(session, me, each) for each in chosen_ids(request.args.getlist("complaint"))]
    typed = {name: request.args.get(name, "") for name in ("category", "department", "found")}
    if chosen:
        typed["category"] = typed["category"] or chosen[0].category
        category = categories.known(session).get(typed["category"])
        typed["title"] = category.said(language()) if category else ""
        typed["department"] = typed["department"] or chosen[0].department or ""
    return form(chosen, typed)


def chosen_ids(texts: Sequence[str]) -> list[int]:
    """The ids of complaints in the address or form. Raises `NotFound` for anything that cannot be an id."""
    if any(not text.isdecimal() or len(text) > 9 for text in texts) or len(texts) > MOST_COMPLAINTS:
        raise NotFound()
    return [int(text) for text in dict.fromkeys(texts)]


def chosen_places(texts: Sequence[str]) -> list[int]:
    """The ids of communities in the form. Raises `NotFound` for anything that cannot be an id."""
    if not all(map(lists.is_id, texts)):
        raise NotFound()
    return [int(text) for text in dict.fromkeys(texts)]


def form(chosen: Sequence[Complaint], typed: Mapping[str, str], errors: Mapping[str, Any] = NOTHING) -> str:
    """The form with the input and its errors."""
    session, me = current.reading(), current.someone()
    return render_template(
        "improvements/new.html",
        complaints=chosen,
        categories=categories_of(session, chosen),
        communities=[] if chosen else communities(session, me, "improvement.work"),
        areas=categories.tree(session),
        views=saved_filters.of(session, me, saved_views.COMPLAINTS),
        departments=current.known().offered_departments.values(),
        typed=typed,
        errors=errors,
    )


@blueprint.post("/new")
@rule("improvement.work")
def add() -> Response | tuple[str, int]:
    """Start the improvement."""
    typed = typed_by.texts(("title", "department", "cause", "community", "category"))
    ids = chosen_ids(request.form.getlist("complaint"))
    try:
        begun = current.attempt(lambda session: start(session, typed, ids))
    except BihuanError as refused:
        if isinstance(refused, NotFound):
            raise
        session, me = current.reading(), current.someone()
        chosen = [access.find(session, me, each) for each in ids]
        return form(chosen, typed, wrong_in(refused)), 422
    flash(_("改进已立项：{number}。", number=begun.number))
    return redirect(url_for("improvements.show", improvement_id=begun.id), 303)


def start(session: Session, typed: Mapping[str, str], ids: Sequence[int]) -> Improvement:
    """Start it once: an immediate repeat by the same person is a double click."""
    me, community = current.someone(), typed["community"]
    twin = select(Improvement).where(
        Improvement.started_by_id == me.id,
        Improvement.title == typed["title"],
        Improvement.department == typed["department"],
        Improvement.started_at > clock.now() - TWICE,
    )
    return session.scalar(twin.limit(1)) or improvement.start(
        session,
        title=typed["title"],
        department=typed["department"],
        complaint_ids=ids,
        by=me,
        cause=typed["cause"] if typed["cause"] in CAUSES else None,
        community_id=int(community) if community.isdecimal() and len(community) < 10 else None,
        category=typed["category"],
    )


def wrong_in(refused: BihuanError) -> dict[str, tuple[str, str]]:
    """Errors by field."""
    if isinstance(refused, Invalid):
        return refused.fields
    if isinstance(refused, NotPermitted | NoSuchPlace | BadGroup):
        return {"department": (refused.text("zh"), refused.text("en"))}
    raise refused
