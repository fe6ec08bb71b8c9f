"""Lists of complaints: found by number, phone, household or words, filtered, sorted, a page at a time.

Built for a million rows: totals are counted up to a bound, pages turn up to the same bound, and every order and filter
has an index, chosen here where a store would choose badly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine import clock, permissions, places
from engine.complaints import access, searching, stuck
from engine.complaints.complaint import Complaint
from engine.complaints.deadlines import Deadline
from engine.people import Person
from engine.places import Place

PER_PAGE = 30
MOST_PER_PAGE = 200
MOST = 1_000
"""How far lists can be turned and counted; whoever needs more narrows them down or exports them."""

SORTS: Mapping[str, InstrumentedAttribute[Any]] = {
    "due": Complaint.next_due_at,
    "received": Complaint.received_at,
    "number": Complaint.number,
    "closed": Complaint.closed_at,
    "level": Complaint.level,
    "category": Complaint.category,
    "status": Complaint.status,
}
SOMETIMES = frozenset({"due", "closed"})
"""What not every complaint has; those without it come last, whichever way the list is sorted."""

EQUAL = (
    "kind", "urgency", "outcome", "channel", "department", "community_id", "household_id", "level", "registered_by_id",
)  # fmt: skip
"""Filters that are the value of a column."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to; empty means everything.

    `status`: "open", "late", "stuck" or a code of `words.STATUSES`. `since` and `until`: received from (included) to
    (not); `closed_since` and `closed_until` likewise. `past`: "only" or "without". `reopened`: in a second round or
    later. `sort`: a key of `SORTS`, a minus before it for the other way round.
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
    level: int | None = None
    region_id: int | None = None
    community_id: int | None = None
    household_id: int | None = None
    registered_by_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    closed_since: datetime | None = None
    closed_until: datetime | None = None
    sort: str = "-received"
    page: int = 1
    per_page: int = PER_PAGE

    def facts(self) -> dict[str, Any]:
        """As plain JSON: what differs from no filter at all."""
        plain = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in ("page", "per_page")}
        given = {name: value for name, value in plain.items() if value not in ("", None, False)}
        return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in given.items()}

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> "Filters":
        """The filters that `facts` made plain."""
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
class Page:
    """One page of a list. `total`: how many there are, `MOST` + 1 for more than that, of which `pages` can be turned.

    `due`: the running limit that ends first, by complaint. `figures`: how many there are of each status that was asked
    for, all else kept, counted likewise.
    """

    rows: Sequence[Complaint]
    total: int
    page: int
    pages: int
    due: Mapping[int, Deadline]
    figures: Mapping[str, int]


