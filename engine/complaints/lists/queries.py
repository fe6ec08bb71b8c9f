"""Lists of complaints: search by number, phone, household or words; filter, sort, page.

Built for a million rows: totals are counted and pages turned only up to a bound, and every order and filter has an
index, chosen here where a store would choose badly.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    case,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.company import permissions, places
from engine.company.people import Person
from engine.company.permissions import Grants
from engine.company.places import Place
from engine.complaints.core import access
from engine.complaints.core.complaint import Complaint
from engine.complaints.limits.deadlines import Deadline
from engine.complaints.lists import conduct, finding, sizes, stuck
from engine.core import clock
from engine.core.memo import remembered

PER_PAGE = 30
MOST_PER_PAGE = 200
MOST = 1_000
"""How far lists are counted and turned; beyond that, narrow the list or export it."""

SORTS: Mapping[str, InstrumentedAttribute[Any]] = {
    "due": Complaint.next_due_at,
    "received": Complaint.received_at,
    "number": Complaint.number,
    "closed": Complaint.closed_at,
    "level": Complaint.level,
    "category": Complaint.category,
    "status": Complaint.status,
}
KEYED = frozenset({"received", "-received"})
"""Orders in which a list goes on beyond `MOST`, by its last complaint."""

SOMETIMES = frozenset({"due", "closed"})
"""Columns that may be empty; such complaints come last in either sort order."""

EQUAL = (
    "kind", "urgency", "outcome", "channel", "department", "community_id", "household_id", "level", "registered_by_id",
)  # fmt: skip
"""Filters that match one column's value."""


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a list; empty means everything.

    `status`: "open", "late", "stuck" or a code of `words.STATUSES`. `since` and `until`: received from (inclusive) to
    (exclusive); `closed_since` and `closed_until` likewise. `past`: "only", "without", or "with" where a figure would
    leave them out. `reopened`: in a second round or later. `missed`, `answered`, `second` and `unreached`: how it was
    handled (`conduct`). `measure` and `part`: the cases of a figure, whose period `since` and `until` are then, within
    a `building` and an `hour` of receipt, as figures are cut. `size`: of communities (`sizes.CODES`). `person_id`: who
    handled it, 0 for nobody. `sort`: a key of `SORTS`, with a minus in front for descending order. `after`: what comes
    after that complaint, in an order of `KEYED`.
    """

    words: str = ""
    status: str = ""
    kind: str = ""
    category: str = ""
    urgency: str = ""
    outcome: str = ""
    channel: str = ""
    department: str = ""
    past: str = ""
    reopened: bool = False
    missed: str = ""
    answered: str = ""
    second: bool = False
    unreached: bool = False
    measure: str = ""
    part: str = ""
    building: str = ""
    hour: int | None = None
    size: str = ""
    level: int | None = None
    region_id: int | None = None
    community_id: int | None = None
    household_id: int | None = None
    registered_by_id: int | None = None
    person_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    closed_since: datetime | None = None
    closed_until: datetime | None = None
    sort: str = "-received"
    after: int | None = None
    page: int = 1
    per_page: int = PER_PAGE

    def facts(self) -> dict[str, Any]:
        """Return the set filters as plain JSON."""
        plain = {
            each.name: getattr(self, each.name)
            for each in fields(self)
            if each.name not in ("after", "page", "per_page")
        }
        given = {name: value for name, value in plain.items() if value not in ("", None) and value is not False}
        return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in given.items()}

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> "Filters":
        """Return the filters that `facts` wrote."""
        moments = ("since", "until", "closed_since", "closed_until")
        known = {each.name for each in fields(cls)}
        return cls(
            **{  # type: ignore[arg-type]
                name: datetime.fromisoformat(value) if name in moments else value
                for name, value in facts.items()
                if name in known
            }
        )


@dataclass(frozen=True, slots=True)
class ComplaintPage:
    """One page of a list. `total`: the number of matches, `MOST` + 1 for more, exact for cases of a figure; `rest`: of
    those that come `after`; `pages`: how many can be turned.

    `due`: the running limit that ends first, by complaint. `figures`: the number of matches for each requested status
    with all other filters kept, counted likewise.
    """

    rows: Sequence[Complaint]
    total: int
    rest: int
    page: int
    pages: int
    due: Mapping[int, Row[*tuple[Any, ...]]]
    figures: Mapping[str, int]


def search(
    session: Session, person: Person, filters: Filters, *, key: bytes, statuses: Sequence[str] = ()
) -> ComplaintPage:
    """Return the matching complaints that `person` may see; the number of statements is constant.

    `key`: for search by phone number. `statuses`: also count the matches with each of these.
    """
    counted = tuple(dict.fromkeys([filters.status, *statuses]))
    asked = _asked(session, person, replace(filters, page=1), counted, key)
    figures = dict(zip(counted, session.execute(asked.figures).one(), strict=True))
    total = figures[filters.status]
    rest = total if asked.rest is None else session.scalar(asked.rest) or 0
    size = min(max(filters.per_page, 1), MOST_PER_PAGE)
    pages = max(1, -(-min(rest, MOST) // size))
    page = min(max(filters.page, 1), pages)
    skipped = (page - 1) * size
    rows = list(session.scalars(asked.rows, {"size": size, "skipped": skipped, "upto": skipped + size}))
    due = soonest_due(session, [row.id for row in rows if row.is_open])
    return ComplaintPage(rows, total, rest, page, pages, due, figures)


@dataclass(frozen=True, slots=True)
class _Asked:
    """The statements of a list: a count for each status, one page, and a count of what comes after a complaint."""

    figures: Select[*tuple[Any, ...]]
    rows: Select[Complaint]
    rest: Select[int] | None


def _asked(session: Session, person: Person, filters: Filters, counted: tuple[str, ...], key: bytes) -> _Asked:
    """Return the statements, cached by the set of filters unless the rows decide which index to read."""

    def make() -> _Asked:
        fits = {each: fitting(session, person, replace(filters, status=each), key) for each in counted}
        figures = select(*map(whole if filters.measure else bounded, fits.values()))
        sort = "-received" if (filters.status, filters.sort) == ("closed", "due") else filters.sort  # nothing is due
        after = _after(filters)
        here = fits[filters.status] if after is None else and_(fits[filters.status], after)
        rest = None if after is None else select(bounded(here))
        return _Asked(figures, _cut(session, here, sort, over=filters.status == "closed"), rest)

    of_rows = filters.words or filters.measure or filters.size or filters.person_id is not None
    if of_rows or _ways(filters) or "stuck" in counted:
        return make()
    return permissions.grants(session, person).once(("list of complaints", filters, counted), make)


def _after(filters: Filters) -> ColumnElement[bool] | None:
    """Return a condition: it comes after that complaint in the list's order."""
    if filters.after is None or filters.sort not in KEYED:
        return None
    last = select(Complaint.received_at).where(Complaint.id == filters.after).scalar_subquery()
    here, there = tuple_(Complaint.received_at, Complaint.id), tuple_(last, literal(filters.after))
    return here < there if filters.sort.startswith("-") else here > there


