"""A trial run of the draft: begun, looked at, its tasks done as anybody, its clock turned, a step taken back, saved."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from flask import Blueprint, Response, redirect, render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.casework.cases import Case
from engine.core.errors import BihuanError, Invalid, NotFound
from engine.processes import process_drafts, versions
from engine.processes.process_drafts import ProcessDraft
from engine.scenarios import playing, saving, trials
from engine.scenarios.listings import Names
from engine.scenarios.sandboxes import Sandbox, SandboxGone, Stuck
from engine.scenarios.script import Step
from engine.scenarios.trials import Trial
from web.shared import codes_in_words
from web.shell import current
from web.shell.guard import DIAGRAMS, relaxed, rule
from web.shell.language import language
from web.studio import draft_diagrams, frame, trial_beginning, trial_scene, trial_story

blueprint = Blueprint("studio_trial", __name__, url_prefix="/studio")
blueprint.context_processor(codes_in_words.context)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Here:
    """A draft and the reader's trial of it, if they have begun one."""

    draft: ProcessDraft
    trial: Trial | None

    @property
    def played(self) -> tuple[Step, ...]:
        """The steps that stand."""
        return self.trial.played if self.trial else ()

    @property
    def ahead(self) -> tuple[Step, ...]:
        """The steps that were taken back or are still ahead."""
        return self.trial.ahead if self.trial else ()

    @property
    def revision(self) -> int:
        """What a page says that it has seen."""
        return self.trial.revision if self.trial else 0


def here_of(process: str) -> Here:
    """The draft, if the person may change it, and their own trial. Raises `NotPermitted`, `NotFound`."""
    draft = frame.draft_of(process)
    return Here(draft, trials.find(current.reading(), process, by=current.someone()))


def visit(here: Here, look: Callable[[Sandbox], T], steps: Sequence[Step] | None = None) -> T:
    """What `look` makes of the trial's sandbox. Raises `SandboxGone`, `Stuck`, and what founding it raises."""
    boxes, wanted = trials.sandboxes(current.settings()), here.played if steps is None else steps
    if here.trial is None or not here.played:
        return boxes.visit(boxes.found(trials.founding(current.reading(), here.draft)), wanted, look)
    try:
        return boxes.visit(here.trial.company, wanted, look)
    except SandboxGone:
        now = trials.founding(current.reading(), here.draft)
        if now.key != here.trial.company:
            raise
        return boxes.visit(boxes.found(now), wanted, look)


def names_of(here: Here) -> Names:
    """Words for the steps of the draft as it is now."""
    return draft_diagrams.names(process_drafts.files_of(current.reading(), here.draft))


def back(process: str) -> AnyResponse:
    """The way back to the trial."""
    return redirect(url_for("studio_trial.show", process=process), 303)


def why(problem: Exception) -> str:
    """Why something could not be done, in the language of the page."""
    inner = problem.problem if isinstance(problem, Stuck) else problem
    if isinstance(inner, Invalid):
        return " ".join(each[0 if language() == "zh" else 1] for each in inner.fields.values())
    return playing.why(inner)[0 if language() == "zh" else 1]


# ---- look ------------------------------------------------------------------------------------------------------------


@blueprint.get("/<process>/trial")
@rule(process_drafts.ACT)
@relaxed(DIAGRAMS)
def show(process: str) -> str:
    """How the trial stands, or how one can begin."""
    return page(here_of(process))


def page(here: Here, wrong: Invalid | None = None) -> str:
    """The page; `wrong`: what was refused at the beginning."""
    names = names_of(here)
    try:
        inside = visit(here, lambda sandbox: _inside(here, names, sandbox, wrong))
    except (Stuck, BihuanError) as problem:
        return frame.render("studio/trial.html", here.draft, here=here, problem=why(problem), broken=not here.played)
    changed = bool(here.played) and _changed(here)
    return frame.render(
        "studio/trial.html", here.draft, here=here, inside=inside, changed=changed, pins=saving.PINS, usual=saving.USUAL,
        ahead=[trial_story.said(each, names) for each in here.ahead],
    )  # fmt: skip


def _changed(here: Here) -> bool:
    key = trials.founding(current.reading(), here.draft).key
    return here.trial is not None and here.trial.company != key


def _inside(here: Here, names: Names, sandbox: Sandbox, wrong: Invalid | None) -> Markup:
    """What the sandbox itself shows, written with its clock."""
    process = here.draft.process
    with sandbox.play.store.reading() as session:
        if not here.played:
            return _begin_part(session, here, wrong)
        scene = trial_scene.read(session, sandbox, lambda path: url_for(".file", process=process, path=path))
        return Markup(  # noqa: S704 - a template escapes
            render_template(
                "studio/trial_scene.html",
                process=process,
                here=here,
                scene=scene,
                categories=trial_beginning.kinds(session),
                local=scene.now.astimezone(trial_scene.hours_of(session).zone),
                told=trial_story.told(session, sandbox, here.played, names),
                variables={each.case.id: trial_story.variables(session, each.case) for each in scene.cases},
            )
        )


def _begin_part(session: Session, here: Here, wrong: Invalid | None) -> Markup:
    begins = trial_beginning.read(session, here.draft.process)
    checked = begins.form.check(request.form) if begins.form and wrong else begins.form.blank() if begins.form else None
    return Markup(  # noqa: S704 - a template escapes
        render_template(
            "studio/trial_begin.html",
            process=here.draft.process,
            here=here,
            begins=begins,
            checked=checked,
        )
    )


@blueprint.get("/<process>/trial/files/<path:path>")
@rule(process_drafts.ACT)
def file(process: str, path: str) -> Response:
    """A diagram that the trial runs on."""

    def read(sandbox: Sandbox) -> bytes | None:
        with sandbox.play.store.reading() as session:
            case = session.get(Case, next(iter(sandbox.play.subjects.values())).case_id)
            return versions.files(session, case.pin).get(path) if case is not None else None

    here = here_of(process)
    try:
        content = visit(here, read) if here.played and path.endswith(".bpmn") else None
    except (Stuck, SandboxGone):
        content = None
    if content is None:
        raise NotFound
    return Response(content, mimetype="application/xml")
