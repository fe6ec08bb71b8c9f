"""The columns of lists of complaints: their heads, their contents, and each person's choice of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.company import people, places, roles
from engine.company.people import KnownPerson, Person
from engine.company.places import KnownPlace
from engine.complaints.core import categories
from engine.complaints.core import codes as words
from engine.complaints.core.categories import KnownCategory
from engine.complaints.core.complaint import Complaint
from engine.complaints.homes.households import Household
from engine.complaints.lists.handled import Handled
from engine.core.spreadsheets import moment
from engine.core.store import Base


class ChosenColumns(Base):
    """The columns a person wants to see in a list, in order."""

    __tablename__ = "chosen_columns"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    of: Mapped[str] = mapped_column(String(20), primary_key=True)
    codes: Mapped[list[str]]


@dataclass(frozen=True, slots=True)
class Names:
    """Names of codes and ids, read once for a whole list; for a file also how each complaint was `handled`."""

    language: str
    zone: ZoneInfo
    places: Mapping[int, KnownPlace]
    regions: Mapping[int, str]
    categories: Mapping[str, KnownCategory]
    known: roles.KnownRoles
    homes: Mapping[int, str]
    people: Mapping[int, KnownPerson]
    handled: Mapping[int, Handled] = field(default_factory=dict)

    def of(self, thing: object) -> str:
        """Return the name of a place, person, role or department."""
        name, name_en = getattr(thing, "name", ""), getattr(thing, "name_en", "")
        return str((name_en if self.language == "en" else name) or name or name_en)

    def how(self, complaint: Complaint) -> Handled:
        """Return how a complaint was handled."""
        return self.handled.get(complaint.id, Handled())

    def moment(self, at: datetime | None) -> datetime | str:
        """Return a time as spreadsheets keep it."""
        return moment(at, self.zone)


Cell = Callable[[Complaint, Names], object]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `exported_only`: too long for a page."""

    zh: str
    en: str
    cell: Cell
    exported_only: bool = False

    def said(self, language: str = "zh") -> str:
        """Return its head in one language."""
        return self.zh if language == "zh" else self.en


def _said(table: words.Words, name: str) -> Cell:
    return lambda complaint, names: words.said(table, getattr(complaint, name), names.language)


def _category(complaint: Complaint, names: Names) -> object:
    found = names.categories.get(complaint.category)
    return found.said(names.language) if found else complaint.category


def _area(complaint: Complaint, names: Names) -> object:
    found = names.categories.get(complaint.category[:2])
    return found.said(names.language) if found else ""


def _department(complaint: Complaint, names: Names) -> object:
    code = complaint.department or ""
    return names.of(names.known.departments.get(code)) or code


def _who(name: str) -> Cell:
    return lambda complaint, names: names.of(names.people.get(getattr(complaint, name) or 0))


KEPT: words.Words = {"kept": ("按时", "Kept"), "missed": ("超过", "Missed"), "running": ("未到期", "Running")}


def _first_response(complaint: Complaint, names: Names) -> object:
    return names.moment(names.how(complaint).first_response_at)


def _limit(kind: str) -> Column:
    zh, en = words.DEADLINES[kind]

    def cell(complaint: Complaint, names: Names) -> object:
        return words.said(KEPT, names.how(complaint).limits.get(kind), names.language)

    return Column(f"时限：{zh}", f"Limit: {en}", cell, exported_only=True)


def _score(complaint: Complaint, names: Names) -> object:
    return names.how(complaint).score or ""


def _paused_hours(complaint: Complaint, names: Names) -> object:
    return round(names.how(complaint).paused / timedelta(hours=1), 2)


def _yes(name: str) -> Cell:
    return lambda complaint, names: ("是" if names.language == "zh" else "yes") if getattr(complaint, name) else ""


def _yuan(name: str) -> Cell:
    """Return a cell with a sum as a number, empty where it was not said: that is not the same as 0."""

    def cell(complaint: Complaint, names: Names) -> object:
        cost = getattr(complaint, name)
        return "" if cost is None else float(cost)

    return cell


