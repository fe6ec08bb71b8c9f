"""What figures are about: which places, which categories, departments and so on; and by what they are cut."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, String, cast, func
from sqlalchemy.orm import Session

from engine.company import permissions
from engine.company.people import Person
from engine.company.permissions import Reach
from engine.complaints.facts import CaseFact

SEE, PEOPLE = "figures.see", "figures.people"
"""The acts: to see figures, and to see those of one person."""

NONE = "none"
"""Asks for cases that have no department, urgency or building."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is counted; empty means everything. `community_ids` None: the whole company.

    `category` may be of either level; `person_id`: who handled it, 0 for nobody; `hour`: received in that hour. `past`:
    imported past complaints, too, in the measures that they suffice for.
    """

    community_ids: frozenset[int] | None = None
    category: str = ""
    department: str = ""
    urgency: str = ""
    channel: str = ""
    building: str = ""
    person_id: int | None = None
    hour: int | None = None
    past: bool = False

    @property
    def is_whole(self) -> bool:
        """Return whether nothing but places narrows it."""
        return self == Scope(self.community_ids)


GROUPED: Mapping[str, Any] = MappingProxyType(
    {
        "community": CaseFact.community_id,
        "department": CaseFact.department,
        "area": func.substr(CaseFact.category, 1, 2),
        "category": CaseFact.category,
        "urgency": CaseFact.urgency,
        "channel": CaseFact.channel,
        "building": CaseFact.building,
        "person": CaseFact.person_id,
        "hour": CaseFact.received_hour,
    }
)
"""Columns that figures are cut by."""


def code_of(way: str) -> ColumnElement[str]:
    """Return the code of a case's group as text, "" where it has none."""
    return func.coalesce(cast(GROUPED[way], String), "")


def narrowed(scope: Scope, way: str, code: str) -> Scope:
    """Return the scope of one group of a cut, so that its cases can be listed."""
    if way == "all":
        return scope
    if way == "community":
        return replace(scope, community_ids=frozenset({int(code)}))
    named = {"person": "person_id", "area": "category"}.get(way, way)
    value: Any = int(code or 0) if way in ("person", "hour") else code or NONE
    return replace(scope, **{named: value})


def reached(session: Session, person: Person | None, scope: Scope, way: str = "all") -> Scope:
    """Return the scope within the person's reach; None: the program itself, which asks for nobody.

    Raises `NotPermitted` where they may see no figures, or not these.
    """
    if person is None:
        return scope
    reach = permissions.reach(session, person, SEE)
    if not reach:
        raise permissions.refusal(SEE)
    scope = _inside(scope, reach)
    if way != "person" and scope.person_id is None:
        return scope
    reach = permissions.reach(session, person, PEOPLE)
    if not reach:
        raise permissions.refusal(PEOPLE)
    return _inside(scope, reach)


def _inside(scope: Scope, reach: Reach) -> Scope:
    if reach.everything:
        return scope
    asked = reach.ids if scope.community_ids is None else scope.community_ids & reach.ids
    return replace(scope, community_ids=asked)


def conditions(scope: Scope) -> list[ColumnElement[bool]]:
    """Return the scope as conditions on facts."""
    found: list[ColumnElement[bool]] = []
    if scope.community_ids is not None:
        found.append(CaseFact.community_id.in_(sorted(scope.community_ids)))
    for name in ("department", "urgency", "channel", "building", "person_id"):
        value, column = getattr(scope, name), getattr(CaseFact, name)
        if value == NONE:
            found.append(func.coalesce(column, "") == "")
        elif value == 0:
            found.append(column.is_(None))
        elif value not in ("", None):
            found.append(column == value)
    if scope.category:
        found.append(CaseFact.category.between(scope.category, scope.category + "\uffff"))
    if scope.hour is not None:
        found.append(CaseFact.received_hour == scope.hour)
    return found
