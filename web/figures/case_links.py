"""From a number to the complaints behind it: the list of complaints, narrowed to exactly those."""

from typing import Any

from flask import url_for

from engine.measures.measure import Part
from web.figures.asking import Asked

FILTER = {"community": "community", "department": "department", "area": "category", "category": "category",
          "urgency": "urgency", "channel": "channel"}  # fmt: skip
"""What figures are cut by → the filter of the list."""


def of(asked: Asked, measure: str, part: Part, **more: Any) -> str:
    """The address of the cases of one part of a figure; `more`: a group of a cut, `way="community", code="3"`.

    "" where the list cannot be narrowed to them: communities of one size.
    """
    if asked.wish.filters["size"]:
        return ""
    kept = {
        name: value
        for name, value in asked.wish.filters.items()
        if (value and name in FILTER.values()) or name == "region"
    }
    way, code = more.get("way", "all"), more.get("code", "")
    own = {FILTER[way]: code} if way in FILTER and code else {}
    period: dict[str, Any] = {"since": asked.since.isoformat(), "until": asked.last.isoformat()}
    named: dict[str, Any] = {name: value for name, value in {**kept, **own}.items() if value}
    return url_for("complaints.index", measure=measure, part=part, **period, **named)