COLUMNS: Mapping[str, Column] = {
    "number": Column("编号", "Number", lambda each, names: each.number),
    "received": Column("收到", "Received", lambda each, names: names.moment(each.received_at)),
    "region": Column("区域", "Region", lambda each, names: names.regions.get(each.community_id, "")),
    "community": Column("小区", "Community", lambda each, names: names.of(names.places.get(each.community_id))),
    "place": Column("地点", "Place", lambda each, names: each.place_text),
    "household": Column("住户", "Household", lambda each, names: names.homes.get(each.household_id or 0, "")),
    "kind": Column("性质", "Kind", _said(words.KINDS, "kind")),
    "area": Column("一级分类", "Area", _area),
    "category": Column("分类", "Category", _category),
    "urgency": Column("紧急程度", "Urgency", _said(words.URGENCIES, "urgency")),
    "status": Column("状态", "Status", _said(words.STATUSES, "status")),
    "outcome": Column("结果", "Outcome", _said(words.OUTCOMES, "outcome")),
    "department": Column("责任部门", "Department", _department),
    "level": Column("层级", "Level", lambda each, names: each.level),
    "round": Column("轮次", "Round", lambda each, names: each.round),
    "channel": Column("来源", "Channel", _said(words.CHANNELS, "channel")),
    "taken_by": Column("登记人", "Taken by", _who("registered_by_id")),
    "households": Column("涉及户数", "Households", lambda each, names: each.households),
    "planned_cost": Column("计划花费（元）", "Planned cost (yuan)", _yuan("planned_cost")),
    "actual_cost": Column("实际花费（元）", "Actual cost (yuan)", _yuan("actual_cost")),
    "due": Column("时限", "Due", lambda each, names: names.moment(each.next_due_at)),
    "closed": Column("结案时间", "Closed", lambda each, names: names.moment(each.closed_at)),
    "reference": Column("外部编号", "Outside number", lambda each, names: each.reference),
    "past": Column("历史", "Past", _yes("past")),
    "first_response": Column("首次响应时间", "First response", _first_response, exported_only=True),
    **{f"limit_{kind}": _limit(kind) for kind in words.DEADLINES},
    "score": Column("满意度", "Score", _score, exported_only=True),
    "paused_hours": Column("暂停小时", "Hours paused", _paused_hours, exported_only=True),
    "phone": Column("电话", "Phone", lambda each, names: each.phone, exported_only=True),
    "text": Column("事由", "What was said", lambda each, names: each.text, exported_only=True),
    "wish": Column("诉求", "What is wished", lambda each, names: each.wish, exported_only=True),
    "past_answer": Column("当时的答复", "Answered then", lambda each, names: each.past_answer, exported_only=True),
}

SHOWN = ("number", "category", "status", "department", "received", "due")
"""The columns of a page until a person chooses others."""

EXPORTED = (
    "number", "received", "community", "place", "kind", "category", "urgency", "status", "outcome", "department",
    "level", "round", "households", "planned_cost", "actual_cost", "phone", "text", "closed",
)  # fmt: skip


def chosen(session: Session, person: Person, of: str = "complaints") -> tuple[str, ...]:
    """Return the columns the person has chosen for a list; `SHOWN` until they do."""
    codes = session.scalar(_CHOSEN, {"person": person.id, "list": of})
    return known(codes or ()) or SHOWN


_CHOSEN = select(ChosenColumns.codes).where(
    ChosenColumns.person_id == bindparam("person"), ChosenColumns.of == bindparam("list")
)


def choose(session: Session, person: Person, codes: Sequence[str], of: str = "complaints") -> None:
    """Store the person's choice of columns; unknown columns are dropped."""
    row = session.get(ChosenColumns, (person.id, of))
    if row is None:
        row = ChosenColumns(person_id=person.id, of=of)
        session.add(row)
    row.codes = list(known(codes) or SHOWN)
    session.flush()


def known(codes: Sequence[str]) -> tuple[str, ...]:
    """Return the codes that are columns of a page, each once, the number always first."""
    some = [code for code in dict.fromkeys(codes) if code in COLUMNS and not COLUMNS[code].exported_only]
    return ("number", *(code for code in some if code != "number")) if some else ()


def names(session: Session, rows: Sequence[Complaint], language: str, zone: ZoneInfo) -> Names:
    """Return the names of everything in these rows."""
    where = {each.id: each for each in places.known(session).values() if each.kind in ("region", "community")}
    kept = Names(language, zone, where, {}, categories.known(session), roles.of(session), {}, {})
    regions = {each.id: kept.of(where.get(each.region_id or 0)) for each in where.values()}
    homes = {each.household_id for each in rows if each.household_id}
    labels = session.execute(_LABELS, {"homes": homes})
    return Names(
        language,
        zone,
        where,
        regions,
        kept.categories,
        kept.known,
        {row.id: row.label for row in labels},
        people.known(session),
    )


_LABELS = select(Household.id, Household.label).where(Household.id.in_(bindparam("homes", expanding=True)))
