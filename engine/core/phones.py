"""Phone numbers as people write them: with full-width digits, spaces, a country code, an extension."""

import re
import unicodedata

EXTENSION = re.compile(r"\s*(?:转|轉|分机|分機|ext\.?|x|#)\s*(\d{1,6})\s*$", re.IGNORECASE)
SHORT_OR_LONG = re.compile(r"1[3-9]\d{8}|1[3-9]\d{10}")
FEWEST, MOST = 7, 15
"""Digits of a complete number: local ones have 7, international ones at most 15 (E.164)."""

OWN_COUNTRY = ("0086", "86")
MOBILE = 11
"""Digits of a mobile number of this country."""


def digits(written: str) -> str:
    """Return the digits of a number without its extension and the prefix of this country."""
    found = re.sub(r"\D", "", EXTENSION.sub("", _plain(written)), flags=re.ASCII)
    for prefix in OWN_COUNTRY:
        if found.startswith(prefix) and len(found) == len(prefix) + MOBILE:
            return found.removeprefix(prefix)
    return found


def tidy(written: str) -> str:
    """Return a number as it is kept and dialled: digits, a leading + if there was one, the extension after 转."""
    plain = _plain(written)
    extension = EXTENSION.search(plain)
    begin = "+" if plain.startswith("+") and not plain.startswith("+86") else ""
    return begin + digits(written) + (f"转{extension[1]}" if extension else "")


def is_complete(written: str) -> bool:
    """Return whether somebody could dial it."""
    return FEWEST <= len(digits(written)) <= MOST and not re.search(
        r"[^\d\s()+\-.]", EXTENSION.sub("", _plain(written))
    )


def is_doubtful(written: str) -> bool:
    """Return whether it looks like a mobile number with a digit too few or too many."""
    return SHORT_OR_LONG.fullmatch(digits(written)) is not None and not _plain(written).startswith("+")


def _plain(written: str) -> str:
    return unicodedata.normalize("NFKC", written).strip()
