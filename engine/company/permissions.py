"""Permissions: one table of role × act × scope, read by every query.

A person's reach for an act is computed when something has changed and turned into conditions on queries, so that
out-of-reach rows are never read.
"""

import tomllib
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    String,
    UniqueConstraint,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from engine.company import absences, people, places
from engine.company.absences import Absence
from engine.company.people import Holding, Person
from engine.company.places import Place
from engine.company.roles import LEVELS, ROLES
from engine.core import clock, master_data
from engine.core.errors import Conflict, NotFound, NotPermitted
from engine.core.memo import remembered
from engine.core.store import Base

T = TypeVar("T")

ACTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "complaint.see": ("查看投诉", "see complaints"),
        "complaint.register": ("登记投诉", "register complaints"),
        "complaint.see_phone": ("查看完整电话", "see full phone numbers"),
        "complaint.pause": ("暂停时限", "pause deadlines"),
        "complaint.withdraw": ("代为撤诉", "withdraw complaints"),
        "complaint.correct": ("更正投诉", "put complaints right"),
        "complaint.join": ("合并、归组投诉", "merge and group complaints"),
        "complaint.import": ("导入投诉和住户", "read complaints and households from files"),
        "complaint.export": ("导出投诉", "export complaints"),
        "request.see": ("查看事项", "see requests"),
        "request.see_phone": ("查看事项的完整电话", "see full phone numbers of requests"),
        "request.export": ("导出事项", "export requests"),
        "figures.see": ("查看指标", "see figures"),
        "figures.people": ("查看个人指标", "see figures of single people"),
        "task.see": ("查看任务", "see tasks"),
        "task.work": ("办理任务", "work on tasks"),
        "task.assign": ("指派任务", "assign tasks"),
        "task.take_over": ("接管任务", "take over tasks"),
        "supervise": ("督办", "supervise"),
        "improvement.see": ("查看改进", "see improvements"),
        "improvement.work": ("推进改进", "work on improvements"),
        "knowledge.see": ("查看知识", "read knowledge"),
        "knowledge.edit": ("编写知识、安排学习", "write knowledge and ask for it to be read"),
        "figures.baseline": ("移动指标的基线", "move the baselines of figures"),
        "report.see": ("查看报告", "see reports"),
        "report.prepare": ("编报告、更正报告", "prepare and correct reports"),
        "report.check": ("审核报告", "check reports"),
        "report.sign": ("签发报告", "sign reports"),
        "warning.see": ("查看预警", "see warnings"),
        "warning.act": ("立即查看有没有新预警", "look for warnings now"),
        "process.see": ("查看流程", "see processes"),
        "process.draft": ("起草流程", "draft processes"),
        "process.publish": ("发布流程", "publish processes"),
        "incident.see": ("查看异常", "see incidents"),
        "incident.retry": ("重试异常", "retry incidents"),
        "timer.see": ("查看计时", "see timers"),
        "timer.move": ("移动计时、立即到期", "move timers and let them go off"),
        "case.help": ("处置案件", "help cases"),
        "case.move": ("把案件移到别的版本", "move cases to another version"),
        "tables.edit": ("修改时限和规则表", "change limits and decision tables"),
        "household.edit": ("管理住户和楼栋", "manage households and buildings"),
        "people.edit": ("管理人员", "manage people"),
        "company.edit": ("管理组织", "manage the organisation"),
        "clock.turn": ("调整演示时钟", "turn the demo clock"),
        "history.see": ("查看经过", "see the history"),
    }
)
OWN = "own"
SCOPES = (OWN, *LEVELS)
DEFAULTS = Path(__file__).with_suffix(".toml")


