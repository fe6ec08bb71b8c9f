"""Decode mail text in any charset: many mails declare the wrong one, or none."""

import base64
import binascii
import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message

MEANT = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "hz-gb-2312": "hz",
    "big5": "big5hkscs",
    "utf8": "utf-8",
}
"""Declared charsets → those that read them: GB2312 is mostly GBK, and each is a part of GB18030."""

UNUSUAL = re.compile("escape|punycode|idna|codec|undefined|mbcs|oem|rot13")
"""Codecs that no mail means, some of them endless to read."""

WESTERN = re.compile(r"(?:us-)?ascii|ansi.*|iso-?8859-?\d+|latin-?\d*|windows-125\d|cp125\d|")
"""What mailers declare that know nothing of charsets; empty: nothing declared."""

MOST_DOUBTED = 24
"""Bytes: of a shorter text, one cannot tell which Chinese it is from its look."""

ENCODED = re.compile(r"=\?[^?\s]+\?[bq]\?[^?]*\?=(?:\s*=\?[^?\s]+\?[bq]\?[^?]*\?=)*", re.IGNORECASE)
"""Words that are encoded (RFC 2047), one after the other."""

_HAN = re.compile(rb"[\xe1-\xef][\x80-\xbf]{2}")
_PAIR = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]")
_UNSEEN = re.compile(r"[\s\u00ad\u034f\u115f\u1160\u2800\u3164\uffa0>]+")


def text_of(content: bytes, said: str | None) -> str:
    """Decode bytes with the declared charset unless they are plainly in another; never fails."""
    named = (said or "").strip(" \"'").casefold()
    declared = "" if UNUSUAL.search(named) else MEANT.get(named, named)
    unsaid = WESTERN.fullmatch(declared) is not None or _strict(b"", declared) is None
    unicode = _strict(content, "utf-8-sig")
    if unicode is not None and (unsaid or _HAN.search(content)):  # Chinese in UTF-8 can be read as GBK, too
        return unicode
    looks = _chinese(content)
    mistaken = looks and declared in {"gb18030", "big5hkscs"} and len(content) >= MOST_DOUBTED
    wished = (looks or "cp1252") if unsaid else looks if mistaken else declared
    for charset in (wished, "utf-8"):
        if (text := _strict(content, charset)) is not None:
            return text
    mended = content.decode("utf-8", "replace")
    broken, fine = mended.count("\ufffd"), sum(each > "\x7f" for each in mended)
    if broken <= 1 + fine // 20 and fine > 2 * broken:
        return mended
    found = _strict(content, looks or "cp1252")
    return found if found is not None else content.decode("gb18030", "replace")


def _strict(content: bytes, charset: str) -> str | None:
    try:
        text = content.decode(charset)
        text.encode()  # lone surrogates, as UTF-7 lets them through, could not be stored
    except (LookupError, ValueError):
        return None
    return text


def _chinese(content: bytes) -> str:
    """Return the charset of Chinese that bytes are in by their look; empty for other languages.

    In GB2312 both bytes of a sign are above 0xA0; in Big5 every third sign has a second byte below 0x7F.
    """
    pairs = _PAIR.findall(content)
    common = sum(0xA1 <= first <= 0xF7 and second >= 0xA1 for first, second in pairs)
    big = sum(0xA1 <= first <= 0xC6 and (second < 0x7F or second >= 0xA1) for first, second in pairs)
    low = sum(second < 0x7F for _first, second in pairs)
    if big > 0.9 * len(pairs) and low > 0.15 * len(pairs) and 2 * big > 0.9 * sum(each > 0x7F for each in content) > 2:
        return "big5hkscs"
    return "gb18030" if pairs and common > 0.6 * len(pairs) else ""


def body(part: Message) -> bytes:
    """Return the bytes of a part that is no container, whatever is wrong with its transfer encoding."""
    declared = str(part.get("Content-Transfer-Encoding", ""))
    said = re.sub(r"\(.*?\)|[\s\"]", "", declared)
    if said != declared:
        del part["Content-Transfer-Encoding"]
        part["Content-Transfer-Encoding"] = said
    content = part.get_payload(decode=True)
    whole = content if isinstance(content, bytes) else b""
    if said.casefold() != "base64" or not part.defects:
        return whole
    raw = str(part.get_payload()).encode("utf-8", "surrogateescape")
    lines = [line.strip(b"> \t\r") for line in raw.split(b"\n")]
    pure = b"".join(line for line in lines if re.fullmatch(rb"[A-Za-z0-9+/]+={0,2}", line))
    if 2 * len(pure) < len(raw):  # it is not base64 at all
        return raw
    try:
        return base64.b64decode(pure + b"=" * (-len(pure) % 4))
    except binascii.Error:
        return whole


def flowed(text: str, *, joined: bool = False) -> str:
    """Return text of `format=flowed` with its paragraphs in one line each (RFC 3676); `joined`: `DelSp=yes`."""
    lines: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        rest = line[depth:].removeprefix(" ")
        soft = rest.endswith(" ") and rest != "-- "
        kept = rest[:-1] if soft and joined else rest
        if depth == open_depth and rest != "-- ":
            lines[-1] += kept
        else:
            lines.append(f"{'>' * depth} {kept}" if depth else kept)
        open_depth = depth if soft else -1
    return "\n".join(line.rstrip() for line in lines)


def header(message: Message, name: str) -> str:
    """Return a header in one line, its encoded words decoded, even raw 8-bit ones; empty for none."""
    return words(next(iter(raw(message, name)), ""))


def raw(message: Message, name: str) -> list[str]:
    """Return the values of a header as they came, raw bytes read in the charset that they seem to be in."""
    found = (str(value) for each, value in message.raw_items() if each.casefold() == name.casefold())
    return [
        each if each.isascii() else text_of(each.encode("utf-8", "surrogateescape"), None)  # escaped by the parser
        for each in found
    ]


def words(said: str) -> str:
    """Return a header's value in one line, its encoded words decoded, even those that touch."""
    return " ".join(plain(ENCODED.sub(lambda run: _decoded(run[0]), said)).split())


def _decoded(run: str) -> str:
    try:
        parts = decode_header(re.sub(r"\?=\s*=\?", "?= =?", run))
    except HeaderParseError:
        return run
    return "".join(part if isinstance(part, str) else text_of(part, charset) for part, charset in parts)


def plain(said: str) -> str:
    """Return text without control and direction characters, with one kind of line end."""
    return _CONTROL.sub("", said.replace("\r\n", "\n").replace("\r", "\n"))


def seen(said: str) -> str:
    """Return the signs of a text that one sees, without blanks, quotation marks and addresses of pages."""
    return _UNSEEN.sub("", re.sub(r"<?https?://[^\s<>]+>?", "", plain(said)))
