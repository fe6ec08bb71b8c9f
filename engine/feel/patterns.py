"""Translate the standard's patterns (XPath and XML Schema) to RE2's, which run in linear time.

What RE2 cannot do is not supported here either: back references and look-around give None.
"""

from functools import lru_cache

import re2

from engine.feel import charsets
from engine.feel.charsets import Ranges

LONGEST = 1000
MOST_COMPUTED = 8  # classes of one pattern whose characters are computed, at some milliseconds each
MEMORY = 8 << 20  # bytes that one pattern may use
FLAGS = frozenset("smix")
PLAIN_ESCAPES = frozenset(r"\|.-^?*+{}()[]$nrt")
SETS = {
    "s": r"\t\n\r ",
    "d": r"\p{Nd}",
    "w": r"\p{L}\p{M}\p{N}\p{S}",
    "i": charsets.written(charsets.NAME_START),
    "c": charsets.written(charsets.NAME_PART),
}


class NotPossible(Exception):
    """The pattern is wrong, or RE2 has no equivalent."""


class NeedsSets(Exception):
    """RE2 cannot say this class: its characters must be computed."""


@lru_cache(maxsize=512)
def compiled(pattern: str, flags: str) -> "re2._Regexp | None":
    """Return the compiled pattern; None when it is invalid, or beyond RE2."""
    if set(flags) - FLAGS or len(pattern) > LONGEST:
        return None
    options = re2.Options()
    options.max_mem = MEMORY
    options.log_errors = False
    inline = "".join(flag for flag in "smi" if flag in flags)
    try:
        translated = Translation(pattern, flags).all()
        return re2.compile(f"(?{inline}:{translated})" if inline else translated, options)
    except (NotPossible, re2.error):
        return None


class Translation:
    """The state of translating one pattern."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern = _without_space(pattern) if "x" in flags else pattern
        self.at = self.computed = 0
        self.dot = "." if "s" in flags else r"[^\n\r]"

    def next(self) -> str:
        if self.at >= len(self.pattern):
            raise NotPossible
        self.at += 1
        return self.pattern[self.at - 1]

    def sees(self, text: str) -> bool:
        return self.pattern.startswith(text, self.at)

    def all(self) -> str:
        out = []
        while self.at < len(self.pattern):
            char = self.next()
            if char == "\\":
                out.append(self.escape())
            elif char == "[":
                out.append(self.bracket())
            elif char == ".":
                out.append(self.dot)
            elif char == "(" and self.sees("?") and not self.sees("?:"):
                raise NotPossible
            else:
                out.append(char)
        return "".join(out)

    def escape(self, inside: bool = False) -> str:
        char = self.next()
        if char in PLAIN_ESCAPES:
            return "\\" + char
        if char in "pP":
            return self.property(negated=char == "P", inside=inside)
        members = SETS.get(char.lower())
        if members is None:
            raise NotPossible
        if char.isupper():
            if inside and char not in "SD":
                raise NeedsSets
            return {"S": r"\S", "D": r"\P{Nd}"}.get(char) or f"[^{members}]"
        return members if inside else f"[{members}]"

    def property(self, negated: bool, inside: bool) -> str:
        name = self.property_name()
        if not name.startswith("Is"):
            return f"\\{'P' if negated else 'p'}{{{name}}}"
        if negated and inside:
            raise NeedsSets
        block = charsets.written(_property(name))
        return block if inside else f"[{'^' if negated else ''}{block}]"

    def property_name(self) -> str:
        end = self.pattern.find("}", self.at)
        if not self.sees("{") or end < 0:
            raise NotPossible
        name = self.pattern[self.at + 1 : end]
        self.at = end + 1
        return name

    def bracket(self) -> str:
        """Translate a character class, from after its bracket; its characters are computed if they must be."""
        start = self.at
        try:
            return self.translated_class()
        except NeedsSets:
            self.at = start
            self.computed += 1
            if self.computed > MOST_COMPUTED:
                raise NotPossible from None
            members = self.members()
            return f"[{charsets.written(members)}]" if members else r"[^\x{0}-\x{10FFFF}]"

    def translated_class(self) -> str:
        negated = self.sees("^")
        self.at += negated
        out: list[str] = []
        while not (self.sees("]") and out):
            if self.sees("-[") and out:
                raise NeedsSets
            char = self.next()
            if char == "[":
                raise NotPossible
            out.append(self.escape(inside=True) if char == "\\" else char)
        self.at += 1
        members = "".join("\\^" if piece == "^" else piece for piece in out)
        return f"[{'^' if negated else ''}{members}]"

    # -- classes whose characters are computed -------------------------------------------------------------------------

    def members(self) -> Ranges:
        """Return the characters of a class, from after its bracket, and without those of a class that follows -."""
        negated = self.sees("^")
        self.at += negated
        found: list[tuple[int, int]] = []
        taken: Ranges = ()
        while not (self.sees("]") and found):
            if self.sees("-[") and found:
                self.at += 2
                taken = self.members()
                if not self.sees("]"):
                    raise NotPossible
                break
            found += self.member()
        self.at += 1
        return charsets.without(charsets.others(tuple(found)) if negated else tuple(found), taken)

    def member(self) -> Ranges:
        first = self.piece()
        if not self.sees("-") or self.sees("-[") or self.sees("-]"):
            return first
        self.at += 1
        ends = (*first, *self.piece())
        low, high = ends[0][0], ends[-1][1]
        if any(start != end for start, end in ends) or len(ends) != 2 or low > high:
            raise NotPossible
        return ((low, high),)

    def piece(self) -> Ranges:
        char = self.next()
        if char == "[":
            raise NotPossible
        if char != "\\":
            return ((ord(char), ord(char)),)
        escaped = self.next()
        if escaped in PLAIN_ESCAPES:
            code = ord({"n": "\n", "r": "\r", "t": "\t"}.get(escaped, escaped))
            return ((code, code),)
        if escaped in "pP":
            ranges = _property(self.property_name())
        else:
            ranges = _set(escaped.lower())
        return charsets.others(ranges) if escaped.isupper() else ranges


def _property(name: str) -> Ranges:
    ranges = charsets.BLOCKS.get(name[2:], ()) if name.startswith("Is") else charsets.of_category(name)
    if not name or not ranges:
        raise NotPossible
    return ranges


def _set(letter: str) -> Ranges:
    """Return the characters of \\s, \\d, \\w, \\i and \\c."""
    match letter:
        case "s":
            return charsets.SPACE
        case "d":
            return charsets.of_category("Nd")
        case "w":
            return charsets.joined(span for name in "LMNS" for span in charsets.of_category(name))
        case "i":
            return charsets.NAME_START
        case "c":
            return charsets.NAME_PART
    raise NotPossible


def _without_space(pattern: str) -> str:
    """Return the pattern as flag x reads it: white space counts only within brackets."""
    out, depth = [], 0
    for char in pattern:
        depth += (char == "[") - (char == "]")
        if depth > 0 or not char.isspace():
            out.append(char)
    return "".join(out)
