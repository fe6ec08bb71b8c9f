"""The columns of a report's sheet of facts: one row a complaint, with real dates and numbers, to be grouped.

The facts are those of now; which figure counts a complaint is as it was kept with the report, so that a pivot table over
those columns gives the report's figures exactly.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from engine.company import places, roles
from engine.company.places import KnownPlace
from engine.company.roles import Department
from engine.complaints.core import categories, codes
from engine.complaints.core.categories import KnownCategory
from engine.complaints.facts import CaseFact

Membership = Mapping[tuple[str, str], frozenset[int]]


@dataclass(frozen=True, slots=True)
class Names:
    """The names of places, categories and departments, and the language they are said in."""

    language: str
    places: Mapping[int, KnownPlace]
    categories: Mapping[str, KnownCategory]
    departments: Mapping[str, Department]

    def of(self, named: Any, code: object) -> str:
        """Return the name of something, or its code where it is not known any more."""
        if named is None:
            return str(code or "")
        return str(named.name_en or named.name) if self.language == "en" else str(named.name)


def names(session: Session, language: str) -> Names:
    """Return the names that a sheet needs."""
    return Names(language, places.known(session), categories.known(session), roles.of(session).departments)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head in Chinese and English, and its cell: a date, a number, a text, or None."""

    zh: str
    en: str
    cell: Callable[[CaseFact, Names], object]


def _hours(seconds: int | None) -> float | None:
    return None if seconds is None else round(seconds / 3600, 2)


def _one(value: bool | None) -> int | None:
    return None if value is None else int(value)


def _area(fact: CaseFact, known: Names) -> str:
    parent = fact.category[:2]
    return known.of(known.categories.get(parent), parent)


COLUMNS: Sequence[Column] = (
    Column("区域", "Region", lambda fact, known: known.of(known.places.get(fact.region_id or 0), "")),
    Column("小区", "Community", lambda fact, known: known.of(known.places.get(fact.community_id), fact.community_id)),
    Column("楼栋", "Building", lambda fact, _known: fact.building),
    Column("大类", "Area", _area),
    Column("类别", "Category", lambda fact, known: known.of(known.categories.get(fact.category), fact.category)),
    Column("部门", "Department", lambda fact, known: known.of(known.departments.get(fact.department or ""), fact.department)),
    Column("紧急程度", "Urgency", lambda fact, known: codes.said(codes.URGENCIES, fact.urgency, known.language)),
    Column("渠道", "Channel", lambda fact, known: codes.said(codes.CHANNELS, fact.channel, known.language)),
    Column("收到日期", "Received on", lambda fact, _known: fact.received_day),
    Column("收到的钟点", "Hour received", lambda fact, _known: fact.received_hour),
    Column("首次响应（小时）", "First response (hours)", lambda fact, _known: _hours(fact.first_response_seconds)),
    Column("解决（小时）", "Resolved after (hours)", lambda fact, _known: _hours(fact.resolve_seconds)),
    Column("暂停（小时）", "Paused (hours)", lambda fact, _known: _hours(fact.paused_seconds)),
    Column("解决时限到期日", "Due on", lambda fact, _known: fact.due_day),
    Column("按时（1/0）", "In time (1/0)", lambda fact, _known: _one(fact.due_kept)),
    Column("结案日期", "Closed on", lambda fact, _known: fact.closed_day),
    Column("结果", "Outcome", lambda fact, known: codes.said(codes.OUTCOMES, fact.outcome, known.language)),
    Column("轮次", "Rounds", lambda fact, _known: fact.rounds),
    Column("派过单（1/0）", "Dispatched (1/0)", lambda fact, _known: _one(fact.dispatched)),
    Column("退单次数", "Returns", lambda fact, _known: fact.returns),
    Column("改派次数", "Reassigned", lambda fact, _known: fact.reassigned),
    Column("督办过（1/0）", "Supervised (1/0)", lambda fact, _known: _one(fact.supervised)),
    Column("回访次数", "Callbacks", lambda fact, _known: fact.callbacks),
    Column("回访到（1/0）", "Reached (1/0)", lambda fact, _known: _one(fact.reached)),
    Column("最后评分", "Last score", lambda fact, _known: fact.last_score),
    Column("计划花费（元）", "Planned cost (CNY)", lambda fact, _known: _cost(fact.planned_cost)),
    Column("实际花费（元）", "Actual cost (CNY)", lambda fact, _known: _cost(fact.actual_cost)),
)  # fmt: skip


def _cost(value: Any) -> float | None:
    return None if value is None else float(value)


def head(language: str, figures: Sequence[Mapping[str, Any]], counted: Membership) -> list[str]:
    """Return the heads of all columns, the report's figures at the end."""
    at = 0 if language == "zh" else 1
    own = [column.zh if at == 0 else column.en for column in COLUMNS]
    number = ("编号", "Number")[at]
    return [number, *own, *(f"{name[at]} · {_PARTS[part][at]}" for _key, name, part in _figures(figures, counted))]


_PARTS = {"of": ("分母", "out of"), "hit": ("分子", "counted"), "excluded": ("不计", "left out")}


def _figures(figures: Sequence[Mapping[str, Any]], counted: Membership) -> list[tuple[str, Sequence[str], str]]:
    return [
        (each["code"], each["name"], part)
        for each in figures
        for part in ("of", "hit", "excluded")
        if (each["code"], part) in counted
    ]


def row(
    number: str, fact: CaseFact, known: Names, figures: Sequence[Mapping[str, Any]], counted: Membership
) -> list[object]:
    """Return the cells of one complaint."""
    mine = [int(fact.complaint_id in counted[code, part]) for code, _name, part in _figures(figures, counted)]
    return [number, *(column.cell(fact, known) for column in COLUMNS), *mine]
