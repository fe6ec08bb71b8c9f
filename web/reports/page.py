"""Reports: the list, and one report with everything that it says."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework import tasks
from engine.casework.cases import Case
from engine.company import people, permissions, places
from engine.company.places import KnownPlace, Place
from engine.reports import Report, differences, issued, plans, queries, saying, sealed
from engine.reports.periods import KINDS
from web.reports import drawn, mailed, shown
from web.shared import answers, case_story, codes_in_words, letter_states
from web.shell import current, lists
from web.shell.formats import name_of
from web.shell.guard import DIAGRAMS, relaxed, rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("reports", __name__, url_prefix="/reports")
blueprint.context_processor(codes_in_words.context)
blueprint.context_processor(letter_states.context)

COLUMNS: Mapping[str, Any] = {"period": Report.since, "made": Report.made_at, "number": Report.number}
MOST_NAMED = 5
STARTED = ("报告已做", "The report was made")


@blueprint.get("")
@rule("report.see")
def index() -> str:
    """The list of reports within reach, the newest period first."""
    session, me = current.reading(), current.someone()
    filters: dict[str, Any] = {"kind": list(KINDS), "state": list(issued.STATES), "place": lists.is_id}
    wish = lists.read(list(COLUMNS), filters, "-period")
    query = select(Report).join(Place, Place.id == Report.place_id).where(queries.within(session, me))
    for name, column in (("kind", Report.kind), ("state", Report.state)):
        if wish.filters[name]:
            query = query.where(column == wish.filters[name])
    if wish.filters["place"]:
        query = query.where(Report.place_id == int(wish.filters["place"]))
    if wish.search:
        query = query.where(lists.contains(wish.search, Report.number, Place.name, Place.name_en))
    found = lists.turn(session, query, wish, COLUMNS, tie=Report.id)
    return render_template(
        "reports/index.html",
        found=found,
        wish=wish,
        states=shown.states(),
        kinds={code: words[language() != "zh"] for code, words in KINDS.items()},
        period=lambda each: queries.period(each).said(language()),
        places=places.known(session),
        offered=offered(session, "report.see"),
        missing=missing(session),
    )


def missing(session: Session) -> str:
    """Say which reports that the reader may make are not there although their day has come; "" where none is missing."""
    if not current.may("report.prepare"):
        return ""
    mine = permissions.within(permissions.reach(session, current.someone(), "report.prepare"), Place.id)
    found, known, at = list(plans.due(session, mine)), places.known(session), language() != "zh"
    names = [
        _("{place} {period}{kind}", place=name_of(known[each.place_id]), period=each.period.said(language()), kind=KINDS[each.period.kind][at])
        for each in found[:MOST_NAMED]
    ]  # fmt: skip
    more = _("等 {n} 份", n=len(found)) if len(found) > MOST_NAMED else ""
    return _("、").join(names) + more


def offered(session: Session, act: str) -> list[KnownPlace]:
    """The places that reports are made of and where the reader may do `act`: the company, regions, communities."""
    reach = permissions.reach(session, current.someone(), act)
    levels = ("company", "region", "community")
    every = sorted(
        places.known(session).values(),
        key=lambda each: (levels.index(each.kind) if each.kind in levels else 9, each.id),
    )
    return [each for each in every if each.kind in levels and reach.covers(each.path)]


@blueprint.get("/<int:report_id>")
@rule("report.see", "task.work")
@relaxed(DIAGRAMS)
def show(report_id: int) -> str:
    """One report: what it says, who did what, its revisions and what became otherwise, its history and diagram."""
    session, me = current.reading(), current.someone()
    found = queries.find(session, me, report_id)
    return render_template("reports/show.html", **_page(session, found))


def _page(session: Session, found: Report) -> dict[str, Any]:
    me = current.someone()
    case = session.get(Case, found.case_id) if found.case_id is not None else None
    entries = case_story.entries_of(session, case)
    waiting = [each for each in tasks.of_case(session, case.id) if each.state in ("open", "held")] if case else []
    ids = {each.assignee_id for each in waiting} | {each.by_id for each, _note in entries} | {found.made_by_id}
    known = people.names(session, [each for each in ids if each is not None])
    every, lists_of = queries.revisions(session, found), shown.lists_of(session, found)
    before = next((each for each in reversed(every) if each.revision < found.revision and each.is_frozen), None)
    place = places.find(session, found.place_id)
    may_prepare = permissions.reach(session, me, "report.prepare").covers(place.path)
    return {
        "report": found,
        "said": issued.document_of(session, found, language()),
        "state": shown.states()[found.state],
        "waiting": waiting,
        "people": known,
        "places": places.names(session, [found.place_id, *(each.place_id for each in waiting)]),
        "revisions": every,
        "states": shown.states(),
        "before": before,
        "differences": _differences(session, before, found) if before else [],
        "as_signed": sealed.is_as_signed(session, found) if found.is_frozen else None,
        "counted_lists": lists_of,
        "mailed": mailed.of(session, found),
        "drawn": lambda drawing: drawn.chart(drawing, found, lists_of),
        "may_count": may_prepare and found.state == "prepare",
        "may_correct": may_prepare and found.state == "signed" and every[-1].state in ("signed", "dropped"),
        "story": case_story.story(session, case, entries, known, STARTED),
        "answers": answers.of_case(session, case, [entry for entry, _note in entries]) if case else {},
    }


def _differences(session: Session, before: Report, after: Report) -> Sequence[Mapping[str, str]]:
    tongue = language()
    at = 0 if tongue == "zh" else 1
    return [
        {
            "name": each.after["name"][at],
            "before": saying.value(each.before, each.before["now"], tongue) if each.before else saying.NOTHING,
            "after": saying.value(each.after, each.after["now"], tongue),
            "cases": _("多 {came} 件，少 {left} 件", came=each.came, left=each.left) if each.came or each.left else "",
        }
        for each in differences.between(session, before, after)
    ]
