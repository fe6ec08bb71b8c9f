"""Context for a task of an improvement: the person's action, the goal and what is known of it, earlier findings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.company import people
from engine.company.people import Person
from engine.complaints.timeline.timeline import Happening
from engine.history import Entry
from engine.improvement import Improvement, ImprovementAction, actions
from web.shared import answers, case_story, improvement_proof
from web.shared.answers import Answered
from web.shared.case_story import entries_of
from web.shared.improvement_proof import Round

STEPS_SHOWN = 4
STARTED = ("改进已立项", "The improvement was started")


@dataclass(frozen=True, slots=True)
class Loop:
    """An improvement for one of its tasks. `round`: its goal, once there is one; `filled`: last steps, newest first."""

    improvement: Improvement
    action: ImprovementAction | None
    round: Round | None
    filled: list[tuple[Happening, list[Answered]]]


def of_task(session: Session, case: Case, task: Task) -> Loop | None:
    """The improvement that a task belongs to; None for other tasks."""
    found = session.scalar(select(Improvement).where(Improvement.case_id == case.id))
    if found is None:
        return None
    every = improvement_proof.rounds(session, found)
    here = every[0] if every and every[0].goal.round == found.round else None
    return Loop(found, _action(session, found, task), here, _filled(session, case))


def _action(session: Session, found: Improvement, task: Task) -> ImprovementAction | None:
    """The action that the task is about."""
    turn = task.local.get("loopCounter")
    return actions.at(session, found, turn) if isinstance(turn, int) else None


def _filled(session: Session, case: Case) -> list[tuple[Happening, list[Answered]]]:
    entries = entries_of(session, case)
    known = people.names(session, [entry.by_id for entry, _note in entries if entry.by_id is not None])
    said = answers.of_case(session, case, [entry for entry, _note in entries])
    told = [(each, said[each.entry]) for each in story(session, case, entries, known) if said.get(each.entry)]
    return told[-STEPS_SHOWN:][::-1]


def story(
    session: Session, case: Case | None, entries: Sequence[tuple[Entry, str | None]], known: Mapping[int, Person]
) -> list[Happening]:
    """What happened, in words, the oldest first."""
    return case_story.story(session, case, entries, known, STARTED)
