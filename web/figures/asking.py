"""What an address of figures asks for: a period, and what narrows it. Kept from page to page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import request, url_for
from sqlalchemy.orm import Session

from engine.company import places
from engine.company.places import KnownPlace
from engine.complaints.core import categories, codes
from engine.complaints.lists import sizes
from engine.core import clock
from engine.measures import handlers
from engine.measures.scopes import PEOPLE, SEE, Scope
from web.shared.reachable_places import communities
from web.shell import current, lists
from web.shell.formats import name_of, zone
from web.shell.language import gettext as _
from web.shell.language import language
from web.shell.lists import Wish

NEWEST = 90
LONGEST = 3 * 366
"""Days of the longest period."""

CUTS = ("region", "community", "size", "department", "category", "urgency", "channel", "person", "past")
"""What narrows a page."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A period (`until` is the day after its last), what is counted, and the filters as the address has them."""

    since: date
    until: date
    span: str
    scope: Scope
    wish: Wish

    @property
    def last(self) -> date:
        """The last day of the period."""
        return self.until - timedelta(days=1)

    @property
    def cut(self) -> str:
        """What narrows it, the same text for the same filters; "" for nothing."""
        return urlencode({name: self.wish.filters[name] for name in CUTS if self.wish.filters[name]})

    def to(self, endpoint: str, **more: Any) -> str:
        """The address of another page with the same period and filters."""
        kept = {
            name: value
            for name, value in self.wish.filters.items()
            if value and name in (*CUTS, "span", "since", "until")
        }
        return url_for(endpoint, **{**kept, **more})

    def before(self) -> tuple[date, date]:
        """The period before, of the same length: whole months and quarters stay whole."""
        if self.span in MONTHS:
            return _back(self.since, MONTHS[self.span]), self.since
        return self.since - (self.until - self.since), self.since

    def year_ago(self) -> tuple[date, date]:
        """The same period a year before."""
        return _back(self.since, 12), _back(self.until, 12)


MONTHS = {"month": 1, "quarter": 3, "year": 12}


