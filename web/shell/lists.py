"""Lists: search, filters, sorting and page are in the address, so that it can be bookmarked and shared."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask import request
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from web.shell.addresses import url_for
from web.shell.formats import zone

SIZE = 25
LONGEST = 100
MOST_ID = 2**31 - 1
MOST = 1000
"""So many rows are counted and paged through; of more it is said that there are more."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the address asks for: `search` text, chosen `filters`, `sort` key with direction, page `number` from 1.

    `endpoint`: the page that the list is on, where that is not the one that was asked for.
    """

    search: str
    filters: Mapping[str, str]
    sort: str
    descending: bool
    number: int
    endpoint: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether the list is filtered."""
        return bool(self.search or any(self.filters.values()))

    def url(self, **changed: object) -> str:
        """The address of the same list with changes; an empty value removes the parameter."""
        kept = {"q": self.search, **self.filters, "sort": f"{'-' * self.descending}{self.sort}", "page": self.number}
        if set(changed) - {"page"}:
            kept["page"] = 1
            kept.pop("after", None)
        asked = {name: value for name, value in {**kept, **changed}.items() if value not in {"", None}}
        if asked.get("page") == 1:
            del asked["page"]
        return url_for(self.endpoint or str(request.endpoint), **{**(request.view_args or {}), **asked})

    def sorted_by(self, key: str) -> str:
        """The address of the list sorted by `key`, reversed if it already is."""
        turned = self.sort == key and not self.descending
        return self.url(sort=f"-{key}" if turned else key)

    def direction(self, key: str) -> str:
        """The value of `aria-sort` for the column `key`."""
        if self.sort != key:
            return "none"
        return "descending" if self.descending else "ascending"


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: its `rows`, the total, and its position.

    `most`: the limit for counting and paging; a larger `total` means there are more. `turned`: how many pages can be
    turned, where that does not follow from the total; `further`: the address of where the list goes on after them.
    """

    rows: Sequence[Any]
    total: int
    number: int
    size: int
    wish: Wish
    most: int | None = None
    turned: int | None = None
    further: str = ""

    @property
    def pages(self) -> int:
        """The number of pages, at least one."""
        if self.turned is not None:
            return self.turned
        return max(1, -(-(self.total if self.most is None else min(self.total, self.most)) // self.size))

    @property
    def said(self) -> str:
        """The total for display: 312, 1,000+."""
        return counted(self.total, self.most)


def counted(total: int, most: int | None) -> str:
    """A number that was counted up to a limit."""
    return f"{most:,}+" if most is not None and total > most else f"{total:,}"


def read(sorts: Sequence[str], filters: Mapping[str, Callable[[str], bool] | Sequence[str]], default: str) -> Wish:
    """Parse the address. Unknown choices are ignored, so that an old link still opens.

    `filters` maps a name to its possible values, or to a test of them; `default` is a sort key, `-key` descending.
    """
    asked = request.args.get("sort", default)
    if asked.removeprefix("-") not in sorts:
        asked = default
    chosen = {}
    for name, allowed in filters.items():
        value = request.args.get(name, "")
        fits = allowed(value) if callable(allowed) else value in allowed
        chosen[name] = value if value and fits else ""
    number = request.args.get("page", 1, type=int)
    search = request.args.get("q", "").strip()[:LONGEST]
    return Wish(search, chosen, asked.removeprefix("-"), asked.startswith("-"), min(max(number, 1), 100_000))


def is_id(text: str) -> bool:
    """Whether it can be the id of a row."""
    return text.isascii() and text.isdecimal() and len(text) < 11 and int(text) <= MOST_ID


def turn(
    session: Session,
    query: Select[*tuple[Any, ...]],
    wish: Wish,
    columns: Mapping[str, Any],
    *,
    tie: Any,
    size: int = SIZE,
    most: int | None = None,
) -> Page:
    """Sort and page `query`: two statements whatever its size. `tie` makes the order deterministic (the id).

    `most`: count and page no further, for lists that grow without end.
    """
    some = query.order_by(None).limit(most + 1) if most is not None else query.order_by(None)
    total = session.scalar(select(func.count()).select_from(some.subquery())) or 0
    shown = total if most is None else min(total, most)
    number = min(wish.number, max(1, -(-shown // size)))
    column = columns[wish.sort]
    ordered = query.order_by(column.desc() if wish.descending else column, tie.desc() if wish.descending else tie)
    result = session.execute(ordered.limit(size).offset((number - 1) * size))
    single = len(query.column_descriptions) == 1
    return Page(result.scalars().all() if single else result.all(), total, number, size, wish, most)


def contains(text: str, *columns: Any) -> Any:
    """A condition: one of `columns` contains `text`; % and _ are taken literally."""
    condition = columns[0].icontains(text, autoescape=True)
    for column in columns[1:]:
        condition = condition | column.icontains(text, autoescape=True)
    return condition


def is_day(text: str) -> bool:
    """Whether it is a date in the format of date fields."""
    try:
        return 1970 <= date.fromisoformat(text).year <= 2200
    except ValueError:
        return False


def number(text: str) -> int | None:
    """A number in the address; None if it is empty."""
    return int(text) if text else None


def midnight(text: str, *, after: bool = False) -> datetime | None:
    """The start of a day in the company's time zone, or of the day after it."""
    return datetime.combine(date.fromisoformat(text) + timedelta(days=after), time(), zone()) if text else None
