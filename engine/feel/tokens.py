"""Split text into tokens, with helpful messages for the usual slips."""

import re
from typing import NamedTuple

from engine.feel import bounds
from engine.feel.errors import BadExpression, BoundReached

KEYWORDS = frozenset(
    [
        "for",
        "return",
        "if",
        "then",
        "else",
        "some",
        "every",
        "satisfies",
        "and",
        "or",
        "between",
        "in",
        "function",
        "external",
        "true",
        "false",
        "null",
    ]
)

SPACE = r"\s\u00a0\u1680\u180e\u2000-\u200b\u2028\u2029\u202f\u205f\u3000\ufeff"
# The standard's name characters, without the full-width punctuation among them: a Chinese keyboard types it where an
# operator or a comma was meant.
START = (
    r"?A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u167f\u1681-\u180d\u180f-\u1fff\u200c\u200d"
    r"\u2070-\u218f\u2c00-\u2fef\u3004-\u3007\u3021-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff10-\uff19\uff21-\uff3a\uff3f"
    r"\uff41-\uff5a\uff66-\ufffd\U00010000-\U000effff"
)
PART = START + r"0-9\u00b7\u0300-\u036f\u203f\u2040"

TOKEN = re.compile(
    rf"""
      (?P<space>[{SPACE}]+|//[^\n]*|/\*.*?\*/)
    | (?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    | (?P<text>"(?:[^"\\]|\\.)*")
    | (?P<name>[{START}][{PART}]*)
    | (?P<sign>\*\*|\.\.|<=|>=|!=|->|==|&&|\|\||[-+*/=<>()\[\]{{}},.:@'])
    """,
    re.VERBOSE | re.DOTALL,
)

SLIPS = {
    "==": ("比较请用一个 =", "use a single = to compare"),
    "&&": ("「并且」请写 and", 'write "and" instead of &&'),
    "||": ("「或者」请写 or", 'write "or" instead of ||'),
    "!": ("「不是」请写 not(…) 或 !=", 'write "not(…)" or != instead of !'),
    ";": ("多余的分号", "a semicolon has no place here"),
    "\u2018": ("文字请用半角双引号", 'put text in straight double quotes: "…"'),
    "\u201c": ("文字请用半角双引号", 'put text in straight double quotes: "…"'),
    "\u201d": ("文字请用半角双引号", 'put text in straight double quotes: "…"'),
    '"': ("引号没有配对", "the closing quote is missing"),
}
FULL_WIDTH = dict(zip("，：（）［］｛｝＝＞＜＋－＊／．、。【】！", ",:()[]{}=><+-*/.,.[]!", strict=True))


class Token(NamedTuple):
    """A piece of the text; `start` and `end` count characters from 0."""

    kind: str  # number, text, name, keyword, sign or end
    text: str
    start: int
    end: int


def tokenize(text: str) -> list[Token]:
    """Return all tokens of the text, ending with one of kind "end"."""
    if len(text) > bounds.TEXT:
        raise BoundReached("length of text", bounds.TEXT)
    tokens, at, length = [], 0, len(text)
    match = TOKEN.match
    while at < length:
        found = match(text, at)
        if found is None:
            raise slip(text, at)
        end, what = found.end(), found.lastgroup
        if what != "space":
            piece = text[at:end]
            if what == "name" and piece in KEYWORDS:
                what = "keyword"
            elif piece in SLIPS:
                raise slip(text, at, piece)
            tokens.append(Token(what or "", piece, at, end))
            if len(tokens) > bounds.WORDS:
                raise BoundReached("number of words", bounds.WORDS)
        at = end
    tokens.append(Token("end", "", length, length))
    return tokens


def slip(text: str, at: int, piece: str = "") -> BadExpression:
    """Return the message about a character that is not allowed here."""
    piece = piece or text[at]
    if piece in SLIPS:
        return BadExpression(at + 1, *SLIPS[piece])
    if piece in FULL_WIDTH:
        plain = FULL_WIDTH[piece]
        return BadExpression(at + 1, f"全角的 {piece} 请改成半角的 {plain}", f"write {plain} instead of {piece}")
    return BadExpression(at + 1, f"看不懂的字符 {piece}", f"unexpected character {piece}")


ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}


def unquote(literal: str) -> str:
    """Return the text of a literal in double quotes."""
    inner = literal[1:-1]
    if "\\" not in inner:
        return inner
    plain = ESCAPE.sub(_unescape, inner)
    # two \\u halves of one character beyond the basic plane
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if SURROGATE.search(plain) else plain


SURROGATE = re.compile("[\ud800-\udfff]")


def _unescape(match: re.Match[str]) -> str:
    four, six, one = match.groups()
    if four or six:
        code = int(four or six, 16)
        return chr(code) if code <= 0x10FFFF else "\ufffd"
    return ESCAPES.get(one, "\\" + one)
