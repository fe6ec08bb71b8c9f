"""`winmail.dat`: text and files as Outlook packs them for itself (MS-OXTNEF)."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from engine.mail_in import decoding

SIGNATURE = 0x223E9F78
BODY, MESSAGE_PROPERTIES = 0x0002800C, 0x00069003
BEGIN_FILE, FILE_TITLE, FILE_DATA, FILE_PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
HTML, LONG_NAME, PLAIN = 0x1013, 0x3707, 0x1000
SIZES = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
VARIABLE = frozenset({0x0D, 0x1E, 0x1F, 0x102})
MOST_FILES = 20


class NotPacked(Exception):
    """Not such a file, or damaged."""


@dataclass(frozen=True, slots=True)
class Packed:
    """The text and the files, each with its name."""

    text: str
    is_html: bool
    files: tuple[tuple[str, bytes], ...]


def opened(content: bytes) -> Packed:
    """Return what is packed. Raises `NotPacked`."""
    text, page = "", ""
    files: list[tuple[str, bytes]] = []
    try:
        for kind, value in _attributes(content):
            if kind == BODY:
                text = _string(value)
            elif kind == MESSAGE_PROPERTIES:
                said = dict(_properties(value))
                page, text = _string(said.get(HTML, b"")), text or _string(said.get(PLAIN, b""))
            elif kind == BEGIN_FILE and len(files) < MOST_FILES:
                files.append(("", b""))
            elif files and kind == FILE_TITLE:
                files[-1] = (files[-1][0] or _string(value), files[-1][1])
            elif files and kind == FILE_DATA:
                files[-1] = (files[-1][0], value)
            elif files and kind == FILE_PROPERTIES:
                files[-1] = (_string(dict(_properties(value)).get(LONG_NAME, b"")) or files[-1][0], files[-1][1])
    except (struct.error, ValueError):
        raise NotPacked from None
    return Packed(page or text, bool(page), tuple((name or "winmail", held) for name, held in files if held))


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    if len(content) < 6 or struct.unpack_from("<I", content)[0] != SIGNATURE:
        raise NotPacked
    at = 6
    while at + 9 <= len(content):
        _level, kind, size = struct.unpack_from("<BII", content, at)
        if at + 9 + size > len(content):
            raise NotPacked
        yield kind, content[at + 9 : at + 9 + size]
        at += 9 + size + 2  # a checksum follows


def _properties(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the numbers and bytes of properties; ends at one that is none of the usual kinds."""
    (count,) = struct.unpack_from("<I", content)
    at = 4
    for _ in range(min(count, 1_000)):
        kind, number = struct.unpack_from("<HH", content, at)
        at += 4
        if number >= 0x8000:  # a named one: its name comes first
            at += 16
            is_text, size = struct.unpack_from("<II", content, at)
            at += 8 + (size + -size % 4 if is_text else 0)
        if kind in SIZES:
            at += SIZES[kind]
        elif kind in VARIABLE:
            many, size = struct.unpack_from("<II", content, at)
            if many != 1:
                return
            value = content[at + 8 : at + 8 + size]
            yield number, value.decode("utf-16-le", "replace").encode() if kind == 0x1F else value
            at += 8 + size + -size % 4
        else:
            return


def _string(value: bytes) -> str:
    return decoding.text_of(value.rstrip(b"\0"), None)
