"""A trial kept as a scenario of the draft, and a scenario taken up as a trial."""

from collections.abc import Mapping

from flask import flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.core.errors import BihuanError, NotFound
from engine.processes import process_drafts
from engine.scenarios import drafted, saving, trials
from engine.scenarios.sandboxes import Sandboxes, Stuck
from engine.scenarios.script import Step
from web.shell import current, form_input
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.studio import trial_story
from web.studio.trial import Here, back, blueprint, here_of, names_of, visit, why
from web.studio.trial_steps import keep


@blueprint.post("/<process>/trial/save")
@rule(process_drafts.ACT)
def save(process: str) -> AnyResponse:
    """Keep the steps as a scenario, with what is chosen of what is then so."""
    here = here_of(process)
    titles = form_input.text("title"), form_input.text("title_en")
    pins = [each for each in request.form.getlist("pins") if each in saving.PINS]
    if here.trial is None or not here.played:
        return back(process)
    if here.trial.company != trials.founding(current.reading(), here.draft).key:
        flash(_("草稿后来改过：请先用现在的草稿再走一遍，再保存。"), "error")
        return back(process)
    try:
        _save(here, titles, saving.with_expectations(_boxes(), here.trial.company, here.played, pins, {}))
    except (Stuck, BihuanError) as problem:
        flash(why(problem), "error")
    else:
        return redirect(url_for("studio_scenarios.index", process=process), 303)
    return back(process)


def _boxes() -> Sandboxes:
    return trials.sandboxes(current.settings())


def _save(here: Here, titles: tuple[str, str], steps: list[Step]) -> None:
    def write(session: Session) -> None:
        draft = process_drafts.require(session, current.someone(), here.draft.process)
        drafted.add(session, draft, titles, steps, by=current.someone())

    current.attempt(write)
    flash(_("已存成场景“{title}”：发布前会自动试演它。", title=titles[0]))


@blueprint.post("/<process>/trial/open")
@rule(process_drafts.ACT)
def take_up(process: str) -> AnyResponse:
    """Begin a trial with the steps of a scenario of the draft, played as far as wanted and possible."""
    here = here_of(process)
    files: Mapping[str, bytes] = process_drafts.files_of(current.reading(), here.draft)
    found = next((each for each in drafted.every(files) if each.path == form_input.text("path")), None)
    if found is None or found.scenario is None:
        raise NotFound
    steps = found.scenario.steps
    wanted = max(0, min(request.form.get("number", len(steps), type=int), len(steps)))
    fresh = Here(here.draft, None)
    try:
        visit(fresh, lambda sandbox: None, steps[:wanted])
    except Stuck as stuck:
        wanted = stuck.done
        name = trial_story.said(steps[wanted], names_of(here))
        flash(_("第 {m} 步“{name}”走不通：{why}", m=wanted + 1, name=name, why=why(stuck)), "error")
    except BihuanError as problem:
        flash(why(problem), "error")
        return redirect(url_for("studio_scenarios.index", process=process), 303)
    if problem_said := keep(fresh, steps, wanted):
        flash(problem_said, "error")
    return back(process)
