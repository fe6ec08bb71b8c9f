"""How many cases run on each version of a process, and where in its diagrams they stand."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from engine.casework.cases.rows import Case, Wait
from engine.casework.tasks import Task
from engine.casework.timers import Timer
from engine.processes.versions import Pin, Version

OPEN = ("running", "stopped")
Standing = type[Task] | type[Timer] | type[Wait]


@dataclass(frozen=True, slots=True)
class Count:
    """Cases of one version: those that are not over, and all ever started."""

    running: int = 0
    all: int = 0


_PINS = select(Pin.hash, Pin.versions)
_COUNTED = select(Case.pin, Case.process, Case.status, func.count()).group_by(Case.pin, Case.process, Case.status)
"""Answered from the index on these three columns alone, however many cases there are."""


def counts(session: Session) -> dict[int, Count]:
    """Return how many cases each version has, by its id, in two statements."""
    pins = {row.hash: row.versions for row in session.execute(_PINS)}
    running: Counter[int] = Counter()
    started: Counter[int] = Counter()
    for pin, process, status, amount in session.execute(_COUNTED):
        version_id = pins[pin][process]
        started[version_id] += amount
        running[version_id] += amount if status in OPEN else 0
    return {version_id: Count(running[version_id], amount) for version_id, amount in started.items()}


def at_steps(session: Session, version: Version) -> Mapping[str, int]:
    """Return how many open cases of a version wait at each element, in four statements.

    What runs within a called process counts in the version of that process which the case pins.
    """
    pins = _pins(session, version)
    found: Counter[str] = Counter()
    for kind in (Task, Timer, Wait):
        standing = _standing(kind, pins, kind.element, func.count(kind.case_id.distinct())).group_by(kind.element)
        found.update({row[0]: row[1] for row in session.execute(standing)})
    return found


def cases_at(
    session: Session, version: Version, element: str, within: ColumnElement[bool], most: int = 100
) -> list[Case]:
    """Return the open cases of a version that wait at an element, the oldest first."""
    pins = _pins(session, version)
    ids: set[int] = set()
    for kind in (Task, Timer, Wait):
        asked = _standing(kind, pins, kind.case_id).where(kind.element == element, within)
        ids.update(session.scalars(asked.distinct().order_by(kind.case_id).limit(most)))
    return list(session.scalars(select(Case).where(Case.id.in_(ids)).order_by(Case.id).limit(most)))


def _pins(session: Session, version: Version) -> list[str]:
    return [row.hash for row in session.execute(_PINS) if row.versions.get(version.process) == version.id]


def _standing(kind: Standing, pins: list[str], *columns: Any) -> Select[*tuple[Any, ...]]:
    asked = select(*columns).join(Case, Case.id == kind.case_id).where(Case.pin.in_(pins), Case.status.in_(OPEN))
    return asked.where(Task.state.in_(("open", "held"))) if kind is Task else asked
