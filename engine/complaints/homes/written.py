"""Homes as people write them in tables: building, unit and room in one cell or in several, some of them twice."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from engine.complaints.homes import addresses
from engine.core.errors import Unclear

Said = tuple[str, str]

_MARK = r"(?:(?:号|#)?\s*[栋幢座]|(?:号|#)\s*楼|#|号(?=\s*[0-9]))"
"""What makes the words before it a building. 楼 alone is read by itself: 5楼501 may be a floor."""

_BUILDING = re.compile(rf"(?P<named>[^#]*?[^\s#])\s*{_MARK}(?:\s*[栋幢座楼])*")
_STOREY = re.compile(r"(?P<named>[0-9]{1,3})\s*[楼层]\s*(?P<rest>[0-9]{2,5}[A-Za-z]?)")
_UNIT = re.compile(r"[\s\-、,，/第]*(?P<named>[0-9]{1,3}|[A-Za-z]|[甲乙丙丁东西南北中]{1,2})\s*(?:单元|门洞?|梯口?)")
_BEHIND_ROOM = re.compile(r"(?<=[0-9A-Za-z])\s*(?:室|号房|房|户|号|#)$")
_DASHED = re.compile(
    r"(?:(?P<building>[0-9]{1,4}|[A-Za-z])\s*-\s*)?(?P<unit>[0-9]{1,2}|[A-Za-z])\s*-\s*(?P<room>[0-9]{3,5}[A-Za-z]?)"
)
_ENGLISH = (
    (re.compile(r"\b(?:building|block|bldg)\.?\s*([0-9A-Za-z]{1,4})\b[\s,]*", re.IGNORECASE), r"\1栋 "),
    (re.compile(r"\bunit\.?\s*([0-9]{1,2}|[A-Za-z])\b[\s,]+(?=\S)", re.IGNORECASE), r"\1单元"),
    (re.compile(r"(?<![A-Za-z])(?:room|flat|apt|unit)\.?\s*(?=[0-9])", re.IGNORECASE), ""),
)
_BEHIND = re.compile(r"(?:(?<=[0-9A-Za-z号#\s])[楼座]|[号#栋幢\s])+$")
_BEHIND_UNIT = re.compile(r"(?:单元|门洞?|梯口?|[\s号#])+$")
_COUNTED_ALONE = re.compile(rf"[{addresses.NUMERALS}]{{1,3}}")
NAMES: Mapping[str, Said] = {"building": ("楼栋", "building"), "unit": ("单元", "unit"), "room": ("房号", "room")}


@dataclass(frozen=True, slots=True)
class Place:
    """Building, unit and room, each without the word after it and with digits: 3, 2, 0501. Empty: not given."""

    building: str = ""
    unit: str = ""
    room: str = ""


def read(building: str, unit: str, room: str, *, whole: str = "", community: str = "") -> Place:
    """Return the one home that these cells name, each part once, whichever cells name it: 3#楼 and 3栋2单元0501 are
    3, 2, 0501. `whole`: a cell with the whole address. The community's name may stand in front. Raises `Unclear`.
    """
    cells = [_flat(each, community) for each in (building, unit, room, whole)]
    around = _together(_of_building(cells[0]), _of_unit(cells[1]))
    found = _together(around, _of_room(cells[2], around))
    address = _of_room(cells[3], around)
    return _together(found, address) if address.building or address.unit else found


def building(said: str) -> str:
    """Return a building's name as we keep it: 3 for 3#楼, 三栋, 3号楼, 3幢, 叁栋 and 03栋; A for A座."""
    return _counted(_BEHIND.sub("", addresses.digits(_flat(said, ""))))


def unit(said: str) -> str:
    """Return a unit's name as we keep it: 2 for 2单元 and 二单元; 甲 for 甲单元, whose number nobody can know."""
    return _counted(_BEHIND_UNIT.sub("", addresses.digits(_flat(said, ""))))


def _flat(said: str, community: str) -> str:
    text = " ".join(unicodedata.normalize("NFKC", said).split())
    if community and text.startswith(community) and len(text) > len(community):
        text = text[len(community) :].lstrip(" -,、")
    for pattern, ours in _ENGLISH:
        text = pattern.sub(ours, text)
    return addresses.digits(text)


