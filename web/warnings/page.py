"""Warnings: the list with how often they were right, one warning, and looking for new ones now."""

from collections.abc import Callable, Sequence

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.casework import tasks
from engine.casework.cases import Case
from engine.company import people, places
from engine.complaints.core import categories
from engine.complaints.limits import thresholds
from engine.core.errors import Conflict
from engine.improvement import Improvement
from engine.improvement import queries as improvement_queries
from engine.warnings import EarlyWarning, WarningLook, looking, queries, settling
from engine.warnings import lists as warning_list
from engine.warnings.words import HITS, RESULTS, STAGES
from web.shared import answers, codes_in_words, list_exports, warning_story
from web.shared.case_story import entries_of
from web.shared.reachable_places import communities
from web.shell import current, lists
from web.shell.formats import zone
from web.shell.guard import DIAGRAMS, relaxed, rule
from web.shell.language import language

blueprint = Blueprint("warnings", __name__, url_prefix="/warnings")
blueprint.context_processor(codes_in_words.context)


@blueprint.get("")
@rule(queries.SEE)
def index() -> str:
    """The list of warnings, and how many were right."""
    session, me = current.reading(), current.someone()
    wish = read_wish(session)
    conditions = warning_list.conditions(session, me, list_exports.asked(wish))
    query = select(EarlyWarning).where(*conditions)
    found = lists.turn(session, query, wish, warning_list.SORTS, tie=EarlyWarning.id, most=lists.MOST)
    last = session.scalar(select(WarningLook).order_by(WarningLook.week.desc()).limit(1))
    return render_template(
        "warnings/index.html",
        found=found,
        wish=wish,
        rate=settling.rate(session, *conditions),
        last=last,
        off=looking.is_off(session),
        published=looking.is_published(session),
        most=thresholds.of(session)["warning_most"],
        places=places.names(session, [each.community_id for each in found.rows]),
        names=warning_story,
        communities=communities(session, me, queries.SEE),
        areas=categories.tree(session),
        every_category=categories.known(session),
    )


def read_wish(session: Session) -> lists.Wish:
    """What the address asks for."""
    filters: dict[str, Callable[[str], bool] | Sequence[str]] = {
        "stage": [*STAGES, *RESULTS],
        "hit": list(HITS),
        "community": lists.is_id,
        "category": list(categories.known(session)),
    }
    return lists.read(list(warning_list.SORTS), filters, "-opened")


@blueprint.post("/export")
@rule(queries.SEE)
def export() -> Response:
    """Start an export of the whole list."""
    return list_exports.ask(warning_list.LIST, read_wish(current.reading()))


@blueprint.get("/<int:warning_id>")
@rule(queries.SEE)
@relaxed(DIAGRAMS)
def show(warning_id: int) -> str:
    """One warning: its reason, its chart, when its complaints come, and what became of it."""
    session, me = current.reading(), current.someone()
    found = queries.find(session, me, warning_id)
    case = session.get(Case, found.case_id) if found.case_id is not None else None
    entries = entries_of(session, case)
    waiting = [task for task in (tasks.of_case(session, case.id) if case else []) if task.state in ("open", "held")]
    ids = {each.assignee_id for each in waiting} | {each.by_id for each, _note in entries}
    known = people.names(session, [each for each in ids if each is not None])
    improved = select(Improvement).where(
        Improvement.id == found.improvement_id, improvement_queries.within(session, me)
    )
    opened_on = found.opened_at.astimezone(zone()).date()
    return render_template(
        "warnings/show.html",
        told=warning_story.told(session, found),
        warning=found,
        names=warning_story,
        opened_on=opened_on,
        settles_on=(found.opened_at + settling.AFTER).astimezone(zone()).date(),
        improvement=session.scalar(improved),
        story=warning_story.story(session, case, entries, known),
        answers=answers.of_case(session, case, [entry for entry, _note in entries]) if case else {},
        waiting=waiting,
        people=known,
        places=places.names(session, [found.community_id, *(each.place_id for each in waiting)]),
    )


@blueprint.post("/look")
@rule(queries.ACT)
def look() -> Response | tuple[str, int]:
    """Have last week looked at now, as a job."""
    me = current.someone()
    try:
        job = current.attempt(lambda writing: looking.ask(writing, me).id)
    except Conflict as refused:
        return render_template("warnings/refused.html", why=refused.text(language())), 409
    return redirect(url_for("jobs.show", job_id=job), 303)
