"""Uploaded files: checked, re-encoded, stored under generated names, found by their row."""

import hashlib
import os
import secrets
import tempfile
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import ForeignKey, String, bindparam, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.core import clock
from engine.core.errors import NotFound
from engine.core.store import Base
from engine.files import limits, videos
from engine.files.images import redraw
from engine.files.kinds import MEGA, PDF, WEBM, BadFile, FileKind, kind_of
from engine.files.limits import Limit

CHUNK = 64 * 1024
START = 64
"""The first bytes that identify a file's kind."""


class File(Base):
    """One stored file. Its bytes are at `path(folder, file)`; `original_name` is only displayed, never used as a path.

    `complaint_id` and `task_id`, or `comment_id` for files among the staff, say what it belongs to, which decides who
    may see it. `brought_as`: the hash of a token known only to the browser that uploaded it before its form was sent.
    """

    __tablename__ = "files"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(60), unique=True)
    type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    original_name: Mapped[str] = mapped_column(String(120))
    uploaded_at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    complaint_id: Mapped[int | None] = mapped_column(index=True)
    task_id: Mapped[int | None] = mapped_column(index=True)
    comment_id: Mapped[int | None] = mapped_column(index=True)
    brought_as: Mapped[str | None] = mapped_column(String(64), index=True)

    @property
    def is_image(self) -> bool:
        """Return whether a page can show it as a picture."""
        return self.type.startswith("image/")

    @property
    def is_video(self) -> bool:
        """Return whether a page can play it."""
        return self.type.startswith("video/")


def keep(
    session: Session,
    folder: Path,
    stream: BinaryIO,
    original_name: str,
    *,
    by_id: int | None = None,
    place_id: int | None = None,
    complaint_id: int | None = None,
    task_id: int | None = None,
    comment_id: int | None = None,
    brought_as: str | None = None,
) -> File:
    """Check the content of `stream`, store it below `folder` and return its row.

    Raises `BadFile`, in words for the person, for an empty, unsupported, damaged or too large file. If the transaction
    fails afterwards, the bytes stay without a row until `sweep`.
    """
    said = _shown_name(original_name)
    content, kind = _checked(stream, said, limits.of(session))
    name = f"{secrets.token_hex(16)}.{kind.ending}"
    _write(folder / name[:2] / name, content)
    file = File(
        sha256=hashlib.sha256(content).hexdigest(),
        name=name,
        type=kind.type,
        size=len(content),
        original_name=said,
        uploaded_at=clock.now(),
        by_id=by_id,
        place_id=place_id,
        complaint_id=complaint_id,
        task_id=task_id,
        comment_id=comment_id,
        brought_as=brought_as,
    )
    session.add(file)
    session.flush()
    return file


def path(folder: Path, file: File) -> Path:
    """Return the path of a file's bytes. Raises `NotFound` when they are gone."""
    found = folder / file.name[:2] / file.name
    if not found.is_file():
        raise NotFound
    return found


def of_complaint(session: Session, complaint_id: int) -> list[File]:
    """Return the files of a complaint and its tasks, oldest first."""
    return list(session.scalars(_OF_COMPLAINT, {"complaint": complaint_id}))


_OF_COMPLAINT = select(File).where(File.complaint_id == bindparam("complaint")).order_by(File.id)


def remove(session: Session, folder: Path, file: File) -> None:
    """Delete a file for good, its row and its bytes."""
    session.delete(file)
    session.flush()
    (folder / file.name[:2] / file.name).unlink(missing_ok=True)


def waiting(session: Session) -> int:
    """Return the number of bytes uploaded by outsiders whose form was not sent yet."""
    return session.scalar(select(func.sum(File.size)).where(File.brought_as.is_not(None))) or 0


def drop_unclaimed(session: Session, folder: Path, *, older_than: timedelta = timedelta(days=1)) -> int:
    """Delete files uploaded with a form that was never sent; return how many."""
    asked = select(File).where(
        File.complaint_id.is_(None),
        File.task_id.is_(None),
        File.comment_id.is_(None),
        File.uploaded_at < clock.now() - older_than,
    )
    found = session.scalars(asked).all()
    for file in found:
        remove(session, folder, file)
    return len(found)


def sweep(session: Session, folder: Path, *, older_than: float = 86_400) -> int:
    """Delete bytes without a row (their transaction failed) older than this many seconds; return how many."""
    if not folder.is_dir():
        return 0
    swept = 0
    now = _file_time(folder)
    for drawer in sorted(each for each in folder.glob("??") if each.is_dir()):
        known = set(session.scalars(select(File.name).where(File.name.startswith(drawer.name))))
        for found in drawer.iterdir():
            if found.name not in known and now - found.stat().st_mtime > older_than:
                found.unlink()
                swept += 1
    return swept


def _file_time(folder: Path) -> float:
    """Return the time of the file system, in seconds: the company's clock may be turned, that of files is not."""
    with tempfile.TemporaryFile(dir=folder) as fresh:
        return os.fstat(fresh.fileno()).st_mtime


def _checked(stream: BinaryIO, name: str, allowed: Mapping[str, Limit]) -> tuple[bytes, FileKind]:
    start = stream.read(START)
    kind = kind_of(start, name)
    limit = allowed[kind.sort]
    content = _read(stream, start, limit.megabytes * MEGA, name)
    if kind.is_image:
        return redraw(BytesIO(content), name)
    if kind.sort == "video":
        return _video(content, kind, limit, name), kind
    if kind is PDF and b"%%EOF" not in content[-2048:]:
        raise BadFile(
            name=name, why_zh="PDF 不完整，请重新上传。", why_en="the PDF is incomplete; please add it again."
        )
    return content, kind


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


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = target.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        except OSError:  # disk full: the partial file is useless, and in the way of the next attempt
            fresh.unlink()
            raise
    fresh.replace(target)


def _shown_name(name: str) -> str:
    """Return a file's own name for display: its last part, printable, short."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(each for each in last if unicodedata.category(each)[0] != "C").strip()
    stem, dot, ending = kept.rpartition(".")
    return (f"{stem[: 100 - len(ending[:10])]}{dot}{ending[:10]}" if dot else kept[:100]) or "file"
