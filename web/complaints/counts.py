"""Counts of complaints over a period, drawn and as a table; each number leads to the complaints behind it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from flask import Blueprint, render_template, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.complaints.core import codes
from engine.complaints.core.codes import KINDS
from engine.complaints.homes import locations
from engine.complaints.homes.households import Household
from engine.complaints.lists import columns, counts
from engine.complaints.lists.columns import Names
from engine.complaints.lists.counts import Row
from engine.complaints.lists.queries import Filters
from web.complaints.complaint_list import key
from web.shared import codes_in_words
from web.shared.reachable_places import communities
from web.shell import current, lists
from web.shell.formats import zone
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language
from web.shell.lists import Wish, is_day, midnight, number

blueprint = Blueprint("counts", __name__, url_prefix="/counts")
blueprint.context_processor(codes_in_words.context)

FILTER = {
    "community": "community", "department": "department", "area": "category", "category": "category",
    counts.HOME: "household",
}  # fmt: skip
"""Grouping → the equivalent filter of the complaint list."""

KIND = "complaint"
"""The kind that is counted unless another is chosen; `ALL` counts every kind."""

ALL = "all"
PAST = {"": "without", "with": "", "only": "only"}
"""What the address says of past complaints → the filter: they are left out unless asked for."""

MOST_ROWS = 60
LONGEST_BUILDING = 20


@blueprint.get("")
@rule("complaint.see")
def index() -> str:
    """Received, closed, open and overdue by community, department, category, channel or building."""
    reading, me = current.reading(), current.someone()
    wish = lists.read(["received"], filters(), "-received")
    asked = narrowed(wish)
    way = way_of(wish)
    every = counts.by(reading, me, way, asked, key=key(), building=wish.filters["building"])
    rows = [row for row in every if row.code is not None or way == "department"]
    names = columns.names(reading, (), language(), zone())
    homes = labels(reading, [row.code for row in rows[:MOST_ROWS]]) if way == counts.HOME else {}
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
        head=counts.WAYS.get(way, counts.HOMES),
        building=locations.place(wish.filters["building"], "", "", language()) if way == counts.HOME else "",
        unknown=sum(row.received for row in every if row not in rows),
        over=way == "building" and max(sums(every).values()) > counts.MOST_OF_HOMES,
        bound=counts.MOST_OF_HOMES,
        measured=counts.MEASURED,
        rows=[(row, called(row.code, way, names, homes, whole=asked.community_id)) for row in rows[:MOST_ROWS]],
        left=len(rows) - MOST_ROWS,
        sums=sums(every),
        most=max((max(row.received, row.closed) for row in rows), default=0) or 1,
        days=days,
        notices=notices(wish, days),
        kind=kind_of(wish),
        link=links(way, wish, days),
        categories=names.categories,
        communities=communities(reading, me, "complaint.see"),
        departments=current.known().departments.values(),
    )


def narrowed(wish: Wish) -> Filters:
    """What the address asks for, over a period of whole days."""
    return counts.period(
        Filters(
            kind=kind_of(wish),
            past=PAST[wish.filters["past"]],
            department=wish.filters["department"],
            category=wish.filters["category"],
            community_id=number(wish.filters["community"]),
            since=midnight(wish.filters["since"]),
            until=midnight(wish.filters["until"], after=True),
        ),
        zone(),
    )


def filters() -> dict[str, Any]:
    """What the address may ask for."""
    return {
        "by": [*counts.WAYS, counts.HOME],
        "since": is_day,
        "until": is_day,
        "kind": [*KINDS, ALL],
        "past": [each for each in PAST if each],
        "community": lists.is_id,
        "department": list(current.known().departments),
        "category": str.isalnum,
        "building": lambda text: len(text) <= LONGEST_BUILDING,
    }


def way_of(wish: Wish) -> str:
    """What to group by: by household only within a building of one community."""
    way = wish.filters["by"] or "community"
    whole = wish.filters["community"] and wish.filters["building"]
    return "building" if way == counts.HOME and not whole else way


def kind_of(wish: Wish) -> str:
    """The kind that is counted; empty for all of them."""
    return {"": KIND, ALL: ""}.get(wish.filters["kind"], wish.filters["kind"])


def notices(wish: Wish, days: Mapping[str, str]) -> list[str]:
    """What was counted otherwise than the address asks for."""
    since, until = wish.filters["since"], wish.filters["until"]
    if since and until and since > until:
        since, until = until, since
        told = [_("起止日期写反了，已对调。")]
    else:
        told = []
    if since and since < days["since"]:
        told.append(_("一次最多统计 {n} 天，所以从 {day} 算起。", n=counts.LONGEST.days, day=days["since"]))
    return told


def sums(rows: Sequence[Row]) -> dict[str, int]:
    """Totals of all rows, by measure."""
    return {name: sum(getattr(row, name) for row in rows) for name in counts.MEASURED}


def labels(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """The addresses of these households in words."""
    asked = select(Household.id, Household.label).where(Household.id.in_(ids))
    return {row.id: row.label for row in session.execute(asked)}


def called(code: Any, way: str, names: Names, homes: Mapping[int, str], whole: int | None) -> str:
    """The name of a row; a building with its community unless that is the `whole`."""
    if way == counts.HOME:
        return homes.get(code, str(code))
    if way == "building":
        community_id, building = code
        said = locations.place(building, "", "", names.language)
        return said if whole else f"{names.of(names.places.get(community_id))} {said}"
    if way == "community":
        return names.of(names.places.get(code)) or str(code)
    if way == "department":
        return names.of(names.known.departments.get(code or "")) or code or _("尚未派单")
    if way == "channel":
        return codes.said(codes.CHANNELS, code, names.language)
    found = names.categories.get(code)
    return found.said(names.language) if found else str(code)


def links(way: str, wish: Wish, days: dict[str, str]) -> Callable[[Row, str], str]:
    """Link to the complaints behind a figure; for a building, to its households, whose figures link further."""
    if way == "building":
        return lambda row, _name: wish.url(by=counts.HOME, community=row.code[0], building=row.code[1])
    own = FILTER.get(way, way)
    kept = {each: wish.filters[each] for each in ("community", "department", "category") if each != own}
    kept |= {"kind": kind_of(wish), "past": PAST[wish.filters["past"]]}
    asked = {
        "received": {"since": days["since"], "until": days["until"], "sort": "-received"},
        "closed": {"closed_since": days["since"], "closed_until": days["until"], "sort": "-closed"},
        "open": {"state": "open"},
        "late": {"state": "late"},
    }
    listed = url_for("complaints.index")
    begun = {
        name: f"{listed}?{urlencode({each: value for each, value in given.items() if value})}"
        for name, given in ((name, {**kept, **each}) for name, each in asked.items())
    }
    return lambda row, name: begun[name] + (f"&{own}={quote(str(row.code))}" if row.code else "")
