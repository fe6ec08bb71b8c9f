"""A trial goes on: it begins, time passes, a resident speaks, steps are taken back or played on the changed draft."""

from collections.abc import Sequence
from typing import Any

from flask import flash, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.core.errors import BihuanError, Invalid, NotFound, Unclear
from engine.processes import process_drafts
from engine.scenarios import trials
from engine.scenarios.sandboxes import Sandbox, Stuck
from engine.scenarios.script import Step
from engine.scenarios.trials import Run
from web.shell import current, form_input
from web.shell.guard import DIAGRAMS, relaxed, rule
from web.shell.language import gettext as _
from web.studio import trial_beginning, trial_forms, trial_story
from web.studio.trial import Here, back, blueprint, here_of, names_of, page, visit, why


def go(here: Here, *more: Step) -> str:
    """Play more steps and keep them; return what went wrong, or nothing."""
    steps = (*here.played, *more)
    return keep(here, steps, len(steps))


def keep(here: Here, steps: Sequence[Step], done: int, company: str = "") -> str:
    """Play the first steps and keep how far the trial is; return what went wrong, or nothing.

    `company`: another one than before.
    """
    boxes, seen = trials.sandboxes(current.settings()), request.form.get("seen", -1, type=int)
    try:
        key = company or _company(here)
        moment = boxes.visit(key, steps[:done], lambda sandbox: sandbox.marks[-1].moment)
        _write(here, seen, Run(key, steps, done, moment))
    except (Stuck, BihuanError) as problem:
        return why(problem)
    return ""


def _company(here: Here) -> str:
    """The key of the company of the trial, founded if need be; a trial without steps begins on the draft as it is."""
    if here.trial is not None and here.played:
        visit(here, lambda sandbox: None)
        return here.trial.company
    return trials.sandboxes(current.settings()).found(trials.founding(current.reading(), here.draft))


def _write(here: Here, seen: int, run: Run) -> None:
    def write(session: Session) -> None:
        draft = process_drafts.require(session, current.someone(), here.draft.process)
        trials.keep(session, draft, seen, run, by=current.someone())

    current.attempt(write)


@blueprint.post("/<process>/trial/begin")
@rule(process_drafts.ACT)
@relaxed(DIAGRAMS)
def begin(process: str) -> AnyResponse | tuple[str, int]:
    """Begin with a complaint, a case of the process, an improvement or a warning."""
    here = here_of(process)

    def asked(sandbox: Sandbox) -> list[Step]:
        with sandbox.play.store.reading() as session:
            form = trial_forms.of_start(session, process)
            return trial_beginning.steps(form_input.text("kind"), process, form)

    fresh = Here(here.draft, None)
    try:
        steps = visit(fresh, asked)
    except Invalid as wrong:
        return page(fresh, wrong), 422
    except BihuanError as problem:
        flash(why(problem), "error")
        return back(process)
    if refused := go(fresh, *steps):
        flash(refused, "error")
    return back(process)


@blueprint.post("/<process>/trial/step")
@rule(process_drafts.ACT)
def step(process: str) -> AnyResponse:
    """Let time pass, let a resident or a message come, or let there have been complaints."""
    of = {"of": form_input.text("of")} if form_input.text("of") else {}
    match form_input.text("act"):
        case "wait":
            asked = Step("wait", form_input.text("moment").replace("T", " "))
        case "message":
            asked = Step("message", form_input.text("what"), of)
        case "resident":
            asked = Step("resident", form_input.text("what"), {**_said(), **of})
        case "past":
            try:
                asked = trial_beginning.past()
            except Unclear as wrong:
                flash(why(wrong), "error")
                return back(process)
        case _:
            raise NotFound
    if problem := go(here_of(process), asked):
        flash(problem, "error")
    return back(process)


def _said() -> dict[str, Any]:
    """What a resident says, as a scenario writes it."""
    found: dict[str, Any] = {name: form_input.text(name) for name in ("words", "outcome") if form_input.text(name)}
    score = request.form.get("score", type=int)
    return {"with": found | ({"score": score} if score is not None else {})}


@blueprint.post("/<process>/trial/to")
@rule(process_drafts.ACT)
def to(process: str) -> AnyResponse:
    """Take steps back, as many as wanted, or play steps again that were taken back."""
    here = here_of(process)
    number = request.form.get("number", -1, type=int)
    steps = (*here.played, *here.ahead)
    if not 0 <= number <= len(steps):
        raise NotFound
    if problem := keep(here, steps, number):
        flash(problem, "error")
    return back(process)


@blueprint.post("/<process>/trial/again")
@rule(process_drafts.ACT)
def again(process: str) -> AnyResponse:
    """Play the same steps on the draft as it is now, as far as they go."""
    here = here_of(process)
    steps, wanted = (*here.played, *here.ahead), len(here.played)
    try:
        key = trials.sandboxes(current.settings()).found(trials.founding(current.reading(), here.draft))
        wanted, stuck = _reaches(key, steps[:wanted])
    except BihuanError as broken:
        flash(why(broken), "error")
        return back(process)
    if said := keep(here, steps, wanted, key):
        flash(said, "error")
    elif stuck is not None:
        name = trial_story.said(steps[wanted], names_of(here))
        flash(
            _("走到第 {n} 步；第 {m} 步“{name}”走不通：{why}", n=wanted, m=wanted + 1, name=name, why=why(stuck)),
            "error",
        )
    else:
        flash(_("在现在的草稿上，{n} 步都走得通。", n=wanted))
    return back(process)


def _reaches(key: str, steps: Sequence[Step]) -> tuple[int, Exception | None]:
    """How many of the steps can be done in a company, and what stops the next one."""
    try:
        trials.sandboxes(current.settings()).visit(key, steps, lambda sandbox: None)
    except Stuck as stuck:
        return stuck.done, stuck
    return len(steps), None