def _back(day: date, months: int) -> date:
    """The same day so many months before, the last of the month where there is none."""
    first = day.year * 12 + day.month - 1 - months
    start = date(first // 12, first % 12 + 1, 1)
    last = ((start + timedelta(days=32)).replace(day=1) - timedelta(days=1)).day
    return start.replace(day=min(day.day, last))


def spans() -> list[tuple[str, str]]:
    """The periods to choose from."""
    return [
        ("", _("近 90 天")), ("day", _("昨天")), ("week", _("上周")), ("month", _("上月")), ("quarter", _("上季度")),
        ("year", _("去年")), ("so_far", _("今年以来")), ("twelve", _("近 12 个月")), ("own", _("自选日期")),
    ]  # fmt: skip


def _period(span: str, since: str, until: str, today: date) -> tuple[date, date]:
    if span == "own":
        first = date.fromisoformat(since) if since else today - timedelta(days=NEWEST - 1)
        last = date.fromisoformat(until) if until else today
        first, last = min(first, last), max(first, last)
        return max(first, last - timedelta(days=LONGEST)), last + timedelta(days=1)
    month, tomorrow = today.replace(day=1), today + timedelta(days=1)
    monday = today - timedelta(days=today.weekday())
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return {
        "day": (today - timedelta(days=1), today),
        "week": (monday - timedelta(days=7), monday),
        "month": (_back(month, 1), month),
        "quarter": (_back(quarter, 3), quarter),
        "year": (date(today.year - 1, 1, 1), date(today.year, 1, 1)),
        "so_far": (date(today.year, 1, 1), tomorrow),
        "twelve": (_back(month, 12), tomorrow),
    }.get(span, (today - timedelta(days=NEWEST - 1), tomorrow))


def read(more: Mapping[str, Callable[[str], bool] | Sequence[str]] | None = None) -> Asked:
    """Parse the address; `more`: filters of one page. A date without a span is a period of one's own."""
    filters: dict[str, Callable[[str], bool] | Sequence[str]] = {
        "span": [code for code, _name in spans() if code],
        "since": lists.is_day,
        "until": lists.is_day,
        "region": lists.is_id,
        "community": lists.is_id,
        "size": sizes.CODES,
        "department": list(current.known().departments),
        "category": str.isalnum,
        "urgency": list(codes.URGENCIES),
        "channel": list(codes.CHANNELS),
        "person": lists.is_id,
        "past": ("with",),
        **(more or {}),
    }
    wish = lists.read(["n"], filters, "n")
    chosen = wish.filters
    span = chosen["span"] or ("own" if chosen["since"] or chosen["until"] else "")
    since, until = _period(span, chosen["since"], chosen["until"], today())
    return Asked(since, until, span, _scope(current.reading(), chosen), wish)


def today() -> date:
    """The company's day."""
    return clock.now().astimezone(zone()).date()


def _scope(session: Session, chosen: Mapping[str, str]) -> Scope:
    scope = Scope(
        category=chosen["category"],
        department=chosen["department"],
        urgency=chosen["urgency"],
        channel=chosen["channel"],
        person_id=lists.number(chosen["person"]),
        past=bool(chosen["past"]),
    )
    ids = None
    if chosen["community"]:
        ids = frozenset({int(chosen["community"])})
    elif chosen["region"]:
        region = int(chosen["region"])
        ids = frozenset(each.id for each in places.known_communities(session) if each.region_id == region)
    if chosen["size"]:
        sized = sizes.communities_of(session, chosen["size"])
        ids = sized if ids is None else ids & sized
    return replace(scope, community_ids=ids)


def choices(asked: Asked) -> dict[str, Any]:
    """For the filters of a page."""
    session, me = current.reading(), current.someone()
    offered = communities(session, me, SEE)
    around = {each.region_id for each in offered}
    regions: list[KnownPlace] = [
        each for each in places.known(session).values() if each.kind == "region" and each.id in around
    ]
    return {
        "asked": asked,
        "spans": spans(),
        "sizes": [(code, each.said(language())) for code, each in sizes.of(session).items()],
        "regions": sorted(regions, key=lambda each: each.name),
        "communities": offered,
        "departments": current.known().offered_departments.values(),
        "areas": categories.tree(session),
        "handlers": handled_by(asked),
        "parts": parts(asked),
    }


def handled_by(asked: Asked) -> list[tuple[str, str]]:
    """Who handled complaints of the period, to choose from; nobody for whoever may not see figures of people."""
    if not current.may(PEOPLE):
        return []
    session, me, chosen = current.reading(), current.someone(), asked.scope.person_id
    found = {each.id: name_of(each) for each in handlers.of(session, me, asked.scope, asked.since, asked.until)}
    if chosen and chosen not in found:
        theirs = handlers.find(session, me, chosen)
        found[chosen] = name_of(theirs) if theirs else str(chosen)
    return [*((str(id), name) for id, name in found.items()), *[("0", _("没有经办人"))] * bool(found)]


def parts(asked: Asked) -> list[tuple[str, str, bool]]:
    """The pages of figures: address, name, whether it is this one."""
    every = (
        ("figures.index", _("指标")),
        ("late.show", _("为什么晚")),
        ("durations.show", _("要多久")),
        ("repeats.show", _("哪里反复")),
        ("flattering.index", _("需要留意")),
    )
    here = (request.endpoint or "").partition(".")[0]
    clocks = [(url_for("clocks.index"), _("计时"), False)] if current.may("timer.see") else []
    return [
        (
            asked.to(endpoint),
            name,
            here == endpoint.partition(".")[0] or (here == "measures" and endpoint == "figures.index"),
        )
        for endpoint, name in every
    ] + clocks
