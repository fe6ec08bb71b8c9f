"""The limits the company promises in public, read from the tables that cases run by, never typed twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from engine.company import roles
from engine.complaints.core.codes import URGENCIES
from engine.complaints.core.meaning import PROCESS
from engine.complaints.limits.durations import length_of
from engine.core.errors import BihuanError
from engine.feel import FeelError, dmn
from engine.processes import versions

TOLD = ("acknowledge", "on_site", "first_response", "plan", "resolve", "callback")
"""Limits promised to residents, in the order they fall due."""

RUNGS = 10
USUAL = {"channel": "web", "kind": "complaint", "category": "", "about": "", "region": "", "households": Decimal(1)}


@dataclass(frozen=True, slots=True)
class Promised:
    """One limit: its length, whether in working time, and its cap; counted from receipt or from another event."""

    kind: str
    length: timedelta
    working: bool
    latest: timedelta | None
    start: str


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder: the share of a limit at which it opens, and the group that then supervises."""

    share: Decimal
    group: str


def limits(session: Session) -> dict[str, tuple[Promised, ...]]:
    """Return today's limits by urgency, without unreadable ones."""
    models = versions.tables_today(session, PROCESS)
    return {urgency: tuple(_limits(models, urgency)) for urgency in URGENCIES} if "limits" in models else {}


def _limits(models: dict[str, dmn.Model], urgency: str) -> Sequence[Promised]:
    rows = _decide(models, "limits", {**USUAL, "urgency": urgency})
    found = {}
    for row in rows if isinstance(rows, list) else [rows]:
        if not isinstance(row, dict) or row.get("kind") not in TOLD:
            continue
        try:
            length, latest = length_of(row.get("limit")), length_of(row.get("latest"))
        except BihuanError:
            continue
        if length is not None:
            working = row.get("clock") == "working"
            found[row["kind"]] = Promised(row["kind"], length, working, latest, str(row.get("start") or "receipt"))
    return sorted(found.values(), key=lambda each: TOLD.index(each.kind))


def ladder(session: Session) -> list[Rung]:
    """Return today's rungs for a complaint that is about nobody in particular, the lowest first."""
    models = versions.tables_today(session, PROCESS)
    lead = next(iter(roles.of(session).departments), "desk")
    found: list[Rung] = []
    for number in range(1, RUNGS + 1):
        row = _decide(models, "ladder", {**USUAL, "rung": Decimal(number), "lead": lead, "level": Decimal(0)})
        if not isinstance(row, dict) or not isinstance(row.get("share"), int | Decimal):
            break
        found.append(Rung(Decimal(row["share"]), str(row.get("group") or "")))
    return found


def _decide(models: dict[str, dmn.Model], decision: str, context: dict[str, Any]) -> object:
    """Return a table's result, or nothing when it is missing or needs inputs not known here."""
    try:
        return models[decision].decide(decision, context, {}).value if decision in models else None
    except (FeelError, BihuanError):
        return None
