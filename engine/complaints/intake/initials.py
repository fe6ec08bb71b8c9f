"""Initials of Chinese words, for quick typing: 电梯故障 is dtgz.

The first level of GB 2312 (the 3,755 most common characters) is sorted by sound, so the position of a character gives
its initial. Source: GB 2312-1980, rows 16 to 55. Other characters stand for themselves.
"""

BEGINS = (
    (0xB0A1, "a"), (0xB0C5, "b"), (0xB2C1, "c"), (0xB4EE, "d"), (0xB6EA, "e"), (0xB7A2, "f"), (0xB8C1, "g"),
    (0xB9FE, "h"), (0xBBF7, "j"), (0xBFA6, "k"), (0xC0AC, "l"), (0xC2E8, "m"), (0xC4C3, "n"), (0xC5B6, "o"),
    (0xC5BE, "p"), (0xC6DA, "q"), (0xC8BB, "r"), (0xC8F6, "s"), (0xCBFA, "t"), (0xCDDA, "w"), (0xCEF4, "x"),
    (0xD1B9, "y"), (0xD4D1, "z"),
)  # fmt: skip
END = 0xD7FA


def of(word: str) -> str:
    """Return the initials of a text: Latin letters in lower case and digits stay, other signs are dropped."""
    return "".join(_initial(each) for each in word.casefold() if each.isalnum())


def _initial(character: str) -> str:
    written = character.encode("gb2312", "ignore")
    place = int.from_bytes(written, "big") if len(written) == 2 else 0
    if not BEGINS[0][0] <= place < END:
        return character
    return next(initial for start, initial in reversed(BEGINS) if place >= start)
