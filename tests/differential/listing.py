"""The known differences, each with who is right by the standard."""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from engine import feel
from tests.differential.comparing import ERROR, Difference

FILE = Path(__file__).with_name("differences.toml")


@dataclass(frozen=True, slots=True)
class Known:
    """One entry of the file."""

    rules: frozenset[str]
    right: str
    clause: str
    why: str
    ours: frozenset[str] = frozenset()
    theirs: frozenset[str] = frozenset()
    text: str = ""

    def explains(self, difference: Difference) -> bool:
        return (
            difference.label.removesuffix(" named") in self.rules
            and (not self.ours or what(difference.ours) in self.ours)
            and (not self.theirs or what(difference.theirs) in self.theirs)
            and re.search(self.text, difference.text) is not None
        )


def what(value: object) -> str:
    """The kind of an answer."""
    if value is ERROR:
        return "error"
    return "nothing" if isinstance(value, float) else feel.kind(value)


def read() -> tuple[Known, ...]:
    return tuple(known(**entry) for entry in tomllib.loads(FILE.read_text(encoding="utf-8"))["difference"])


def known(
    rules: list[str],
    right: str,
    clause: str,
    why: str,
    ours: tuple[str, ...] = (),
    theirs: tuple[str, ...] = (),
    text: str = "",
) -> Known:
    assert right in ("ours", "theirs", "either")
    return Known(frozenset(rules), right, clause, why, frozenset(ours), frozenset(theirs), text)
