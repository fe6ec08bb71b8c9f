"""The scenarios of a draft: played on it, what differs accepted, renamed, taken out; and what none of them walks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.core.errors import Conflict, Invalid, NotFound
from engine.jobs import Job
from engine.processes import process_drafts, versions
from engine.scenarios import drafted, trials
from engine.scenarios.drafted import Drafted
from engine.scenarios.listings import Names
from web.shared import codes_in_words
from web.shared.diagram_drawing import Flaw, Marks
from web.shell import current, form_input
from web.shell.guard import DIAGRAMS, relaxed, rule
from web.shell.language import gettext as _
from web.shell.language import language
from web.studio import draft_diagrams, frame, trial_story
from web.studio.trial import why

blueprint = Blueprint("studio_scenarios", __name__, url_prefix="/studio")
blueprint.context_processor(codes_in_words.context)


@dataclass(frozen=True, slots=True)
class Row:
    """A scenario in the list, with the words of its steps, and how it went when it was last played.

    `result`: "holds", "differs", "old" (played before the draft was changed), or "" for never.
    """

    drafted: Drafted
    steps: list[str]
    result: str
    differs: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What no scenario walks, when all were last played: as marks on the diagrams, and in words."""

    job: Job
    holds: bool
    walked: int
    size: int
    nodes: list[str]
    flows: list[str]
    drawn: list[tuple[str, str, dict[str, object]]]


@blueprint.get("/<process>/scenarios")
@rule(process_drafts.ACT)
@relaxed(DIAGRAMS)
def index(process: str) -> str:
    """The scenarios, and what none of them walks."""
    return page(process)


def page(process: str, wrong: Invalid | None = None, renaming: str = "") -> str:
    """The page; `wrong`: why the scenario `renaming` could not be renamed like that."""
    session, draft = current.reading(), frame.draft_of(process)
    files = process_drafts.files_of(session, draft)
    now, played = versions.hash_of(files), drafted.newest(session, process)
    done = [each for each in played if each.state == "done"]
    trial, names = trials.find(session, process, by=current.someone()), draft_diagrams.names(files)
    return frame.render(
        "studio/scenarios.html",
        draft,
        rows=[_row(each, done, now, names) for each in drafted.every(files)],
        running=next((each for each in played[:1] if not each.is_over), None),
        failed=next((each for each in played[:1] if each.state == "failed"), None),
        others=_others(process, done, now),
        waiting_for=_acceptable(done, now),
        coverage=_coverage(process, files, done, now),
        trial=trial,
        wrong=wrong.fields if wrong else {},
        renaming=renaming,
    )


def _row(each: Drafted, done: list[Job], now: str, names: Names) -> Row:
    steps = [trial_story.said(step, names) for step in each.scenario.steps] if each.scenario else []
    job = next((one for one in done if each.path in one.outcome["played"]), None)
    if job is None:
        return Row(each, steps, "", [])
    if job.outcome["draft"] != now:
        return Row(each, steps, "old", [])
    found = next((one for one in job.outcome["scenarios"] if one["path"] == each.path), None)
    return Row(each, steps, "differs" if found else "holds", found["steps"] if found else [])


def _others(process: str, done: list[Job], now: str) -> list[dict[str, Any]]:
    """Scenarios of other processes that this draft changes: they are accepted when it is published."""
    job = next((each for each in done if not each.outcome["path"] and each.outcome["draft"] == now), None)
    found = job.outcome["scenarios"] if job else []
    return [each for each in found if versions.process_of(each["path"]) != process]


def _acceptable(done: list[Job], now: str) -> Job | None:
    """The newest job that found something to accept in the draft as it is now."""
    job = next((each for each in done if each.outcome["draft"] == now), None)
    return job if job is not None and job.outcome["accept"] else None


def _coverage(process: str, files: Mapping[str, bytes], done: list[Job], now: str) -> Coverage | None:
    job = next((each for each in done if not each.outcome["path"]), None)
    if job is None:
        return None
    which = 3 if language() == "zh" else 4
    nodes = {each[1]: each[which] for each in job.outcome["unwalked"] if not each[2]}
    flows = {each[1]: each[which] for each in job.outcome["unwalked"] if each[2]}
    size = job.outcome["size"]
    holds = job.outcome["draft"] == now
    return Coverage(
        job, holds, size - len(nodes) - len(flows), size, list(nodes.values()), list(flows.values()),
        _drawn(process, files, job, [*nodes, *flows]) if holds else [],
    )  # fmt: skip


