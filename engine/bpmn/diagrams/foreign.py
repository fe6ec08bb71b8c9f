"""Translate expressions of other engines (`${…}`, `#{…}`) to FEEL, where the meaning is plainly the same."""

import re
from collections.abc import Sequence
from typing import Final

from engine.feel import FeelError, compile

WHOLE = re.compile(r"\s*[$#]\{(.*)\}\s*", re.DOTALL)
TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"\\]*"|'[^'\\"]*')|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)"""
    r"""|(?P<sign>==|!=|<=|>=|&&|\|\||[<>!()-]))"""
)
COMPARING: Final = {
    "==": "=", "eq": "=", "!=": "!=", "ne": "!=", "<": "<", "lt": "<", "<=": "<=", "le": "<=", ">": ">", "gt": ">",
    ">=": ">=", "ge": ">=",
}  # fmt: skip
LITERALS = ("true", "false", "null")
NOTHING = '[null, "", [], {}]'
LONGEST = 500


class _Beyond(ValueError):
    """The expression is more than a plain comparison."""


def to_feel(text: str) -> str | None:
    """Return the FEEL (without a leading `=`) of a text that is one simple `${…}`; None where it is not that simple.

    Simple are names, paths, literals, comparisons, and, or, not, `empty`.
    """
    whole = WHOLE.fullmatch(text)
    if whole is None or len(text) > LONGEST:
        return None
    try:
        said = _Reader(_tokens(whole[1])).all()
        compile(said)
    except (_Beyond, FeelError, RecursionError):
        return None
    return said


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        token = TOKEN.match(text, at)
        if token is None:
            raise _Beyond
        found.append(f'"{token["text"][1:-1]}"' if token["text"] else token[0].strip())
        at = token.end()
    return found


class _Reader:
    """Parses by precedence: or, and, comparison, not."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens, self.at = tokens, 0

    def all(self) -> str:
        said = self.either()
        if self.at != len(self.tokens):
            raise _Beyond
        return said

    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        token = self.next()
        self.at += 1
        return token

    def either(self) -> str:
        parts = [self.both()]
        while self.next() in ("||", "or"):
            self.take()
            parts.append(self.both())
        return " or ".join(parts)

    def both(self) -> str:
        parts = [self.compared()]
        while self.next() in ("&&", "and"):
            self.take()
            parts.append(self.compared())
        return " and ".join(parts)

    def compared(self) -> str:
        left = self.single()
        if self.next() in COMPARING:
            left = f"{left} {COMPARING[self.take()]} {self.single()}"
        if self.next() in COMPARING:  # a == b == c
            raise _Beyond
        return left

    def single(self) -> str:
        word = self.take()
        if word in ("!", "not"):
            return f"not({self.single()})"
        if word == "empty":
            return f"list contains({NOTHING}, {self.single()})"
        if word == "(":
            inner = self.either()
            if self.take() != ")":
                raise _Beyond
            return f"({inner})"
        if word == "-" and self.next()[:1].isdigit():
            return f"-{self.take()}"
        if word in LITERALS or word[:1] == '"' or word[:1].isdigit():
            return word
        return self.named(word)

    def named(self, token: str) -> str:
        if not token or not (token[0].isalpha() or token[0] == "_") or self.next() == "(" or token in COMPARING:
            raise _Beyond
        return token
