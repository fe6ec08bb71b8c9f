"""Moving many running cases to another version: which, what stands where, a trial, and the job that does it."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import jobs
from engine.administration import case_moves
from engine.administration.case_moves import Wanted
from engine.bpmn.execution import Plan
from engine.core.errors import BihuanError, Conflict, Invalid, NotFound
from engine.processes.versions import Version
from web.processes.case_help import MOST_VERSIONS, named, whole
from web.processes.case_list import names_of_processes
from web.shared.reachable_places import communities
from web.shell import current, form_input
from web.shell.guard import rule

blueprint = Blueprint("case_moves", __name__, url_prefix="/cases/moves")
ACT = "case.move"
FIELDS = ("process", "to", "community", "number", "reason")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form says; it is checked against what there is."""

    typed: Mapping[str, str]
    since: tuple[str, ...]
    steps: Mapping[str, str]
    stopped: bool
    retime: bool
    retry: bool

    def wanted(self, session: Session) -> Wanted:
        """The same for the engine. Raises `NotFound` for an unknown version."""
        typed = self.typed
        pin = case_moves.pin_of(session, typed["process"], whole(typed["to"]))
        return Wanted(
            typed["process"], self.since, pin, whole(typed["community"]), typed["number"], self.stopped,
            Plan(dict(self.steps), self.retime), self.retry,
        )  # fmt: skip


def read_asked() -> Asked:
    """What the form says."""
    steps = {key.removeprefix("step:"): value for key, value in request.form.items() if key.startswith("step:")}
    return Asked(
        typed=form_input.texts(FIELDS),
        since=tuple(request.form.getlist("since")),
        steps={old: "" if new == "-" else new for old, new in steps.items() if new},
        stopped=bool(request.form.get("stopped")),
        retime=bool(request.form.get("retime")),
        retry=bool(request.form.get("retry")),
    )


@blueprint.get("")
@rule(ACT)
def index() -> str:
    """Which cases: of which process, on which versions, in which community."""
    return choosing(request.args.get("process", ""))


def choosing(process: str, refused: BihuanError | None = None) -> str:
    """The form that chooses."""
    session, me = current.reading(), current.someone()
    processes = names_of_processes(session)
    found = case_moves.running(session, me, process) if process in processes else []
    numbers = select(Version.number).where(Version.process == process).order_by(Version.number.desc())
    return render_template(
        "cases/moves.html",
        processes=processes,
        process=process,
        running=found,
        versions=list(session.scalars(numbers.limit(MOST_VERSIONS))),
        communities=communities(session, me, ACT),
        refused=refused,
    )


@blueprint.post("/preview")
@rule(ACT)
def preview() -> Response | str | tuple[str, int]:
    """What stands at each step, and where it goes."""
    return surveyed(read_asked())


def surveyed(asked: Asked, errors: Mapping[str, tuple[str, str]] | None = None) -> str | tuple[str, int]:
    """The page of what would move, with what is wrong with the reason."""
    me = current.someone()
    try:
        wanted = current.attempt(asked.wanted)
    except NotFound as refused:
        return choosing(asked.typed["process"], refused), 404
    session = current.reading()
    found = case_moves.survey(session, me, wanted) if wanted.since else []
    targets = {
        process: case_moves.targets(session, wanted, process)
        for process in dict.fromkeys(each.element.process for each in found)
    }
    page = render_template(
        "cases/moves_preview.html",
        asked=asked,
        count=case_moves.count(session, me, wanted) if wanted.since else 0,
        found=found,
        targets=targets,
        named=named,
        errors=errors or {},
    )
    return (page, 422) if errors else page


@blueprint.post("")
@rule(ACT)
def begin() -> Response | str | tuple[str, int]:
    """Start the trial or the move, and redirect to the page of its job."""
    asked, me, trial = read_asked(), current.someone(), request.form.get("do") == "trial"
    try:
        job_id = current.attempt(
            lambda session: case_moves.ask(session, me, asked.wanted(session), asked.typed["reason"], trial=trial).id
        )
    except Invalid as wrong:
        return surveyed(asked, wrong.fields)
    except Conflict as refused:
        return choosing(asked.typed["process"], refused), 409
    return redirect(url_for("jobs.show", job_id=job_id), 303)


@blueprint.post("/after/<int:job_id>")
@rule(ACT)
def after_trial(job_id: int) -> Response | tuple[str, int]:
    """Move what was tried."""
    me, reason = current.someone(), form_input.text("reason")

    def ask(session: Session) -> int:
        job = jobs.find(session, me, job_id)
        if job.kind != case_moves.KIND:
            raise NotFound()
        return case_moves.ask(session, me, case_moves.wanted_by(job), reason, trial=False).id

    try:
        return redirect(url_for("jobs.show", job_id=current.attempt(ask)), 303)
    except Invalid as wrong:
        return choosing("", Conflict(**said(wrong))), 422
    except Conflict as refused:
        return choosing("", refused), 409


def said(wrong: Invalid) -> dict[str, str]:
    """What is wrong with the only field of a form, as one sentence."""
    zh, en = next(iter(wrong.fields.values()))
    return {"zh": zh, "en": en}
