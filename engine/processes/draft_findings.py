"""What is wrong with a draft: found at once while it is drawn, and by playing it when somebody asks."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from engine.bpmn import checking
from engine.core import parsing
from engine.core.errors import Finding
from engine.processes import publishing, staffing, versions


def look(session: Session, process: str, files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Return everything but what only playing it shows: drawing, names, references, forms, tables, who would do it.

    Takes about a quarter of a second for the complaint process.
    """
    parsing.require_unlocked()
    around = versions.without_scenarios(
        {**publishing.with_callers(session, process), **publishing.with_called(session, process, files)}
    )
    found = checking.look(around, publishing.available(session), about=process)
    return (*found, *unstaffed(session, files))


def play(session: Session, process: str, files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Return the findings that a publication would show. Takes some seconds."""
    judged = publishing.judge(session, process, files)
    return (*judged.verdict.findings, *judged.lost, *unstaffed(session, files))


def unstaffed(session: Session, files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Return the tasks that nobody would get somewhere."""
    return tuple(staffing.findings(session, staffing.staffing(session, files)))
