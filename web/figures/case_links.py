"""From a number to the complaints behind it: the list of complaints, narrowed to exactly those."""

from typing import Any

from flask import url_for

from engine.measures.definitions import MEASURES
from engine.measures.measure import Part
from engine.measures.scopes import NONE
from web.figures.asking import Asked

FILTER = {"community": "community", "department": "department", "area": "category", "category": "category",
          "urgency": "urgency", "channel": "channel", "person": "person", "building": "building",
          "hour": "hour"}  # fmt: skip
"""What figures are cut by → the filter of the list."""


NOBODYS = {"person": "0", "building": NONE}
"""What the list calls the cases without one."""

KEPT = ("region", "size", *FILTER.values())


def of(asked: Asked, measure: str, part: Part, **more: Any) -> str:
    """The address of the cases of one part of a figure; `more`: a group of a cut, `way="community", code="3"`.

    "" where the list cannot be narrowed to them: cases without a department, say.
    """
    way, code = more.get("way", "all"), more.get("code", "")
    if way in NOBODYS:
        code = code or NOBODYS[way]
    elif way != "all" and not code:
        return ""
    kept = {name: value for name, value in asked.wish.filters.items() if name in KEPT}
    own = {FILTER[way]: code} if way in FILTER else {}
    past = {"past": asked.wish.filters["past"] if MEASURES[measure].past else ""}
    period: dict[str, Any] = {"since": asked.since.isoformat(), "until": asked.last.isoformat()}
    named: dict[str, Any] = {name: value for name, value in {**kept, **own, **past}.items() if value}
    return url_for("complaints.index", measure=measure, part=part, **period, **named)
