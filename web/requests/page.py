"""One request: whose it is, what was filled in, where it stands, and what can be done with it."""

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import history
from engine.casework import assignment, cases, tasks
from engine.casework.cases import Case
from engine.company import people, places
from engine.core.errors import NotPermitted
from engine.history import NewEntry
from engine.processes import versions
from engine.processes.versions import Version
from engine.requests import Request, access, resident, starting
from engine.requests.rows import ORIGINS
from web.shared import answers, case_letters, case_story, codes_in_words, letter_states, request_matter, shown_phones
from web.shared import files as shared_files
from web.shell import current, guard
from web.shell.form_input import texts
from web.shell.guard import DIAGRAMS, relaxed, rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("requests", __name__, url_prefix="/requests")
blueprint.context_processor(codes_in_words.context)
blueprint.context_processor(shared_files.context)
blueprint.context_processor(letter_states.context)


def named_processes(session: Session) -> dict[str, str]:
    """Names of the published processes that people, timers or messages begin, from their newest version."""
    return {each.process: each.said(language()) for each in versions.all_latest(session)}


@blueprint.get("/<int:request_id>")
@rule(access.SEE)
@relaxed(DIAGRAMS)
def show(request_id: int) -> str:
    """One request."""
    session, me = current.reading(), current.someone()
    found = access.find(session, me, request_id)
    case = session.get_one(Case, found.case_id)
    matter = request_matter.read(session, me, found, case)
    entries = case_story.entries_of(session, case)
    every = tasks.of_case(session, case.id)
    waiting = [task for task in every if task.state in ("open", "held")]
    ids = {each.assignee_id for each in waiting} | {each.by_id for each, _note in entries} | {found.started_by_id}
    known = people.names(session, [each for each in ids if each is not None])
    sent = case_letters.rows(session, case.id)
    return render_template(
        "requests/show.html",
        found=found,
        case=case,
        version=session.get_one(Version, versions.versions_of(session, case.pin)[case.process]),
        matter=matter,
        with_phone=shown_phones.is_shown(found.number),
        origin=ORIGINS.get(found.origin, (found.origin, found.origin)),
        ended=resident.ended(session, case),
        waiting=waiting,
        residents=[task for task in waiting if resident.is_residents(task) and task.state == "open"],
        may_act=starting.may_start_where(session, me, found),
        people=known,
        places=places.names(session, [found.community_id, *(each.place_id for each in waiting)]),
        story=[request_matter.masked(each, matter) for each in case_story.story(session, case, entries, known)],
        answers=request_matter.masked_answers(
            answers.of_case(session, case, [entry for entry, _note in entries]), matter
        ),
        letters=case_letters.shown(session, sent),
        missed=case_letters.missed(session, sent),
    )


@blueprint.post("/<int:request_id>/phone")
@rule(access.SEE_PHONE)
def show_phone(request_id: int) -> Response:
    """Show the full phone number once, and record who viewed it in the case and in the company record."""
    me = current.someone()

    def note(writing: Session) -> str:
        found = access.find(writing, me, request_id, access.SEE_PHONE)
        if found.case_id is not None:
            cases.record(writing, found.case_id, NewEntry("phone.shown", me.id))
        facts = {"request": found.number}
        history.add(writing, history.company(writing), [NewEntry("phone.shown", me.id, None, facts)])
        return found.number

    shown_phones.show_next(current.attempt(note))
    back = guard.safe_target(texts(("back",))["back"])
    return redirect(back or url_for("requests.show", request_id=request_id, _anchor="phone"), 303)


@blueprint.post("/<int:request_id>/tasks/<int:task_id>")
@rule("task.work")
def answer_for(request_id: int, task_id: int) -> Response:
    """Take a resident's task, to fill it in for somebody who telephones; who did so stands in the history."""
    me = current.someone()

    def take(writing: Session) -> None:
        found = _actor(writing, request_id)
        task = cases.hold(writing, task_id)
        resident.task_of(writing, found, task.id)
        assignment.step_in(writing, task, me)

    current.attempt(take)
    return redirect(url_for("tasks.show", task_id=task_id, _anchor="to-do"), 303)


@blueprint.post("/<int:request_id>/send/<message>")
@rule("task.work")
def send_for(request_id: int, message: str) -> Response:
    """Do for the resident what the diagram offers them, such as withdrawing."""
    me, words = current.someone(), texts(("words",))["words"]
    current.attempt(lambda writing: resident.send(writing, _actor(writing, request_id), message, words, by=me))
    flash(_("已替业主办了。"))
    return redirect(url_for("requests.show", request_id=request_id), 303)


def _actor(session: Session, request_id: int) -> Request:
    """The request, if the reader may act for its resident. Raises `NotFound`, `NotPermitted`."""
    found = access.find(session, current.someone(), request_id)
    if not starting.may_start_where(session, current.someone(), found):
        raise NotPermitted(act_zh="替业主办这件事", act_en="act for the resident here")
    return found
