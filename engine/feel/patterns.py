"""Translate the standard's patterns (XPath and XML Schema) to RE2's, which run in linear time.

What RE2 cannot do is not supported here either: back references and look-around give None.
"""

from functools import lru_cache

import re2

LONGEST = 1000
MEMORY = 8 << 20  # bytes that one pattern may use
FLAGS = frozenset("smix")
PLAIN_ESCAPES = frozenset(r"\|.-^?*+{}()[]$nrt")
NAME_START = r"A-Z_a-z:\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{2FF}\x{370}-\x{37D}\x{37F}-\x{1FFF}\x{2070}-\x{218F}\x{2C00}-\x{2FEF}\x{3001}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFFD}"
NAME_PART = NAME_START + r"\-.0-9\x{B7}\x{300}-\x{36F}"
SETS = {
    "s": r"\t\n\r ",
    "d": r"\p{Nd}",
    "w": r"\p{L}\p{M}\p{N}\p{S}",
    "i": NAME_START,
    "c": NAME_PART,
}
BLOCKS = {
    "BasicLatin": r"\x{0}-\x{7F}",
    "Latin-1Supplement": r"\x{80}-\x{FF}",
    "LatinExtended-A": r"\x{100}-\x{17F}",
    "LatinExtended-B": r"\x{180}-\x{24F}",
    "GreekandCoptic": r"\x{370}-\x{3FF}",
    "Greek": r"\x{370}-\x{3FF}",
    "Cyrillic": r"\x{400}-\x{4FF}",
    "Hebrew": r"\x{590}-\x{5FF}",
    "Arabic": r"\x{600}-\x{6FF}",
    "GeneralPunctuation": r"\x{2000}-\x{206F}",
    "CurrencySymbols": r"\x{20A0}-\x{20CF}",
    "CJKSymbolsandPunctuation": r"\x{3000}-\x{303F}",
    "Hiragana": r"\x{3040}-\x{309F}",
    "Katakana": r"\x{30A0}-\x{30FF}",
    "HangulSyllables": r"\x{AC00}-\x{D7A3}",
    "CJKUnifiedIdeographs": r"\x{4E00}-\x{9FFF}",
    "HalfwidthandFullwidthForms": r"\x{FF00}-\x{FFEF}",
}


class NotPossible(Exception):
    """The pattern is wrong, or RE2 has no equivalent."""


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
        self.at = 0
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
                raise NotPossible
            return {"S": r"\S", "D": r"\P{Nd}"}.get(char) or f"[^{members}]"
        return members if inside else f"[{members}]"

    def property(self, negated: bool, inside: bool) -> str:
        end = self.pattern.find("}", self.at)
        if not self.sees("{") or end < 0:
            raise NotPossible
        name = self.pattern[self.at + 1 : end]
        self.at = end + 1
        if not name.startswith("Is"):
            return f"\\{'P' if negated else 'p'}{{{name}}}"
        block = BLOCKS.get(name[2:])
        if block is None or (negated and inside):
            raise NotPossible
        return block if inside else f"[{'^' if negated else ''}{block}]"

    def bracket(self) -> str:
        """Translate a character class, from after its bracket; a subtraction is computed."""
        negated = self.sees("^")
        self.at += negated
        out: list[str] = []
        while not (self.sees("]") and out):
            if self.sees("-[") and out:
                return self.less(out, negated)
            char = self.next()
            if char == "[":
                raise NotPossible
            out.append(self.escape(inside=True) if char == "\\" else char)
        self.at += 1
        members = "".join("\\^" if piece == "^" else piece for piece in out)
        return f"[{'^' if negated else ''}{members}]"

    def less(self, out: list[str], negated: bool) -> str:
        self.at += 2
        taken: list[str] = []
        if negated or self.sees("^"):
            raise NotPossible
        while not self.sees("]"):
            char = self.next()
            taken.append(self.escape(inside=True) if char == "\\" else char)
        self.at += 1
        if self.next() != "]":
            raise NotPossible
        left = sorted(_members(out) - _members(taken))
        return "[" + "".join(f"\\x{{{code:X}}}" for code in left) + "]" if left else r"[^\x{0}-\x{10FFFF}]"


def _members(pieces: list[str]) -> set[int]:
    """Return the code points of a class made of characters and ranges."""
    codes: set[int] = set()
    at = 0
    while at < len(pieces):
        first = _code(pieces[at])
        if pieces[at + 1 : at + 2] == ["-"] and at + 2 < len(pieces):
            last = _code(pieces[at + 2])
            if not first <= last <= first + 5000:
                raise NotPossible
            codes.update(range(first, last + 1))
            at += 3
        else:
            codes.add(first)
            at += 1
    return codes


def _code(piece: str) -> int:
    plain = piece.removeprefix("\\") or "\\"
    if len(plain) != 1:
        raise NotPossible
    return ord({"n": "\n", "r": "\r", "t": "\t"}.get(plain, plain)) if piece.startswith("\\") else ord(plain)


def _without_space(pattern: str) -> str:
    """Return the pattern as flag x reads it: white space counts only within brackets."""
    out, depth = [], 0
    for char in pattern:
        depth += (char == "[") - (char == "]")
        if depth > 0 or not char.isspace():
            out.append(char)
    return "".join(out)
