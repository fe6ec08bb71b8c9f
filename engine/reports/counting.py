"""A report while it is counted: what was found so far, and the complaints behind each number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy
from sqlalchemy.orm import Session

from engine.company.places import Place
from engine.measures.measure import Value
from engine.measures.scopes import Scope
from engine.reports.kept_cases import Ids
from engine.reports.periods import Period


@dataclass(slots=True)
class Counting:
    """Of which place and period; each step adds its sections to `content`, and its lists to `cases` by code and part."""

    session: Session
    place: Place
    scope: Scope
    period: Period
    content: dict[str, Any] = field(default_factory=dict)
    cases: dict[tuple[str, str], Ids] = field(default_factory=dict)

    def keep(self, code: str, part: str, ids: Sequence[int]) -> None:
        """Keep the complaints behind a number, if there are any; one that is named twice is one complaint."""
        if ids:
            self.cases[code, part] = numpy.unique(numpy.array(ids, numpy.int64))


def plain(value: Value | None) -> Mapping[str, Any] | None:
    """Return a figure as it is kept."""
    if value is None:
        return None
    return {
        "hit": float(value.hit),
        "of": value.of,
        "size": float(value.size),
        "value": value.value,
        "low": value.interval.low if value.interval else None,
        "high": value.interval.high if value.interval else None,
        "excluded": value.excluded,
        "immature": value.immature,
        "matured_until": value.matured_until.isoformat(),
    }
