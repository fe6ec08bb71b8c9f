"""Where a home is, as people say it in many ways, and the one key that all of them are found by."""

import re
import unicodedata

MARKS = re.compile(
    r"(?:号楼|单元|[栋幢座楼门号室户房层弄#]|building|block|bldg|unit|room|flat|apt|[\s\-_/,，、.。:：—–])+",
    re.IGNORECASE,
)
COUNTED = re.compile(r"[一二两三四五六七八九十]{1,3}(?=号|栋|幢|座|楼|单元|门|层)")
ENTRANCE = re.compile(r"(?:号楼|单元|[栋幢座])\s*$")
BETWEEN = re.compile(r"(?<=[一-鿿a-z])(?=[0-9])")
DIGITS = {each: number for number, each in enumerate("零一二三四五六七八九")} | {"两": 2}
LONGEST = 80


def parts(said: str) -> list[str]:
    """The numbers and names in a place as it was typed: 3栋2单元501, 3-2-501 and 三号楼 2 单元 0501室 are 3, 2, 501."""
    text = COUNTED.sub(lambda found: str(_number(found.group())), unicodedata.normalize("NFKC", said).casefold())
    cut = [each for each in MARKS.split(BETWEEN.sub("-", text)) if each]
    return [each.lstrip("0") or "0" if each.isdecimal() else each for each in cut]


def key(said: str) -> str:
    """A place in its one spelling: 3-2-501."""
    return "-".join(parts(said))[:LONGEST]


def of_home(building: str, unit: str, room: str, label: str) -> str:
    """The key of a home: of building, unit and room where they are known, else of what it is called."""
    return key("-".join(filter(None, (building, unit, room)))) if room else key(label)


def building_of(said: str) -> str:
    """Building and unit of a place with a mark behind, as homes there begin: 3-2- of 3栋2单元501 and of 3栋2单元.

    Empty where no building is named.
    """
    known = parts(said)
    if not names_building(said):
        known = known[:-1]
    return "-".join(known) + "-" if any(each.isdecimal() for each in known) else ""


def names_building(said: str) -> bool:
    """Whether a place ends with a building or its unit rather than with a room: 3栋, 3栋2单元."""
    return ENTRANCE.search(unicodedata.normalize("NFKC", said).casefold()) is not None


def _number(counted: str) -> int:
    tens, ten, ones = counted.rpartition("十")
    if not ten:
        return int("".join(str(DIGITS[each]) for each in counted))
    return (DIGITS.get(tens, 1) if tens else 1) * 10 + DIGITS.get(ones, 0)