class Permission(Base):
    """Holders of `role` may do `act` within `scope` of the place where they hold it."""

    __tablename__ = "permissions"
    __table_args__ = (UniqueConstraint("role", "act", "scope"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(String(30))
    act: Mapped[str] = mapped_column(String(40))
    scope: Mapped[str] = mapped_column(String(12))


@dataclass(frozen=True, slots=True)
class Reach:
    """Where one person may do one act.

    `everything`: anywhere; `places`: paths of places, each with all below it; `ids`: the ids of all those places;
    `own`: also what is assigned to them or was entered by them. Falsy when empty.
    """

    everything: bool = False
    places: tuple[str, ...] = ()
    ids: frozenset[int] = frozenset()
    own: bool = False

    def covers(self, path: str) -> bool:
        """Return whether the place with this path is within reach (ignoring `own`)."""
        return self.everything or any(path.startswith(each) for each in self.places)

    def __bool__(self) -> bool:
        return self.everything or self.own or bool(self.places)


NOTHING = Reach()
MOST_FOUND = 200
"""So much is kept of what follows from somebody's grants; the ways to narrow lists down are many."""

PLACE = (Place.path, Place.region_id, Place.community_id)
_Row = tuple[str, int, str | None, str | None]
"""A held role, its place, an act it permits, and the path or `OWN` that limits it (none: it permits nothing)."""


@dataclass(frozen=True, slots=True)
class Grants:
    """Everything one person may do; a value that outlives the session it was read in."""

    person_id: int
    reaches: Mapping[str, Reach]
    held: tuple[tuple[str, int], ...] = field(default=())
    """(role, place id) of each role held now, by them or by those they stand in for; inboxes use these."""
    selves: tuple["Grants", ...] = field(default=())
    """While they stand in for somebody: their own grants, then those of each absent person."""

    _found: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, what: Hashable, make: Callable[[], T]) -> T:
        """Cache a value that follows from these grants alone, such as a condition of a query."""
        if what not in self._found:
            if len(self._found) >= MOST_FOUND:
                self._found.clear()
            self._found[what] = make()
        found: T = self._found[what]
        return found

    def reach(self, act: str) -> Reach:
        """Return where the person may do `act`."""
        return self.reaches.get(act, NOTHING)

    def each(self) -> tuple["Grants", ...]:
        """Return their own grants, then those of each person they stand in for, separately."""
        return self.selves or (self,)

    def ids(self) -> list[int]:
        """Return their own id, then the ids of those they stand in for, whose tasks they do."""
        return [each.person_id for each in self.each()]


def seed(session: Session) -> int:
    """Fill an empty table from the defaults; return how many rows were written."""
    if session.scalar(select(Permission.id).limit(1)) is not None:
        return 0
    rows = [Permission(role=role, act=act, scope=scope) for role, act, scope in defaults()]
    session.add_all(rows)
    session.flush()
    return len(rows)


def add_defaults(session: Session, acts: Sequence[str]) -> None:
    """Give acts that are new to a company to the roles that have them by default."""
    known = set(session.scalars(select(Permission.act).distinct()))
    if known:
        session.add_all(
            Permission(role=role, act=act, scope=scope)
            for role, act, scope in defaults()
            if act in acts and act not in known
        )
        session.flush()


def defaults() -> list[tuple[str, str, str]]:
    """Return (role, act, scope) of every default; raises `ValueError` for an unknown word."""
    found = []
    for role, scopes in tomllib.loads(DEFAULTS.read_text(encoding="utf-8")).items():
        for scope, acts in scopes.items():
            for act in acts:
                if role not in ROLES or scope not in SCOPES or act not in ACTS:
                    raise ValueError(f"{DEFAULTS.name}: unknown {role}, {scope} or {act}")
                found.append((role, act, scope))
    return found


@dataclass
class Granted:
    """What people may do, cached in a session."""

    by_person: dict[int, Grants] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Lasting:
    """Grants, and the period they hold for unless changed: roles and absences begin and end by themselves."""

    grants: Grants
    since: datetime
    until: datetime | None

    @property
    def is_now(self) -> bool:
        return self.since <= clock.now() and (self.until is None or clock.now() < self.until)


def grants(session: Session, person: Person) -> Grants:
    """Return what `person` may do, looked up once a session."""
    kept = remembered(session, Granted).by_person
    if person.id not in kept:
        found = master_data.kept(
            session, ("grants", person.id), lambda: _lasting(session, person.id), holds=lambda each: each.is_now
        )
        kept[person.id] = found.grants
    return kept[person.id]


def _lasting(session: Session, person_id: int) -> _Lasting:
    until = _next_turn(session) if master_data.keeps(session) else None  # such callers do not ask again
    return _Lasting(_read(session, person_id), clock.now(), until)


def _next_turn(session: Session) -> datetime | None:
    """Return when the next role or absence of anybody begins or ends by itself."""
    now = clock.now()
    moments = (Holding.since, Holding.until, Absence.since, Absence.until)
    found = session.execute(select(*(select(func.min(each)).where(each > now).scalar_subquery() for each in moments)))
    return min((each for each in found.one() if each is not None), default=None)


def lend(session: Session, known: Grants) -> None:
    """Give a session the grants already read for the same request; changes within the session stay its own."""
    remembered(session, Granted).by_person[known.person_id] = replace(known, _found=dict(known._found))


def reach(session: Session, person: Person, act: str) -> Reach:
    """Return where `person` may do `act`. Raises `KeyError` for an unknown act: a mistake in the code."""
    if act not in ACTS:
        raise KeyError(act)
    return grants(session, person).reach(act)


def _read(session: Session, person_id: int) -> Grants:
    """Read their own grants and those of the absent people they stand in for."""
    who = union_all(
        select(literal(person_id).label("id")), absences.stood_in_for(person_id).with_only_columns(Absence.person_id)
    ).subquery("who")
    held = people.current().subquery("held")
    # Columns, not places: a role permits dozens of acts, and its place would be constructed anew for each.
    query = (
        select(who.c.id, held.c.role, Place.id, *PLACE, Permission.act, Permission.scope)
        .outerjoin_from(who, held, held.c.person_id == who.c.id)
        .outerjoin(Place, Place.id == held.c.place_id)
        .outerjoin(Permission, Permission.role == held.c.role)
    )
    rows: dict[int, list[_Row]] = {person_id: []}
    within: dict[tuple[int, str], str] = {}
    for each, role, place_id, path, region_id, community_id, act, scope in session.execute(query):
        found = rows.setdefault(each, [])
        if role is None:
            continue
        if scope not in (None, OWN) and (place_id, scope) not in within:
            within[place_id, scope] = places.upto(path, region_id, community_id, scope)
        found.append((role, place_id, act, within.get((place_id, scope), scope)))
    known = _places_under(session, {path for path in within.values() if path.count("/") > 1})
    if len(rows) == 1:
        return _granted(person_id, rows[person_id], known)
    selves = tuple(_granted(each, found, known) for each, found in rows.items())
    together = _granted(person_id, [row for found in rows.values() for row in found], known)
    return replace(together, selves=selves)


def _granted(person_id: int, rows: list[_Row], known: list[tuple[int, str]]) -> Grants:
    paths: dict[str, set[str]] = {}
    own: set[str] = set()
    for _role, _place_id, act, within in rows:
        if within == OWN:
            own.add(str(act))
        elif act is not None and within is not None:
            paths.setdefault(act, set()).add(within)
    reached: dict[frozenset[str], Reach] = {}  # many acts have the same reach
    acts = {}
    for act in paths.keys() | own:
        around = frozenset(paths.get(act, ()))
        if around not in reached:
            reached[around] = _reach(around, known)
        acts[act] = replace(reached[around], own=True) if act in own else reached[around]
    held = {(role, place_id) for role, place_id, _act, _within in rows}
    return Grants(person_id, MappingProxyType(acts), tuple(sorted(held)))


def _reach(paths: Iterable[str], known: list[tuple[int, str]]) -> Reach:
    widest: tuple[str, ...] = ()
    for path in sorted(paths):  # what lies below a place sorts after it
        if path.count("/") == 1:
            return Reach(everything=True)
        if not path.startswith(widest):
            widest = (*widest, path)
    return Reach(places=widest, ids=frozenset(place_id for place_id, path in known if path.startswith(widest)))


def _places_under(session: Session, paths: Iterable[str]) -> list[tuple[int, str]]:
    # "1/4/" up to "1/40": a range that the index on the path serves on both stores, which LIKE would not.
    ranges = [Place.path.between(path, path[:-1] + "0") for path in paths]
    if not ranges:
        return []
    return [(place_id, path) for place_id, path in session.execute(select(Place.id, Place.path).where(or_(*ranges)))]


def within(
    reach: Reach, column: InstrumentedAttribute[int] | InstrumentedAttribute[int | None] | ColumnElement[int]
) -> ColumnElement[bool]:
    """Return a condition: `column` (an id of a place) is within reach. The caller adds own items."""
    if reach.everything:
        return true()
    return column.in_(sorted(reach.ids)) if reach.ids else false()


def require(session: Session, person: Person, act: str, place_id: int) -> None:
    """Raise unless `person` may do `act` at this place.

    `NotPermitted` when they may see such things there, `NotFound` when they may not know of it.
    """
    path = places.find(session, place_id).path
    if reach(session, person, act).covers(path):
        return
    see = f"{act.partition('.')[0]}.see"
    if see in ACTS and reach(session, person, see).covers(path):
        raise refusal(act)
    raise NotFound()


def refusal(act: str) -> NotPermitted:
    """Return the error for an act that the person may not do."""
    zh, en = ACTS[act]
    return NotPermitted(act_zh=zh, act_en=en)


def keep_editor(session: Session) -> None:
    """Raise `Conflict` when nobody would be left who may edit people everywhere: the company would be locked out."""
    query = (
        people.current()
        .join(Permission, Permission.role == Holding.role)
        .join(Person, Person.id == Holding.person_id)
        .join(Place, Place.id == Holding.place_id)
        .where(Permission.act == "people.edit", Person.retired_at.is_(None))
        .where(or_(Permission.scope == "company", Place.kind == "company"))
        .with_only_columns(Holding.id)
        .limit(1)
    )
    if session.scalar(query) is None:
        raise Conflict(
            zh="至少要有一位能管理人员的系统管理员。请先把这个角色交给别人。",
            en="Somebody must remain who can manage people. Give this role to somebody else first.",
        )
