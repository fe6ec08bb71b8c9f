"""Warnings: the list with how often they were right, one warning, and looking for new ones now."""

from collections.abc import Callable, Sequence

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy import ColumnElement, or_, select
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
from engine.warnings.opening import codes_of
from engine.warnings.words import HITS, RESULTS, STAGES
from web.shared import answers, codes_in_words, warning_story
from web.shared.case_story import entries_of
from web.shared.reachable_places import communities
from web.shell import current, lists
from web.shell.formats import name_of, zone
from web.shell.guard import DIAGRAMS, relaxed, rule
from web.shell.language import language

blueprint = Blueprint("warnings", __name__, url_prefix="/warnings")
blueprint.context_processor(codes_in_words.context)

COLUMNS = {
    "opened": EarlyWarning.opened_at,
    "number": EarlyWarning.number,
    "count": EarlyWarning.count,
    "chance": EarlyWarning.chance,
}
HIT: dict[str, ColumnElement[bool]] = {
    "yes": EarlyWarning.hit.is_(True),
    "no": EarlyWarning.hit.is_(False),
    "open": EarlyWarning.hit.is_(None),
}


@blueprint.get("")
@rule(queries.SEE)
def index() -> str:
    """The list of warnings, and how many were right."""
    session, me = current.reading(), current.someone()
    wish = read_wish(session)
    conditions = asked(session, wish)
    found = lists.turn(
        session, select(EarlyWarning).where(*conditions), wish, COLUMNS, tie=EarlyWarning.id, most=lists.MOST
    )
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
    return lists.read(list(COLUMNS), filters, "-opened")


def asked(session: Session, wish: lists.Wish) -> list[ColumnElement[bool]]:
    """Conditions: warnings that the address asks for and the reader may see."""
    found = [queries.within(session, current.someone())]
    if wish.filters["stage"]:
        found.append(or_(EarlyWarning.stage == wish.filters["stage"], EarlyWarning.result == wish.filters["stage"]))
    if wish.filters["hit"]:
        found.append(HIT[wish.filters["hit"]])
    if wish.filters["community"]:
        found.append(EarlyWarning.community_id == int(wish.filters["community"]))
    if wish.filters["category"]:
        found.append(EarlyWarning.category.in_(codes_of(session, wish.filters["category"])))
    if wish.search:
        found.append(said(session, wish.search))
    return found


def said(session: Session, words: str) -> ColumnElement[bool]:
    """A condition: the number has these words in it, or the name of the category or the place."""
    sought = words.casefold()
    codes = [each.code for each in categories.known(session).values() if sought in name_of(each).casefold()]
    ids = [each.id for each in places.known_communities(session) if sought in name_of(each).casefold()]
    return or_(
        lists.contains(words, EarlyWarning.number),
        EarlyWarning.category.in_(codes),
        EarlyWarning.community_id.in_(ids),
    )


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
