"""What the words of a file may refer to: the company's communities, departments, categories, hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company import calendars, permissions, places, roles
from engine.company.permissions import Reach
from engine.company.places import UNASSIGNED, Place
from engine.company.roles import Role
from engine.complaints.core import categories
from engine.complaints.core.categories import Category
from engine.core import clock
from engine.core.errors import Unclear
from engine.importing import meanings
from engine.importing.cleaning import key
from engine.importing.faults import NoCompany

PAST_AFTER = timedelta(days=30)
"""Complaints older than this are imported as past. Source: the product's owner."""


CALLED_COMPANY = ("公司", "总公司", "总部", "集团", "物业公司", "company", "headquarters", "head office")
"""What files write for the company itself, where others have a community."""


@dataclass(frozen=True, slots=True)
class Community:
    """A community that rows can belong to; without an id it has yet to be created."""

    id: int | None
    code: str
    name: str


HOMELESS = Community(None, UNASSIGNED, "未分配")


@dataclass(frozen=True, slots=True)
class KnownCompany:
    """What the company has, by the words for it. `wider`: ids of the company and its regions."""

    now: datetime
    zone: tzinfo
    communities: Mapping[str, Community]
    wider: Mapping[str, int]
    homeless: Community | None
    categories: Mapping[str, str]
    unsorted: str
    departments: Mapping[str, str]
    roles: Mapping[str, Role]
    meanings: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """Codes that a person gave to words of files, by field and word."""

    def category(self, first: str, second: str) -> str:
        """Return the code of the category with this name, the second level if known; "" when neither is."""
        above = self.categories.get(key(first), "") if first else ""
        below = self.categories.get(key(second), "") if second else ""
        return below or above


def read(session: Session, reach: Reach, said: Mapping[tuple[str, str], str] = MappingProxyType({})) -> KnownCompany:
    """Read the company once for a whole file: communities within `reach`; `unassigned` only for the whole company.

    `said`: what words of this file mean, over what is kept.

    Raises `NoCompany`.
    """
    if session.scalar(select(Place.id).where(Place.kind == "company").limit(1)) is None:
        raise NoCompany
    in_use = select(Place).where(Place.kind == "community", Place.retired_at.is_(None)).order_by(Place.id.desc())
    in_use = in_use.where(permissions.within(reach, Place.id))
    communities = {place.code: Community(place.id, place.code, place.name) for place in session.scalars(in_use)}
    spelled: dict[str, Community] = {}
    for place in session.scalars(in_use):
        for name in (place.name, place.name_en, place.code):
            if name:
                spelled[key(name)] = communities[place.code]
    known = roles.of(session)
    every = session.scalars(select(Category).where(Category.retired.is_(False)).order_by(Category.code.desc())).all()
    return KnownCompany(
        now=clock.now(),
        zone=calendars.of(session, None).zone,
        communities=spelled,
        wider=_wider(session, reach),
        homeless=communities.get(UNASSIGNED, HOMELESS) if reach.everything else None,
        categories=_spelled(every),
        unsorted=categories.standard(session),
        departments={
            key(name): each.code
            for each in known.departments.values()
            for name in (each.name, each.name_en, each.code, f"{each.name}部")
        },
        roles={key(name): each for each in known.roles.values() for name in (each.name, each.name_en, each.code)},
        meanings=meanings.of(session) | {(of, key(word)): means for (of, word), means in said.items()},
    )


def _wider(session: Session, reach: Reach) -> dict[str, int]:
    """Return the company and its regions within `reach`, by every name and code."""
    asked = select(Place).where(Place.kind.in_(("company", "region")), Place.retired_at.is_(None))
    found = session.scalars(asked.where(permissions.within(reach, Place.id)).order_by(Place.id.desc()))
    every = found.all()
    whole = {key(word): each.id for each in every if each.kind == "company" for word in CALLED_COMPANY}
    return whole | {key(name): each.id for each in every for name in (each.code, each.name_en, each.name) if name}


def _spelled(rows: Sequence[Category]) -> dict[str, str]:
    """Return codes by every name of a category: names, their parts (供水 of 排水/供水), both levels together, the code."""
    names = {each.code: each for each in rows}
    found: dict[str, str] = {}
    for each in rows:
        for name in (each.name, each.name_en):
            found.update({key(part): each.code for part in name.split("/") if len(key(part)) > 1})
    for each in rows:
        above = names.get(each.parent or "")
        said = [each.name, each.name_en, each.code]
        said += [f"{above.name}{each.name}", f"{above.name_en}{each.name_en}"] if above else []
        found.update({key(name): each.code for name in said if name})
    return found


def community(known: KnownCompany, said: str) -> Community:
    """Return the community of that name or code. Raises `Unclear` listing the existing ones."""
    found = known.communities.get(key(said))
    if found is None:
        there = "、".join(sorted({each.name for each in known.communities.values()})[:20]) or "—"
        raise Unclear(
            zh=f"没有名称或代码为“{said}”的小区。现有：{there}。",
            en=f"There is no community with the name or code “{said}”. There are: {there}.",
        )
    return found


def unassigned(session: Session) -> Community:
    """Return the community for rows that name none, with every department created below it."""
    place = session.scalar(select(Place).where(Place.kind == "community", Place.code == UNASSIGNED))
    if place is None:
        place = places.add(session, "community", places.company(session), UNASSIGNED, HOMELESS.name, "Not assigned")
        for code in roles.of(session).offered_departments:
            places.add_department(session, place, code)
    place.retired_at = None
    session.flush()
    return Community(place.id, place.code, place.name)