def _counted(name: str) -> str:
    """Return a name that is a number in digits, without zeros in front."""
    name = name.strip()
    if _COUNTED_ALONE.fullmatch(name):
        name = addresses.digits(f"{name}栋")[:-1]
    return name.lstrip("0") or name


def _of_building(text: str) -> Place:
    """Return what the cell of a building says; it may name the unit too (3栋2单元)."""
    found = _BUILDING.match(text)
    behind = _UNIT.fullmatch(text[found.end() :]) if found else None
    if found and behind:
        return Place(_counted(found["named"]), _counted(behind["named"]))
    return Place(building(text))


def _of_unit(text: str) -> Place:
    """Return what the cell of a unit says; it may name the building too."""
    found = _BUILDING.match(text)
    behind = _UNIT.fullmatch(text[found.end() :]) if found else None
    return Place(_counted(found["named"]), _counted(behind["named"])) if found and behind else Place("", unit(text))


def _of_room(text: str, around: Place) -> Place:
    """Return what the cell of a room says. `around`: building and unit from their own cells."""
    named = inner = ""
    bare = _BEHIND_ROOM.sub("", text)
    if found := _BUILDING.match(bare):
        named, bare = _counted(found["named"]), bare[found.end() :]
    if found := _UNIT.match(bare):
        inner, bare = _counted(found["named"]), bare[found.end() :]
    if found := _STOREY.fullmatch(bare.strip(" -")):
        return _above(Place(named, inner, found["rest"]), found["named"], around)
    if not named and (found := _DASHED.fullmatch(bare.strip())) and not (inner and found["building"]):
        return _dashed(found, inner, around)
    return Place(named, inner, bare.strip(" -、,/第" if named or inner else " "))


def _above(found: Place, counted: str, around: Place) -> Place:
    """Return the room behind 5楼: a floor if the room's number begins with it, otherwise a building."""
    known = found.building or around.building
    is_floor = found.room.lstrip("0").startswith(counted.lstrip("0"))
    if known and is_floor:
        return found
    return _together(found, Place(counted.lstrip("0") or counted))


def _dashed(found: re.Match[str], inner: str, around: Place) -> Place:
    """Return 3-2-501, 2-501 or 3-501 in parts, as far as the other cells leave one way to read it."""
    first, room = _counted(found["unit"]), found["room"]
    if inner:
        return Place(first, inner, room)
    if found["building"]:
        return Place(_counted(found["building"]), first, room)
    if around.unit:
        named = first != around.unit and _is_short_for(first, around.building)
        return Place("", "" if named else first, room)
    if around.building and _is_short_for(first, around.building):
        raise Unclear(
            zh=f"“{found.group()}”里的 {first} 是楼栋还是单元？请写成“{first}栋{room}”或“{first}单元{room}”。",
            en=f"is {first} in “{found.group()}” the building or the unit? Write “{first}栋{room}” or “{first}单元{room}”.",
        )
    return Place("", first, room) if around.building else Place(first, "", room)


def _together(one: Place, other: Place) -> Place:
    """Return both as one. Raises `Unclear` for parts that differ."""
    return Place(*(_same(name, getattr(one, name), getattr(other, name)) for name in ("building", "unit", "room")))


def _same(name: str, one: str, other: str) -> str:
    if not one or not other or addresses.key(one) == addresses.key(other):
        return one or other
    if name == "building" and (_is_short_for(one, other) or _is_short_for(other, one)):
        return max(one, other, key=len)
    zh, en = NAMES[name]
    raise Unclear(
        zh=f"{zh}写了两个，不一样：“{one}”和“{other}”。",
        en=f"two different values for the {en}: “{one}” and “{other}”.",
    )


def _is_short_for(short: str, building: str) -> bool:
    """Return whether a building may be called so: 3 is 3, and 桂花苑3, but not 13."""
    before = building[: -len(short)]
    return bool(short) and building.endswith(short) and not before[-1:].isdecimal()
