"""Look through what was uploaded, before the transaction that stores it."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from engine.core import parsing
from engine.files import videos
from engine.files.images import redraw
from engine.files.kinds import MEGA, PDF, WEBM, BadFile, FileKind, kind_of
from engine.files.limits import Limit

CHUNK = 64 * 1024
START = 64
"""The first bytes that identify a file's kind."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """An accepted upload: its name for display, its kind, and the bytes to store (a photo is drawn anew)."""

    name: str
    kind: FileKind
    content: bytes


def prepare(
    stream: BinaryIO, original_name: str, allowed: Mapping[str, Limit], patience: float | None = None
) -> Prepared:
    """Check the content of `stream` and return what of it may be stored; `allowed`: the limit on each sort of file.

    Raises `BadFile`, in words for the person, for an empty, unsupported, damaged or too large file; `Busy`; and
    `WhileLocked` within a transaction that writes.
    """
    name = _shown_name(original_name)
    start = stream.read(START)
    kind = kind_of(start, name)
    limit = allowed[kind.sort]
    content = _read(stream, start, limit.megabytes * MEGA, name)
    with parsing.alone(patience):
        return _look_through(content, kind, limit, name)


def _look_through(content: bytes, kind: FileKind, limit: Limit, name: str) -> Prepared:
    if kind.sort == "photo":
        drawn, kind = redraw(content, kind, name, most_pixels=(limit.megapixels or 0) * MEGA)
        return Prepared(name, kind, drawn)
    if kind.sort == "video":
        return Prepared(name, kind, _video(content, kind, limit, name))
    if kind is PDF and b"%%EOF" not in content[-2048:]:
        raise BadFile(
            name=name, why_zh="PDF 不完整，请重新上传。", why_en="the PDF is incomplete; please add it again."
        )
    return Prepared(name, kind, content)


def _video(content: bytes, kind: FileKind, limit: Limit, name: str) -> bytes:
    webm = kind is WEBM
    if not webm and not videos.has_index(content):
        raise BadFile(
            name=name, why_zh="视频不完整，请重新上传。", why_en="the video is incomplete; please add it again."
        )
    length = videos.seconds(content, webm=webm)
    if limit.seconds is not None and length is not None and length > limit.seconds + 1:
        raise BadFile(
            name=name,
            why_zh=f"视频长 {length:.0f} 秒，最多 {limit.seconds} 秒。请剪短，或分段拍摄。",
            why_en=f"it runs for {length:.0f} seconds, {limit.seconds} at most. Please cut it, or film in parts.",
        )
    return videos.bare(content, webm=webm)


def _read(stream: BinaryIO, start: bytes, most: int, name: str) -> bytes:
    """Read all of it, up to the limit; `start` was read already."""
    content = bytearray(start)
    while chunk := stream.read(CHUNK):
        content += chunk
        if len(content) > most:
            raise _too_large(name, most)
    return bytes(content)


def _too_large(name: str, most: int) -> BadFile:
    return BadFile(name=name, why_zh=f"文件超过 {most // MEGA} MB。", why_en=f"it is larger than {most // MEGA} MB.")


def _shown_name(name: str) -> str:
    """Return a file's own name for display: its last part, printable, short."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(each for each in last if unicodedata.category(each)[0] != "C").strip()
    stem, dot, ending = kept.rpartition(".")
    return (f"{stem[: 100 - len(ending[:10])]}{dot}{ending[:10]}" if dot else kept[:100]) or "file"