def search(session: Session, person: Person, filters: Filters, *, key: bytes, statuses: Sequence[str] = ()) -> Page:
    """The complaints that `person` may see and that fit; the same few statements whatever there is.

    `key`: to find by phone number. `statuses`: of these, too, it is told how many there are.
    """
    counted = list(dict.fromkeys([filters.status, *statuses]))
    fits = {each: fitting(session, person, replace(filters, status=each), key) for each in counted}
    row = session.execute(select(*map(bounded, fits.values()))).one()
    figures = dict(zip(counted, row, strict=True))
    total = figures[filters.status]
    size = min(max(filters.per_page, 1), MOST_PER_PAGE)
    pages = max(1, -(-min(total, MOST) // size))
    page = min(max(filters.page, 1), pages)
    rows = _cut(session, fits[filters.status], filters.sort, size, (page - 1) * size)
    due = soonest_due(session, [row.id for row in rows if row.is_open])
    return Page(rows, total, page, pages, due, figures)


def bounded(fits: ColumnElement[bool]) -> Any:
    """How many complaints fit, counted no further than `MOST` + 1."""
    some = select(Complaint.id).where(fits).limit(MOST + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _cut(session: Session, fits: ColumnElement[bool], sort: str, size: int, skipped: int) -> list[Complaint]:
    """One page of what fits, in one statement."""
    if sort.removeprefix("-") not in SOMETIMES:
        return list(session.scalars(in_order(select(Complaint).where(fits), sort).limit(size).offset(skipped)))
    return list(session.scalars(_both_parts(fits, sort, skipped + size).limit(size).offset(skipped)))


def _both_parts(fits: ColumnElement[bool], sort: str, most: int) -> Select[Any]:
    """Those that have what is sorted by, then those that lack it, the newest first; each part read by its own index."""
    column = SORTS[sort.removeprefix("-")]
    having = select(Complaint.id, literal(0).label("part"), column.label("moment")).where(fits, column.is_not(None))
    lacking = select(Complaint.id, literal(1).label("part"), Complaint.received_at.label("moment"))
    parts = (
        in_order(having, sort).limit(most).subquery(),
        in_order(lacking.where(fits, column.is_(None)), "-received").limit(most).subquery(),
    )
    both = union_all(*(select(part) for part in parts)).subquery("both_parts")
    first = [case((both.c.part == 0, each)) for each in (both.c.moment, both.c.id)]
    turned = [each.desc() for each in first] if sort.startswith("-") else first
    rows = select(Complaint).join(both, both.c.id == Complaint.id)
    return rows.order_by(both.c.part, *turned, both.c.moment.desc(), both.c.id.desc())


def in_order(asked: Select[*tuple[Any, ...]], sort: str) -> Select[*tuple[Any, ...]]:
    """The same, sorted; among equals the newest first, or the oldest when the order is turned round."""
    name = sort.removeprefix("-")
    column = SORTS.get(name, Complaint.received_at)
    down = sort.startswith("-") or name not in SORTS
    then = [Complaint.received_at] if name in ("level", "category", "status") else []
    return asked.order_by(*(each.desc() if down else each.asc() for each in (column, *then, Complaint.id)))


# ---- conditions ------------------------------------------------------------------------------------------------------


def fitting(
    session: Session, person: Person, filters: Filters, key: bytes, act: str = "complaint.see"
) -> ColumnElement[bool]:
    """Condition: `person` may do `act` with the complaint, and it fits."""
    wanted = _communities(session, filters)
    around = communities_around(session, person, act)
    here = [each for each in around if wanted is None or each in wanted] if around is not None else wanted
    found = [access.within(session, person, act), *_plain(filters)]
    if here is not None:
        found.append(_in_communities(session, here))
    if filters.status == "stuck":
        found.append(Complaint.id.in_(stuck.ids(session, and_(*found))))
    if filters.words:
        found.append(
            searching.matching(
                session,
                filters.words,
                key=key,
                communities=here if here is None or len(here) <= MOST_MARKS else None,
                is_open={"open": True, "late": True, "stuck": True, "closed": False}.get(filters.status),
                category=filters.category,
            )
        )
    return and_(*found)


MOST_MARKS = 50
"""Above so many communities the word index is not narrowed by them."""


def _plain(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [
        getattr(Complaint, name) == value for name in EQUAL if (value := getattr(filters, name)) not in ("", None)
    ]
    if filters.category:
        found.append(_in_category(filters.category))
    for column, since, until in (
        (Complaint.received_at, filters.since, filters.until),
        (Complaint.closed_at, filters.closed_since, filters.closed_until),
    ):
        found += [column >= since] if since is not None else []
        found += [column < until] if until is not None else []
    if filters.past:
        found.append(Complaint.past.is_(filters.past == "only"))
    if filters.reopened:
        found.append(Complaint.round > 1)
    return found + ([_status(filters.status)] if filters.status else [])


def is_open() -> ColumnElement[bool]:
    """Condition: it has not ended; said so that the indexes over what is open serve it."""
    return and_(Complaint.closed_at.is_(None), Complaint.case_id.is_not(None), Complaint.past.is_(False))


def _status(status: str) -> ColumnElement[bool]:
    if status == "open":
        return is_open()
    if status == "late":
        return and_(is_open(), Complaint.next_due_at < clock.now())
    if status == "stuck":
        return is_open()  # which of these are, `fitting` asks
    return Complaint.status == status


def _in_category(code: str) -> ColumnElement[bool]:
    """A category, or one of the second level below it: a range, which the index serves on both stores."""
    if len(code) >= 4:
        return Complaint.category == code
    return and_(Complaint.category >= code, Complaint.category < code + "\uffff")


def _communities(session: Session, filters: Filters) -> list[int] | None:
    """The communities that are asked for; none: any."""
    if filters.region_id is None:
        return [filters.community_id] if filters.community_id is not None else None
    asked = select(Place.id).where(Place.kind == "community", Place.region_id == filters.region_id)
    return [each for each in session.scalars(asked) if filters.community_id in (None, each)]


def communities_around(session: Session, person: Person, act: str = "complaint.see") -> list[int] | None:
    """The communities outside of which nothing is reached, to narrow a list before it is read; None: anywhere."""
    kept: dict[tuple[int, str], list[int] | None] = session.info.setdefault("communities around", {})
    if (person.id, act) not in kept:
        kept[person.id, act] = _read_around(session, person, act)
    return kept[person.id, act]


def _read_around(session: Session, person: Person, act: str) -> list[int] | None:
    reaches = [each.reach(act) for each in permissions.grants(session, person).each()]
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


def _in_communities(session: Session, ids: Sequence[int]) -> ColumnElement[bool]:
    if not ids:
        return false()
    if len(ids) == 1:
        return Complaint.community_id == ids[0]
    if session.get_bind().dialect.name == "sqlite":
        # It would gather all rows of all these communities and sort them; the index of the order is read instead.
        return (Complaint.community_id + 0).in_(ids)
    return Complaint.community_id.in_(ids)


# ---- beside a list ---------------------------------------------------------------------------------------------------


def soonest_due(session: Session, ids: Sequence[int]) -> dict[int, Deadline]:
    """Of each complaint, the running limit that ends first."""
    found: dict[int, Deadline] = {}
    asked = select(Deadline).where(
        Deadline.complaint_id.in_(ids), Deadline.met_at.is_(None), Deadline.ended_at.is_(None)
    )
    for deadline in session.scalars(asked.order_by(Deadline.due_at)) if ids else ():
        found.setdefault(deadline.complaint_id, deadline)
    return found


def of_household(session: Session, person: Person, complaint: Complaint, limit: int = 10) -> list[Complaint]:
    """Other complaints of the same household, or from the same phone, newest first: has it come up before?"""
    same = [Complaint.household_id == complaint.household_id] if complaint.household_id else []
    same += [Complaint.phone_hash == complaint.phone_hash] if complaint.phone_hash else []
    if not same:
        return []
    asked = select(Complaint).where(or_(*same), Complaint.id != complaint.id, access.within(session, person))
    return list(session.scalars(asked.order_by(Complaint.received_at.desc()).limit(limit)))
