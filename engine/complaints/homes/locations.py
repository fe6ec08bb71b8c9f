"""Spots: places in a community, as pickers offer them and poster codes name them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.complaints.core.codes import Words
from engine.complaints.homes import addresses, buildings
from engine.complaints.homes.households import Household

THINGS: Words = {
    "lift": ("电梯", "lift"),
    "hall": ("大堂", "hall"),
    "desk": ("客服中心", "service centre"),
    "board": ("公告栏", "notice board"),
    "garage": ("车库", "garage"),
}
"""What a poster hangs in or at, besides an entrance."""

NAME = re.compile(r"[^/\x00-\x1f]{1,20}")


@dataclass(frozen=True, slots=True)
class Around:
    """A building with its entrances; `lifts`: whether it has any (true when unknown)."""

    building: str
    units: tuple[str, ...]
    lifts: bool = True


@dataclass(frozen=True, slots=True)
class Spot:
    """A spot of a community; empty text: not given. Its code (`YGL/3/2/lift`) is part of the address on a poster."""

    community: str
    building: str = ""
    unit: str = ""
    thing: str = ""

    @property
    def code(self) -> str:
        """Return the code as it appears in an address."""
        return "/".join((self.community, self.building, self.unit, self.thing)).rstrip("/")

    def said(self, language: str = "zh") -> str:
        """Return its usual name: 3栋2单元电梯."""
        thing = THINGS[self.thing][0 if language == "zh" else 1] if self.thing else ""
        return place(self.building, self.unit, "", language) + (" " if language == "en" and thing else "") + thing


def read(text: str) -> Spot | None:
    """Return the spot of a code, or None for an invalid code. `is_there` tells whether the place exists."""
    community, *rest = text.strip().split("/")
    building, unit, thing = (*rest, "", "", "")[:3]
    usable = all(NAME.fullmatch(each) for each in (building, unit) if each) and len(rest) <= 3
    if not community or len(community) > 40 or not usable or (thing and thing not in THINGS):
        return None
    return Spot(community, building, unit, thing)


def place(building: str, unit: str, room: str, language: str = "zh") -> str:
    """Return the usual name of a place: 3栋2单元501; names without a number stay as they are (东门)."""
    if language == "en":
        named = (building and f"Building {building}" if _counted(building) else building, unit and f"unit {unit}", room)
        return ", ".join(each for each in named if each)
    counted = f"{building}栋" if _counted(building) else building
    return "".join((counted, f"{unit}单元" if _counted(unit) else unit, room))


def _counted(name: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{1,4}[A-Za-z]?|[A-Za-z][0-9]{0,3}", name))


def around(session: Session, community_id: int) -> list[Around]:
    """Return a community's buildings with their entrances in numeric order: the listed ones and those of its homes.

    Two statements, however many homes there are.
    """
    found: dict[str, Around] = {}
    for each in buildings.of(session, community_id):
        units = tuple(str(number) for number in range(1, each.units + 1)) if each.units > 1 else ()
        found[each.name] = Around(each.name, units, each.lifts > 0)
    asked = select(Household.building, Household.unit).where(
        Household.community_id == community_id, Household.retired_at.is_(None), Household.building != ""
    )
    for building, unit in session.execute(asked.distinct()):
        known = found.get(building, Around(building, ()))
        units = tuple(sorted({*known.units, *([unit] if unit else [])}, key=_order))
        found[building] = Around(building, units, known.lifts)
    return sorted(found.values(), key=lambda each: _order(each.building))


def _order(name: str) -> tuple[int, str]:
    digits = re.sub(r"\D", "", name)[:9]
    return (int(digits) if digits else 10**9, name)


def is_there(spot: Spot, known: Sequence[Around]) -> bool:
    """Return whether the community has that building and entrance."""
    if not spot.building:
        return True
    there = next((each for each in known if each.building == spot.building), None)
    return there is not None and (not spot.unit or spot.unit in there.units)


def home(session: Session, community_id: int, building: str, unit: str, room: str) -> Household | None:
    """Return the named home, however it was typed, or None; outsiders are not told which."""
    key = addresses.of_home(building, unit, room, "")
    if not building or not room or not key:
        return None
    asked = select(Household).where(
        Household.community_id == community_id, Household.place_key == key, Household.retired_at.is_(None)
    )
    return session.scalars(asked.limit(1)).first()
