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
from engine.complaints.timeline.timeline import HIDDEN, Happening, words_of
from engine.history import Entry, Note
from engine.improvement import Improvement, ImprovementAction
from engine.processes import versions
from web.shared import answers
from web.shared.answers import Answered

STEPS_SHOWN = 4
FIGURES = ("baseline", "target", "measured")


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


def entries_of(session: Session, case: Case | None) -> list[tuple[Entry, str | None]]:
    """The entries of a case with the text that people typed, where it is stored."""
    asked = select(Entry, Note.text).outerjoin(Note, Note.id == Entry.note_id)
    asked = asked.where(Entry.case_id == (case.id if case else None)).order_by(Entry.number)
    return [(entry, note) for entry, note in session.execute(asked)]


def story(
    session: Session, case: Case | None, entries: Sequence[tuple[Entry, str | None]], known: Mapping[int, Person]
) -> list[Happening]:
    """What happened, in words, the oldest first."""
    if case is None:
        return []
    elements = versions.program(session, case.pin, case.process).elements
    told = []
    for entry, note in entries:
        if entry.kind in HIDDEN and not note:
            continue
        zh, en = words_of(entry, elements)
        if entry.kind == "case.started":
            zh, en = "改进已立项", "The improvement was started"
        person = known.get(entry.by_id or 0)
        by, by_en = (person.name, person.name_en) if person else ("", "")
        happening = Happening(entry.number, entry.at, zh, en, entry.kind, entry.element, entry.by_id, by, note, by_en)
        told.append(happening)
    return told
