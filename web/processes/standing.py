"""The open cases of a version that wait at one step, with the way to help or move them."""

from flask import render_template, request
from sqlalchemy import or_

from engine.casework.cases import Case, by_version, helping, lists, moving
from engine.complaints.core import access
from engine.core.errors import NotFound
from engine.processes import versions
from web.processes.library import blueprint, find_version
from web.shared import case_subjects
from web.shell import current
from web.shell.guard import rule

MOST = 100
ACTS = (helping.ACT, moving.ACT)


@blueprint.get("/<process>/<int:number>/cases")
@rule(*ACTS)
def standing(process: str, number: int) -> str:
    """The cases at a step (`at`) that this person may help or move, the oldest first."""
    session, me = current.reading(), current.someone()
    version, element = find_version(session, process, number), request.args.get("at", "")
    drawn = versions.drawn_in(session, version).values()
    step = next((node for each in drawn for node in each.nodes if node.id == element), None)
    if step is None:
        raise NotFound()
    within = or_(*(access.cases_within(session, me, act, Case.place_id, Case.id) for act in ACTS))
    cases = by_version.cases_at(session, version, element, within, MOST)
    return render_template(
        "processes/standing.html",
        version=version,
        step=step,
        cases=cases,
        subjects=case_subjects.of_cases(session, [case.id for case in cases]),
        states=lists.STATES,
        most=MOST,
    )
