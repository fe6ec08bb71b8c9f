"""Addresses of homes: people write them in many ways; all of them map to one key."""

import re
import unicodedata

MARKS = re.compile(
    r"(?:号楼|单元|[栋幢座楼门号室户房层弄#]|building|block|bldg|unit|room|flat|apt|[\s\-_/,，、.。:：—–])+",
    re.IGNORECASE,
)
NUMERALS = "零一二两三四五六七八九十壹贰叁肆伍陆柒捌玖拾"
COUNTED = re.compile(rf"[{NUMERALS}]{{1,3}}(?=号|#|栋|幢|座|楼|单元|门|层)")
ENTRANCE = re.compile(r"(?:号楼|单元|[栋幢座])\s*$")
BETWEEN = re.compile(r"(?<=[一-鿿a-z])(?=[0-9])")
DIGITS = {each: at for row in ("零一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖") for at, each in enumerate(row)} | {
    "两": 2
}
LONGEST = 80


def parts(said: str) -> list[str]:
    """Return the numbers and names in a typed place: 3栋2单元501, 3-2-501 and 三号楼 2 单元 0501室 are 3, 2, 501."""
    text = digits(unicodedata.normalize("NFKC", said).casefold())
    cut = [each for each in MARKS.split(BETWEEN.sub("-", text)) if each]
    return [each.lstrip("0") or "0" if each.isdecimal() else each for each in cut]


def key(said: str) -> str:
    """Return the canonical spelling of a place: 3-2-501."""
    return "-".join(parts(said))[:LONGEST]


def of_home(building: str, unit: str, room: str, label: str) -> str:
    """Return the key of a home: from building, unit and room where known, otherwise from its name."""
    return key("-".join(filter(None, (building, unit, room)))) if room else key(label)


def building_of(said: str) -> str:
    """Return building and unit of a place as a prefix of the homes there: 3-2- for 3栋2单元501 and for 3栋2单元.

    Empty when the place names no building.
    """
    known = parts(said)
    if not names_building(said):
        known = known[:-1]
    return "-".join(known) + "-" if any(each.isdecimal() for each in known) else ""


def names_building(said: str) -> bool:
    """Return whether a place ends with a building or unit rather than a room: 3栋, 3栋2单元."""
    return ENTRANCE.search(unicodedata.normalize("NFKC", said).casefold()) is not None


def digits(said: str) -> str:
    """Return the text with Chinese numerals before a word of an address as digits: 二十一栋 is 21栋, 叁单元 3单元."""
    return COUNTED.sub(lambda found: str(_number(found.group())), said)


def _number(counted: str) -> int:
    tens, ten, ones = counted.replace("拾", "十").rpartition("十")
    if not ten:
        return int("".join(str(DIGITS[each]) for each in counted))
    return (DIGITS.get(tens, 1) if tens else 1) * 10 + DIGITS.get(ones, 0)
