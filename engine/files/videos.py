"""Read the length of phone videos, and remove the place where they were taken.

Nothing is re-encoded. In MP4 and MOV the boxes that hold places, names and maker's notes are blanked in place, in WebM
the tags are: the file keeps its length, so that all offsets in it stay valid.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

INSIDE = frozenset({b"moov", b"trak"})
"""Boxes that contain other boxes of interest."""

TELLING = frozenset({b"udta", b"meta", b"uuid", b"XMP_"})
"""Boxes not needed for playing that may tell where and by whom it was taken."""

SEGMENT, INFO, TAGS, SCALE, DURATION = 0x18538067, 0x1549A966, 0x1254C367, 0x2AD7B1, 0x4489
VOID = 0xEC
NANO = 10**9


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a file: its type, where its header and its content begin, where it ends."""

    kind: bytes
    begins: int
    inside: int
    ends: int


def boxes(content: bytes | bytearray, begins: int, ends: int) -> Iterator[Box]:
    """Yield the boxes of an MP4 or MOV between two offsets; stops at the first invalid one."""
    while begins + 8 <= ends:
        size, kind = struct.unpack_from(">I4s", content, begins)
        inside = begins + 8
        if size == 1 and begins + 16 <= ends:
            size, inside = struct.unpack_from(">Q", content, begins + 8)[0], begins + 16
        over = begins + size if size else ends
        if over < inside or over > ends:
            return
        yield Box(kind, begins, inside, over)
        begins = over


def has_index(content: bytes) -> bool:
    """Return whether an MP4 or MOV has its index; a truncated upload mostly has none."""
    return any(each.kind == b"moov" for each in boxes(content, 0, len(content)))


def seconds(content: bytes, *, webm: bool = False) -> float | None:
    """Return how long a video runs, in seconds; None when the file does not say."""
    return _seconds_of_webm(content) if webm else _seconds_of_boxes(content)


def bare(content: bytes, *, webm: bool = False) -> bytes:
    """Return the video without what tells where and by whom it was taken."""
    blank = bytearray(content)
    if webm:
        _blank_tags(blank)
    else:
        _blank_boxes(blank, 0, len(blank))
    return bytes(blank)


def _blank_boxes(blank: bytearray, begins: int, ends: int) -> None:
    for box in boxes(blank, begins, ends):
        if box.kind in TELLING:
            blank[box.begins + 4 : box.begins + 8] = b"free"
            blank[box.inside : box.ends] = bytes(box.ends - box.inside)
        elif box.kind in INSIDE:
            _blank_boxes(blank, box.inside, box.ends)


def _seconds_of_boxes(content: bytes) -> float | None:
    for outer in boxes(content, 0, len(content)):
        for box in boxes(content, outer.inside, outer.ends) if outer.kind == b"moov" else ():
            if box.kind == b"mvhd" and box.ends - box.inside >= 20:
                return _length(content, box)
    return None


def _length(content: bytes, header: Box) -> float | None:
    long = content[header.inside] == 1
    if long and header.ends - header.inside < 32:
        return None
    unit, length = struct.unpack_from(">IQ" if long else ">II", content, header.inside + (20 if long else 12))
    return length / unit if unit else None


# ---- WebM --------------------------------------------------------------------------------------------------------


def elements(content: bytes | bytearray, begins: int, ends: int) -> Iterator[tuple[int, Box]]:
    """Yield the elements of a WebM between two offsets, by id; one of unknown length ends the walk."""
    while begins < ends:
        wide, whole = _width(content, begins), _width(content, begins + _width(content, begins))
        if not wide or not whole or begins + wide + whole > ends:
            return
        key = int.from_bytes(content[begins : begins + wide], "big")
        size = int.from_bytes(content[begins + wide : begins + wide + whole], "big") & ((1 << 7 * whole) - 1)
        inside = begins + wide + whole
        unknown = size == (1 << 7 * whole) - 1
        over = ends if unknown else inside + size
        if over > ends:
            return
        yield key, Box(bytes(content[begins : begins + wide]), begins, inside, over)
        begins = over


def _width(content: bytes | bytearray, at: int) -> int:
    """Return the length in bytes of a variable-length number, by its first byte; 0 if invalid."""
    return 9 - content[at].bit_length() if at < len(content) and content[at] else 0


def _segments(content: bytes | bytearray) -> Iterator[Box]:
    return (box for key, box in elements(content, 0, len(content)) if key == SEGMENT)


def _blank_tags(blank: bytearray) -> None:
    found = [box for whole in _segments(blank) for key, box in elements(blank, whole.inside, whole.ends) if key == TAGS]
    for box in found:
        length = box.ends - box.begins
        if length >= 9:
            size = (1 << 56 | (length - 9)).to_bytes(8, "big")
            blank[box.begins : box.ends] = bytes([VOID]) + size + bytes(length - 9)


def _seconds_of_webm(content: bytes) -> float | None:
    for whole in _segments(content):
        for key, info in elements(content, whole.inside, whole.ends):
            if key == INFO:
                return _length_of_webm(content, info)
    return None


def _length_of_webm(content: bytes, info: Box) -> float | None:
    scale, length = 1_000_000, None
    for key, box in elements(content, info.inside, info.ends):
        value = content[box.inside : box.ends]
        if key == SCALE:
            scale = int.from_bytes(value, "big")
        elif key == DURATION and len(value) in (4, 8):
            length = struct.unpack(">f" if len(value) == 4 else ">d", value)[0]
    return length * scale / NANO if length is not None and 0 <= length < 10**15 else None
