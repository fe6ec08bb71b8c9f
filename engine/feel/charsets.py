"""Sets of characters as ranges of code points, for what RE2 cannot say: one set without another."""

from collections.abc import Iterable
from functools import lru_cache
from unicodedata import category

Ranges = tuple[tuple[int, int], ...]
LAST = 0x10FFFF

SPACE: Ranges = ((9, 10), (13, 13), (32, 32))
NAME_START: Ranges = (
    *((0x3A, 0x3A), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2FF)),
    *((0x370, 0x37D), (0x37F, 0x1FFF), (0x200C, 0x200D), (0x2070, 0x218F), (0x2C00, 0x2FEF), (0x3001, 0xD7FF)),
    *((0xF900, 0xFDCF), (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF)),
)
NAME_PART: Ranges = (*NAME_START, (0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040))
BLOCKS: dict[str, Ranges] = {
    "BasicLatin": ((0, 0x7F),),
    "Latin-1Supplement": ((0x80, 0xFF),),
    "LatinExtended-A": ((0x100, 0x17F),),
    "LatinExtended-B": ((0x180, 0x24F),),
    "GreekandCoptic": ((0x370, 0x3FF),),
    "Greek": ((0x370, 0x3FF),),
    "Cyrillic": ((0x400, 0x4FF),),
    "Hebrew": ((0x590, 0x5FF),),
    "Arabic": ((0x600, 0x6FF),),
    "GeneralPunctuation": ((0x2000, 0x206F),),
    "CurrencySymbols": ((0x20A0, 0x20CF),),
    "CJKSymbolsandPunctuation": ((0x3000, 0x303F),),
    "Hiragana": ((0x3040, 0x309F),),
    "Katakana": ((0x30A0, 0x30FF),),
    "HangulSyllables": ((0xAC00, 0xD7A3),),
    "CJKUnifiedIdeographs": ((0x4E00, 0x9FFF),),
    "HalfwidthandFullwidthForms": ((0xFF00, 0xFFEF),),
}


def joined(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Return the ranges in order, those that touch made one."""
    made: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if made and low <= made[-1][1] + 1:
            made[-1] = made[-1][0], max(high, made[-1][1])
        else:
            made.append((low, high))
    return tuple(made)


def others(ranges: Ranges) -> Ranges:
    """Return all characters that are not in the ranges."""
    made, at = [], 0
    for low, high in joined(ranges):
        if at < low:
            made.append((at, low - 1))
        at = high + 1
    return (*made, (at, LAST)) if at <= LAST else tuple(made)


def without(ranges: Ranges, taken: Ranges) -> Ranges:
    """Return the characters of the first ranges that are not in the second."""
    return others((*others(ranges), *taken))


def written(ranges: Ranges) -> str:
    """Return the ranges as they stand within the brackets of a class of RE2."""
    return "".join(f"\\x{{{low:X}}}-\\x{{{high:X}}}" for low, high in ranges)


@lru_cache(maxsize=64)
def of_category(name: str) -> Ranges:
    """Return the characters of a category such as Lu, or of all that begin with L. Empty where there is none such."""
    return joined(span for each, spans in _categories().items() if each.startswith(name) for span in spans)


@lru_cache(maxsize=1)
def _categories() -> dict[str, list[tuple[int, int]]]:
    """Look at every character there is; a tenth of a second, once."""
    found: dict[str, list[tuple[int, int]]] = {}
    start, current = 0, category(chr(0))
    for code in range(1, LAST + 2):
        what = category(chr(code)) if code <= LAST else ""
        if what != current:
            found.setdefault(current, []).append((start, code - 1))
            start, current = code, what
    return found
