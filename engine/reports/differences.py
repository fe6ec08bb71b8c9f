"""What a revision of a report says otherwise than the one before: which figures, and how many of their cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine.reports import kept_cases
from engine.reports.rows import Report

SAID = ("hit", "of", "value", "target")


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure before and after, with how many cases came to what it is out of, and how many left."""

    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    came: int
    left: int


def between(session: Session, before: Report, after: Report) -> Sequence[Difference]:
    """Return the figures that differ, in the order of the report."""
    known = {each["code"]: each for each in before.content.get("figures", ())}
    lists = kept_cases.every(session, before.id), kept_cases.every(session, after.id)
    found = []
    for each in after.content.get("figures", ()):
        were, are = (set(some.get((each["code"], "of"), ())) for some in lists)
        counted, count = (set(some.get((each["code"], "hit"), ())) for some in lists)
        other = known.get(each["code"])
        if other is None or _said(other) != _said(each) or were != are or counted != count:
            found.append(Difference(other, each, len(are - were), len(were - are)))
    return found


def _said(figure: Mapping[str, Any]) -> list[object]:
    now = figure["now"] or {}
    return [now.get(name) for name in SAID[:3]] + [figure["target"]]
