"""Decode mail text in any charset: many mails declare the wrong one, or none."""

import html
import re
from collections.abc import Iterator
from email.header import Header, decode_header
from email.message import Message

MEANT = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "hz-gb-2312": "hz",
    "ascii": "utf-8",
    "us-ascii": "utf-8",
}
"""Declared charsets → those that read them: GB2312 is mostly GBK, and each is a part of GB18030."""

UNUSUAL = re.compile("escape|punycode|idna|codec|undefined|mbcs|oem")
"""Codecs that no mail means, some of them endless to read."""

GUESSED = ("utf-8", "gb18030", "big5")
BLOCKS = frozenset(
    {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "ul", "ol"}
)
UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript"})
RAW = frozenset({"script", "style"})
"""Elements whose content is no markup."""

TAG = re.compile(r"<([/!?]?)([a-zA-Z][a-zA-Z0-9:-]{0,40}|(?<=!)(?:--|\[))")
LONGEST_MARKUP = 1_000_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f​-‏‪-‮⁦-⁩﻿\ud800-\udfff]")


def text_of(content: bytes, said: str | None) -> str:
    """Decode bytes with the declared charset if it fits, otherwise with the first that does; never fails."""
    named = (said or "").strip().casefold()
    wished = "" if UNUSUAL.search(named) else MEANT.get(named, named)
    for charset in (wished, *GUESSED):
        try:
            text = content.decode(charset or "utf-8")
            text.encode()  # lone surrogates, as UTF-7 lets them through, could not be stored
        except (LookupError, ValueError):
            continue
        return text
    return content.decode("gb18030", "replace")


def header(message: Message, name: str) -> str:
    """Return a header in one line, its encoded words decoded, even raw 8-bit ones; empty for none."""
    raw: object = message.get(name)
    if raw is None:
        return ""
    parts = decode_header(raw if isinstance(raw, Header) else _joined(str(raw)))
    said = "".join(part if isinstance(part, str) else text_of(part, _named(charset)) for part, charset in parts)
    return " ".join(plain(said).split())


def _named(charset: str | None) -> str | None:
    return None if charset == "unknown-8bit" else charset


def _joined(raw: str) -> str:
    """Separate encoded words that touch, or are folded without the required blank."""
    return re.sub(r"\?=\s*=\?", "?= =?", raw)


def plain(said: str) -> str:
    """Return text without control and direction characters, with one kind of line end."""
    return _CONTROL.sub("", said.replace("\r\n", "\n").replace("\r", "\n"))


def of_html(markup: str) -> str:
    """Return the visible text of HTML: no markup, no scripts, a line for each block.

    One pass from left to right, whatever the input: an unclosed element hides the rest.
    """
    lines = (" ".join(line.split()) for line in "".join(_seen(markup[:LONGEST_MARKUP])).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _seen(markup: str) -> Iterator[str]:
    """Yield the visible texts between the tags, with line breaks between blocks."""
    at, hidden = 0, 0
    while (opened := markup.find("<", at)) >= 0:
        if not hidden:
            yield _words(markup[at:opened])
        tag = TAG.match(markup, opened)
        if tag is None:  # 3 < 5
            yield "" if hidden else "<"
            at = opened + 1
            continue
        ends, name = tag[1] == "/", "" if tag[1] in {"!", "?"} else tag[2].casefold()
        if name in BLOCKS and not hidden and not (ends and name == "br"):
            yield "\n"
        if name in UNSEEN:
            hidden = max(hidden - 1, 0) if ends else hidden + 1
        elif name == "body":
            hidden = 0
        at = _behind(markup, tag)
        if at < 0:
            return
    if not hidden:
        yield _words(markup[at:])


def _behind(markup: str, tag: re.Match[str]) -> int:
    """Return the position after a tag, comment or element without markup; negative if it has no end."""
    if tag[2] == "--":
        end = markup.find("-->", tag.end())
        return end + 3 if end >= 0 else -1
    end = markup.find(">", tag.end())
    if end >= 0 and not tag[1] and tag[2].casefold() in RAW:
        closing = re.compile(f"</{tag[2]}", re.IGNORECASE).search(markup, end)
        return closing.start() if closing else -1
    return end + 1 if end >= 0 else -1


def _words(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(text))
