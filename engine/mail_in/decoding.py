"""Text out of mails, whatever it was written in: many say one charset and mean another, or say none."""

import re
from email.header import Header, decode_header
from email.message import Message
from html.parser import HTMLParser

MEANT = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "hz-gb-2312": "hz",
    "ascii": "utf-8",
    "us-ascii": "utf-8",
}
"""Charsets that are said → those that read it: what says GB2312 is mostly GBK, and each is a part of GB18030."""

GUESSED = ("utf-8", "gb18030", "big5")
BLOCKS = frozenset(
    {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "ul", "ol"}
)
UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript"})
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f​-‏‪-‮⁦-⁩﻿]")


def text_of(content: bytes, said: str | None) -> str:
    """Bytes as text: in the charset that is said where it fits, else in the first that does; nothing is refused."""
    wished = MEANT.get((said or "").strip().casefold(), said or "")
    for charset in (wished, *GUESSED):
        try:
            return content.decode(charset or "utf-8")
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    return content.decode("gb18030", "replace")


def header(message: Message, name: str) -> str:
    """A header in one line, its encoded words read, even raw 8-bit ones; empty for none."""
    raw: object = message.get(name)
    if raw is None:
        return ""
    parts = decode_header(raw if isinstance(raw, Header) else _joined(str(raw)))
    said = "".join(part if isinstance(part, str) else text_of(part, _named(charset)) for part, charset in parts)
    return " ".join(plain(said).split())


def _named(charset: str | None) -> str | None:
    return None if charset == "unknown-8bit" else charset


def _joined(raw: str) -> str:
    """Encoded words that touch, or that are folded without the blank that belongs there, each on its own."""
    return re.sub(r"\?=\s*=\?", "?= =?", raw)


def plain(said: str) -> str:
    """Text without control characters and marks that turn its direction; one kind of line end."""
    return _CONTROL.sub("", said.replace("\r\n", "\n").replace("\r", "\n"))


class _Reader(HTMLParser):
    """Gathers what somebody would read of an HTML mail."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSEEN:
            self._hidden += 1
        elif tag in BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN:
            self._hidden = max(self._hidden - 1, 0)
        elif tag in BLOCKS and tag != "br":
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(re.sub(r"\s+", " ", data))


def of_html(markup: str) -> str:
    """What somebody would read of HTML: no markup, no scripts, a line for each block."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
