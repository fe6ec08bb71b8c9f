"""Counts of complaints over a period, drawn and as a table; each number leads to the complaints behind it."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, render_template, url_for

from engine.complaints import columns, counts, words
from engine.complaints.columns import Names
from engine.complaints.counts import Row
from engine.complaints.queries import Filters
from engine.complaints.words import KINDS
from web import current, lists, wording
from web.complaint_list import is_day, key, midnight, number
from web.formats import zone
from web.guard import rule
from web.language import gettext as _
from web.language import language
from web.lists import Wish
from web.reach import communities

blueprint = Blueprint("counts", __name__, url_prefix="/counts")
blueprint.context_processor(wording.context)

FILTER = {"community": "community", "department": "department", "area": "category", "category": "category"}
"""Way of counting -> the filter of the list of complaints that means the same."""

MOST_ROWS = 60


@blueprint.get("")
@rule("complaint.see")
def index() -> str:
    """Received, closed, open and late by community, department, category or channel."""
    reading, me = current.reading(), current.someone()
    wish = lists.read(["received"], filters(), "-received")
    asked = counts.period(
        Filters(
            kind=wish.filters["kind"],
            department=wish.filters["department"],
            category=wish.filters["category"],
            community_id=number(wish.filters["community"]),
            since=midnight(wish.filters["since"]),
            until=midnight(wish.filters["until"], after=True),
        ),
        zone(),
    )
    way = wish.filters["by"] or "community"
    rows = counts.by(reading, me, way, asked, key=key())
    names = columns.names(reading, (), language(), zone())
    assert asked.since is not None
    assert asked.until is not None
    days = {
        "since": asked.since.astimezone(zone()).date().isoformat(),
        "until": (asked.until.astimezone(zone()) - timedelta(microseconds=1)).date().isoformat(),
    }
    return render_template(
        "counts/index.html",
        wish=wish,
        way=way,
        kinds_of_rows=counts.WAYS,
        measured=counts.MEASURED,
        rows=[(row, called(row.code, way, names)) for row in rows[:MOST_ROWS]],
        left=len(rows) - MOST_ROWS,
        sums={name: sum(getattr(row, name) for row in rows) for name in counts.MEASURED},
        most=max((max(row.received, row.closed) for row in rows), default=0) or 1,
        days=days,
        link=lambda row, name: link(row, name, way, wish, days),
        categories=names.categories,
        communities=communities(reading, me, "complaint.see"),
        departments=current.known().departments.values(),
    )


def filters() -> dict[str, Any]:
    """What the address may ask for."""
    return {
        "by": list(counts.WAYS),
        "since": is_day,
        "until": is_day,
        "kind": list(KINDS),
        "community": lists.is_id,
        "department": list(current.known().departments),
        "category": str.isalnum,
    }


def called(code: Any, way: str, names: Names) -> str:
    """What people call one row."""
    if way == "community":
        return names.of(names.places.get(code)) or str(code)
    if way == "department":
        return names.of(names.known.departments.get(code or "")) or code or _("尚未派单")
    if way == "channel":
        return words.said(words.CHANNELS, code, names.language)
    found = names.categories.get(code)
    return found.said(names.language) if found else str(code)


def link(row: Row, name: str, way: str, wish: Wish, days: dict[str, str]) -> str:
    """The complaints behind a number."""
    kept = {each: wish.filters[each] for each in ("kind", "community", "department", "category")}
    kept[FILTER.get(way, way)] = str(row.code or "")
    asked = {
        "received": {"since": days["since"], "until": days["until"], "sort": "-received"},
        "closed": {"closed_since": days["since"], "closed_until": days["until"], "sort": "-closed"},
        "open": {"state": "open"},
        "late": {"state": "late"},
    }[name]
    given = {**kept, **asked, "past": "without"}
    return url_for("complaints.index", **{each: value for each, value in given.items() if value})  # type: ignore[arg-type]
