"""Keep a warning's row true after each step of its case: where it is, what the patrol found, how it ended."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.execution import Outcome
from engine.casework.cases import Case
from engine.core import clock
from engine.core.errors import NotFound
from engine.processes import topics, versions
from engine.warnings.opening import PROCESS
from engine.warnings.rows import EarlyWarning
from engine.warnings.words import FARTHEST_FIRST, FOUND, PATROL, RESULTS


def take_over(session: Session, case: Case, outcome: Outcome) -> None:
    """Write the stage, the patrol and the result, where they changed."""
    warning = of(session, case)
    said = {id: each.properties for id, each in versions.program(session, case.pin, case.process).elements.items()}
    open_now = {said[task.element].get("status") for task in outcome.tasks}
    warning.stage = next((stage for stage in FARTHEST_FIRST if stage in open_now), warning.stage)
    done = {said.get(each.element, {}).get("counts_as") for each in outcome.happened if each.what == "completed"}
    if PATROL in done and outcome.variables.get("found") in FOUND:
        warning.patrolled_at, warning.found = clock.now(), outcome.variables["found"] == FOUND[0]
        if warning.hit is not None:  # the 14 days are over: what a late patrol confirms is a hit all the same
            warning.hit = warning.found or bool(warning.followed)
    if outcome.ended is not None:
        result = said.get(outcome.ended.element, {}).get("counts_as")
        warning.result = result if result in RESULTS else None
        warning.stage, warning.ended_at = "ended", clock.now()


def of(session: Session, case: Case) -> EarlyWarning:
    """Return the warning of a case. Raises `NotFound`."""
    warning = session.scalar(select(EarlyWarning).where(EarlyWarning.case_id == case.id))
    if warning is None:
        raise NotFound
    return warning


topics.reads_answers(PROCESS, PATROL, "found")
topics.means(PROCESS, statuses=FARTHEST_FIRST, counts_as=(PATROL, *RESULTS))