def _drawn(
    process: str, files: Mapping[str, bytes], job: Job, missed: list[str]
) -> list[tuple[str, str, dict[str, object]]]:
    """Each diagram of the draft with the way that scenarios took: title, address, marks."""
    found = []
    said = [Flaw(_("没有场景走到这里"), "warning")]
    for path in frame.paths(files, ".bpmn"):
        drawn = draft_diagrams.read(files[path])
        if drawn is None:
            continue
        marks = Marks(taken=frozenset(job.outcome["walked"]))
        flaws = {each: said for each in missed if each in drawn.node}
        title = (drawn.process.name_en if language() == "en" else "") or drawn.process.name or path
        url = url_for("studio.read", process=process, path=path)
        found.append((title, url, replace(marks, flaws=flaws).as_json()))
    return found


# ---- play and accept -------------------------------------------------------------------------------------------------


@blueprint.post("/<process>/scenarios/play")
@rule(process_drafts.ACT)
def play(process: str) -> AnyResponse:
    """Have one played, or all; lead to the job's page."""
    path = form_input.text("path")

    def work(session: Session) -> int:
        draft = process_drafts.require(session, current.someone(), process)
        if path:
            process_drafts.file(session, draft, path)
        return drafted.ask(session, draft, path, by=current.someone()).id

    return redirect(url_for("jobs.show", job_id=current.attempt(work)), 303)


@blueprint.post("/<process>/scenarios/accept")
@rule(process_drafts.ACT)
def accept(process: str) -> AnyResponse:
    """Write what was found into the draft, for a reason."""
    reason, job_id = form_input.text("reason"), request.form.get("job", 0, type=int)

    def work(session: Session) -> int:
        draft = process_drafts.require(session, current.someone(), process)
        job = next((each for each in drafted.newest(session, process) if each.id == job_id), None)
        if job is None:
            raise NotFound
        return drafted.accept(session, draft, job, reason, by=current.someone())

    try:
        flash(_("{n} 个场景改成了现在的结果。", n=current.attempt(work)))
    except (Invalid, Conflict) as refused:
        flash(why(refused), "error")
    return _back(process)


# ---- change ----------------------------------------------------------------------------------------------------------


@blueprint.post("/<process>/scenarios/rename")
@rule(process_drafts.ACT)
@relaxed(DIAGRAMS)
def rename(process: str) -> AnyResponse | tuple[str, int]:
    """Other titles, another name of the file."""
    path, seen = form_input.text("path"), form_input.text("seen")
    titles = form_input.text("title"), form_input.text("title_en")

    def work(session: Session) -> None:
        draft = process_drafts.require(session, current.someone(), process)
        drafted.rename(session, draft, path, seen, form_input.text("name"), titles, by=current.someone())

    try:
        current.attempt(work)
    except Invalid as wrong:
        return page(process, wrong, path), 422
    except Conflict as faster:
        flash(faster.text(language()), "error")
    return _back(process)


@blueprint.post("/<process>/scenarios/remove")
@rule(process_drafts.ACT)
def remove(process: str) -> AnyResponse:
    """Take one out of the draft; it can be put back."""
    path, seen = form_input.text("path"), form_input.text("seen")

    def work(session: Session) -> None:
        draft = process_drafts.require(session, current.someone(), process)
        drafted.remove(session, draft, path, seen, by=current.someone())

    try:
        current.attempt(work)
    except Conflict as faster:
        flash(faster.text(language()), "error")
        return _back(process)
    undo = url_for(".put_back", process=process, path=path, digest=seen)
    flash({"text": _("场景已从草稿里删去。"), "undo": undo})  # type: ignore[arg-type]
    return _back(process)


@blueprint.post("/<process>/scenarios/put-back")
@rule(process_drafts.ACT)
def put_back(process: str) -> AnyResponse:
    """Undo: put one back as it was."""
    path, digest = request.args.get("path", ""), request.args.get("digest", "")

    def work(session: Session) -> None:
        draft = process_drafts.require(session, current.someone(), process)
        drafted.put_back(session, draft, path, digest, by=current.someone())

    try:
        current.attempt(work)
    except (Conflict, Invalid) as refused:
        flash(refused.text(language()), "error")
    return _back(process)


def _back(process: str) -> AnyResponse:
    return redirect(url_for(".index", process=process), 303)