def whole(fits: ColumnElement[bool]) -> Any:
    """Return how many complaints match, all counted."""
    return select(func.count()).select_from(Complaint).where(fits).scalar_subquery()


def bounded(fits: ColumnElement[bool]) -> Any:
    """Return how many complaints match, counted no further than `MOST` + 1."""
    some = select(Complaint.id).where(fits).order_by(Complaint.received_at.desc()).limit(MOST + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _cut(session: Session, fits: ColumnElement[bool], sort: str, *, over: bool) -> Select[Complaint]:
    """Return one page of the matches. `over`: the filter matches closed complaints only."""
    seldom = sort.removeprefix("-") in SOMETIMES
    rows = _both_parts(session, fits, sort, over=over) if seldom else in_order(select(Complaint).where(fits), sort)
    return rows.limit(_bound("size")).offset(_bound("skipped"))


def _bound(name: str) -> BindParameter[int]:
    return bindparam(name, type_=Integer)


def _both_parts(session: Session, fits: ColumnElement[bool], sort: str, *, over: bool) -> Select[Any]:
    """Return rows that have the sort column, then those that lack it, newest first; each part uses its own index."""
    column = SORTS[sort.removeprefix("-")]
    lacks = _seen(session, column, False).is_(None)
    if over:  # among closed complaints, only past ones lack a time
        lacks = and_(lacks, Complaint.past.is_(True))
    has = and_(column.is_not(None), Complaint.is_open) if column is Complaint.next_due_at else column.is_not(None)
    having = select(Complaint.id, literal(0).label("part"), column.label("moment")).where(fits, has)
    lacking = select(Complaint.id, literal(1).label("part"), Complaint.received_at.label("moment"))
    parts = (
        in_order(having, sort).limit(_bound("upto")).subquery(),
        in_order(lacking.where(fits, lacks), "-received").limit(_bound("upto")).subquery(),
    )
    both = union_all(*(select(part) for part in parts)).subquery("both_parts")
    first = [case((both.c.part == 0, each)) for each in (both.c.moment, both.c.id)]
    turned = [each.desc() for each in first] if sort.startswith("-") else first
    rows = select(Complaint).join(both, both.c.id == Complaint.id)
    return rows.order_by(both.c.part, *turned, both.c.moment.desc(), both.c.id.desc())


def in_order(asked: Select[*tuple[Any, ...]], sort: str) -> Select[*tuple[Any, ...]]:
    """Return the statement sorted; equal rows newest first, or oldest first in descending order."""
    name = sort.removeprefix("-")
    column = SORTS.get(name, Complaint.received_at)
    down = sort.startswith("-") or name not in SORTS
    then = [Complaint.received_at] if name in ("level", "category", "status") else []
    return asked.order_by(*(each.desc() if down else each.asc() for each in (column, *then, Complaint.id)))


# ---- conditions --------------------------------------------------------------------------------------------------


def fitting(
    session: Session, person: Person, filters: Filters, key: bytes, act: str = "complaint.see"
) -> ColumnElement[bool]:
    """Return a condition: `person` may do `act` with the complaint, and it matches."""
    wanted = _communities(session, filters)
    around = communities_around(session, person, act)
    here = [each for each in around if wanted is None or each in wanted] if around is not None else wanted
    way_in = _way_in(session, filters, here) if _is_sqlite(session) else None
    found = [access.within(session, person, act), *_plain(session, filters, way_in)]
    if here is not None:
        found.append(_in_communities(session, here, way_in))
    if filters.status == "stuck":
        found.append(Complaint.id.in_(stuck.ids(session, and_(*found))))
    if filters.person_id is not None:
        found.append(conduct.handled_by(session, person, filters.person_id))
    if filters.measure:
        found.append(Complaint.id.in_(CASES.find(session, filters)))
    if filters.words:
        found.append(
            finding.matching(
                session,
                person,
                filters.words,
                key=key,
                communities=here if here is None or len(here) <= MOST_MARKS else None,
                is_open={"open": True, "late": True, "stuck": True, "closed": False}.get(filters.status),
                category=filters.category,
            )
        )
    return and_(*found)


@dataclass
class Cases:
    """Finds the cases of a figure. Measures know which they are, and say so (`engine.measures.cases`)."""

    find: Callable[[Session, Filters], Select[int]]


def _of_no_figure(_session: Session, _filters: Filters) -> Select[int]:
    raise LookupError("engine.measures is not loaded")


CASES = Cases(_of_no_figure)

MOST_MARKS = 50
"""Above this many communities, the word index is not narrowed by them."""


def _plain(session: Session, filters: Filters, way_in: str | None) -> list[ColumnElement[bool]]:
    found = [
        _seen(session, getattr(Complaint, name), name == way_in) == value
        for name in EQUAL
        if name != "community_id" and (value := getattr(filters, name)) not in ("", None)
    ]
    if filters.category:
        found.append(_in_category(_seen(session, Complaint.category, way_in == "category"), filters.category))
    received = (None, None) if filters.measure else (filters.since, filters.until)
    for column, since, until in (
        (Complaint.received_at, *received),
        (Complaint.closed_at, filters.closed_since, filters.closed_until),
    ):
        found += [column >= since] if since is not None else []
        found += [column < until] if until is not None else []
    if filters.past in ("only", "without"):
        found.append(Complaint.past.is_(filters.past == "only"))
    if filters.reopened:
        found.append(Complaint.round > literal_column("1"))
    found += _conduct(filters)
    if filters.status:
        found.append(_status(_seen(session, Complaint.status, way_in == "status"), filters.status))
    return found


def _conduct(filters: Filters) -> list[ColumnElement[bool]]:
    found = [conduct.missed(filters.missed)] if filters.missed else []
    found += [conduct.answered(filters.answered)] if filters.answered else []
    found += [conduct.second()] if filters.second else []
    return found + ([conduct.unreached()] if filters.unreached else [])


# ---- which index serves ------------------------------------------------------------------------------------------

FEW = 20_000
"""This many rows are quickly read one by one."""


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _seen(session: Session, column: Any, way_in: bool) -> Any:
    """Return a column to compare; on SQLite its index is used only when it is the best one.

    SQLite assumes any filter to be rare, gathers all of its rows and sorts them, even half of the table. PostgreSQL
    estimates better.
    """
    return column if way_in or not _is_sqlite(session) else func.coalesce(column, column)


@dataclass
class WaysIn:
    """The filters whose indexes are read first, cached in a session by what is asked."""

    by_filters: dict[Hashable, str | None] = field(default_factory=dict)


def _way_in(session: Session, filters: Filters, here: Sequence[int] | None) -> str | None:
    """Return the filter matching the fewest complaints, if few: its index is read, otherwise that of the order."""
    ways = _ways(filters)
    if not ways:
        return "community_id" if _community_leads(filters, here) else None
    if here is not None and len(here) == 1:
        ways["community_id"] = Complaint.community_id == here[0]
    kept = remembered(session, WaysIn).by_filters
    asked = (*_values(filters), *(here if "community_id" in ways and here else ()))
    if asked not in kept:  # a page counts several statuses of one list
        kept[asked] = _shortest(session, ways)
    return kept[asked]


def _shortest(session: Session, ways: Mapping[str, ColumnElement[bool]]) -> str | None:
    some = [select(Complaint.received_at).where(way).limit(FEW + 1).subquery() for way in ways.values()]
    counts = session.execute(select(*(select(func.count()).select_from(each).scalar_subquery() for each in some))).one()
    fewest, name = min(zip(counts, ways, strict=True))
    return name if fewest <= FEW else None


def _ways(filters: Filters) -> dict[str, ColumnElement[bool]]:
    """Return the filters that have an index of their own."""
    ways = {name: getattr(Complaint, name) == value for name, value in _values(filters)}
    if filters.category:
        ways["category"] = _in_category(Complaint.category, filters.category)
    return ways


def _values(filters: Filters) -> list[tuple[str, object]]:
    """Return the columns these filters match by value."""
    found = [(name, getattr(filters, name)) for name in EQUAL if name != "community_id"]
    if filters.status not in ("", "open", "late", "stuck", "closed"):
        found.append(("status", filters.status))
    return [(name, value) for name, value in [*found, ("category", filters.category)] if value not in ("", None)]


def _community_leads(filters: Filters, here: Sequence[int] | None) -> bool:
    """Return whether one community's index, newest first, is the best; open complaints have an index of their own."""
    narrow = filters.status in ("open", "late", "stuck") or filters.past == "only" or filters.reopened
    newest = filters.sort.removeprefix("-") in ("received", "due")
    return here is not None and len(here) == 1 and newest and not narrow


def _status(column: Any, status: str) -> ColumnElement[bool]:
    if status in ("open", "stuck"):
        return and_(Complaint.is_open)  # `fitting` handles which open ones are stuck
    if status == "late":
        return and_(Complaint.is_open, Complaint.next_due_at < bindparam("now", callable_=clock.now))
    if status == "closed":
        return and_(column == status, or_(Complaint.closed_at.is_not(None), Complaint.past.is_(True)))
    found: ColumnElement[bool] = column == status
    return found


def _in_category(column: Any, code: str) -> ColumnElement[bool]:
    """Return a condition for a category or its children: a range, served by the index on both stores."""
    if len(code) >= 4:
        found: ColumnElement[bool] = column == code
        return found
    return and_(column >= code, column < code + "\uffff")


def _communities(session: Session, filters: Filters) -> list[int] | None:
    """Return the requested communities, or None for any."""
    found = None if filters.community_id is None else [filters.community_id]
    if filters.region_id is not None:
        asked = select(Place.id).where(Place.kind == "community", Place.region_id == filters.region_id)
        found = [each for each in session.scalars(asked) if found is None or each in found]
    if filters.size:
        sized = sizes.communities_of(session, filters.size)
        found = sorted(sized) if found is None else [each for each in found if each in sized]
    return found


def communities_around(session: Session, person: Person, act: str = "complaint.see") -> list[int] | None:
    """Return the only communities within reach, to narrow a list before it is read; None: anywhere."""
    granted = permissions.grants(session, person)
    return granted.once(("communities around", act), lambda: _read_around(session, granted, act))


def _read_around(session: Session, granted: Grants, act: str) -> list[int] | None:
    reaches = [each.reach(act) for each in granted.each()]
    if any(each.everything or each.own for each in reaches):
        return None
    known = places.communities(session)
    paths = {path for each in reaches for path in each.places}
    return sorted({each.id for path in paths for each in _around(path, known)})


def _around(path: str, known: Sequence[Place]) -> list[Place]:
    found = [each for each in known if each.path.startswith(path) or path.startswith(each.path)]
    if found or path.count("/") < 2:
        return found
    return _around(path.rstrip("/").rpartition("/")[0] + "/", known)  # a department of a region: all of the region


def _in_communities(session: Session, ids: Sequence[int], way_in: str | None) -> ColumnElement[bool]:
    if not ids:
        return false()
    if len(ids) == 1:
        found: ColumnElement[bool] = _seen(session, Complaint.community_id, way_in == "community_id") == ids[0]
        return found
    several: ColumnElement[bool] = _seen(session, Complaint.community_id, False).in_(ids)
    return several


# ---- beside a list -----------------------------------------------------------------------------------------------


def soonest_due(session: Session, ids: Sequence[int]) -> dict[int, Row[*tuple[Any, ...]]]:
    """Return each complaint's limit that ends first; also runs for no complaints, to keep statements constant."""
    found: dict[int, Row[*tuple[Any, ...]]] = {}
    for deadline in session.execute(_DUE, {"ids": ids}):
        found.setdefault(deadline.complaint_id, deadline)
    return found


_DUE = (
    select(Deadline.complaint_id, Deadline.kind, Deadline.started_at, Deadline.due_at, Deadline.measured_due_at)
    .where(
        Deadline.complaint_id.in_(bindparam("ids", expanding=True)),
        Deadline.met_at.is_(None),
        Deadline.ended_at.is_(None),
    )
    .order_by(Deadline.due_at)
)


def of_household(
    session: Session, person: Person, complaint: Complaint, limit: int = 10
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return other complaints of the same household or phone, newest first, for display beside a complaint."""
    known = {"household": complaint.household_id, "phone": complaint.phone_hash}
    given = {name: value for name, value in known.items() if value}
    if not given:
        return []

    def make() -> Select[*tuple[Any, ...]]:
        columns = {"household": Complaint.household_id, "phone": Complaint.phone_hash}
        same = or_(*(columns[name] == bindparam(name) for name in given))
        asked = select(
            Complaint.id,
            Complaint.number,
            Complaint.category,
            Complaint.received_at,
            Complaint.outcome,
            Complaint.status,
        )
        asked = asked.where(same, Complaint.id != bindparam("but"), access.within(session, person))
        return asked.order_by(Complaint.received_at.desc()).limit(_bound("most"))

    asked = permissions.grants(session, person).once(("same household", *given), make)
    return session.execute(asked, {**given, "but": complaint.id, "most": limit}).all()
