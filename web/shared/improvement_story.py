"""Context for a task of an improvement: the person's action, the figures, earlier findings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.company import people
from engine.company.people import Person
from engine.complaints.timeline.timeline import Happening
from engine.history import Entry
from engine.improvement import Improvement, ImprovementAction
from web.shared import answers, case_story
from web.shared.answers import Answered
from web.shared.case_story import entries_of

STEPS_SHOWN = 4
FIGURES = ("baseline", "target", "measured")
STARTED = ("改进已立项", "The improvement was started")


@dataclass(frozen=True, slots=True)
class Loop:
    """An improvement for one of its tasks. `figures`: known ones, by name; `filled`: last steps, newest first."""

    improvement: Improvement
    action: ImprovementAction | None
    figures: Mapping[str, str]
    filled: list[tuple[Happening, list[Answered]]]


def of_task(session: Session, case: Case, task: Task) -> Loop | None:
    """The improvement that a task belongs to; None for other tasks."""
    found = session.scalar(select(Improvement).where(Improvement.case_id == case.id))
    if found is None:
        return None
    known = {name: getattr(found, name) for name in FIGURES}
    figures = {name: plain(figure) for name, figure in known.items() if figure is not None}
    return Loop(found, _action(session, found, task), figures, _filled(session, case))


def _action(session: Session, found: Improvement, task: Task) -> ImprovementAction | None:
    """The action that the task is about."""
    position = task.local.get("loopCounter")
    if not isinstance(position, int):
        return None
    asked = select(ImprovementAction).where(
        ImprovementAction.improvement_id == found.id,
        ImprovementAction.round == found.round,
        ImprovementAction.position == position,
    )
    return session.scalar(asked)


def _filled(session: Session, case: Case) -> list[tuple[Happening, list[Answered]]]:
    entries = entries_of(session, case)
    known = people.names(session, [entry.by_id for entry, _note in entries if entry.by_id is not None])
    said = answers.of_case(session, case, [entry for entry, _note in entries])
    told = [(each, said[each.entry]) for each in story(session, case, entries, known) if said.get(each.entry)]
    return told[-STEPS_SHOWN:][::-1]


def plain(figure: Decimal | None) -> str:
    """A figure without the trailing zeros that the store adds."""
    return "—" if figure is None else f"{figure.normalize():,f}"


def story(
    session: Session, case: Case | None, entries: Sequence[tuple[Entry, str | None]], known: Mapping[int, Person]
) -> list[Happening]:
    """What happened, in words, the oldest first."""
    return case_story.story(session, case, entries, known, STARTED)
