"""Text out of mails, whatever it was written in: many say one charset and mean another, or say none."""

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
"""Charsets that are said → those that read it: what says GB2312 is mostly GBK, and each is a part of GB18030."""

UNUSUAL = re.compile("escape|punycode|idna|codec|undefined|mbcs|oem")
"""Ways to write that no mail means, some of them endless to read."""

GUESSED = ("utf-8", "gb18030", "big5")
BLOCKS = frozenset(
    {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "ul", "ol"}
)
UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript"})
RAW = frozenset({"script", "style"})
"""Elements whose inside is no markup."""

TAG = re.compile(r"<([/!?]?)([a-zA-Z][a-zA-Z0-9:-]{0,40}|(?<=!)(?:--|\[))")
LONGEST_MARKUP = 1_000_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f​-‏‪-‮⁦-⁩﻿\ud800-\udfff]")


def text_of(content: bytes, said: str | None) -> str:
    """Bytes as text: in the charset that is said where it fits, else in the first that does; nothing is refused."""
    named = (said or "").strip().casefold()
    wished = "" if UNUSUAL.search(named) else MEANT.get(named, named)
    for charset in (wished, *GUESSED):
        try:
            text = content.decode(charset or "utf-8")
            text.encode()  # halves of pairs alone, as UTF-7 lets them through, could not be kept
        except (LookupError, ValueError):
            continue
        return text
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


def of_html(markup: str) -> str:
    """What somebody would read of HTML: no markup, no scripts, a line for each block.

    One walk from left to right, whatever strangers send: what is not closed hides the rest.
    """
    lines = (" ".join(line.split()) for line in "".join(_seen(markup[:LONGEST_MARKUP])).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _seen(markup: str) -> Iterator[str]:
    """The texts between the tags that are seen, blocks parted by line breaks."""
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
    """Where it goes on behind a tag or comment, at its own end where it holds no markup; negative: it has no end."""
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
