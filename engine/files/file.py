"""Uploaded files: stored under generated names, found by their row."""

import hashlib
import os
import secrets
import tempfile
from datetime import datetime
from pathlib import Path

from sqlalchemy import ForeignKey, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.core import clock
from engine.core.errors import NotFound
from engine.core.store import Base
from engine.files.preparing import Prepared


class File(Base):
    """One stored file. Its bytes are at `path(folder, file)`; `original_name` is only displayed, never used as a path.

    `complaint_id` or `request_id` with `task_id`, or `comment_id` for files among the staff, say what it belongs to, which decides who
    may see it. Until its form is sent, `brought_as` is the hash of a token known only to the browser that uploaded it,
    and `brought_from` that of the address it came from.
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
    request_id: Mapped[int | None] = mapped_column(index=True)
    task_id: Mapped[int | None] = mapped_column(index=True)
    comment_id: Mapped[int | None] = mapped_column(index=True)
    brought_as: Mapped[str | None] = mapped_column(String(64), index=True)
    brought_from: Mapped[str | None] = mapped_column(String(64), index=True)

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
    prepared: Prepared,
    *,
    by_id: int | None = None,
    place_id: int | None = None,
    complaint_id: int | None = None,
    request_id: int | None = None,
    task_id: int | None = None,
    comment_id: int | None = None,
) -> File:
    """Store a prepared upload below `folder` and return its row.

    If the transaction fails afterwards, the bytes stay without a row until `sweep`.
    """
    name = f"{secrets.token_hex(16)}.{prepared.kind.ending}"
    _write(folder / name[:2] / name, prepared.content)
    file = File(
        sha256=hashlib.sha256(prepared.content).hexdigest(),
        name=name,
        type=prepared.kind.type,
        size=len(prepared.content),
        original_name=prepared.name,
        uploaded_at=clock.now(),
        by_id=by_id,
        place_id=place_id,
        complaint_id=complaint_id,
        request_id=request_id,
        task_id=task_id,
        comment_id=comment_id,
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


def of_request(session: Session, request_id: int) -> list[File]:
    """Return the files of a request and its tasks, oldest first."""
    return list(session.scalars(_OF_REQUEST, {"request": request_id}))


_OF_REQUEST = select(File).where(File.request_id == bindparam("request")).order_by(File.id)
_OF_COMPLAINT = select(File).where(File.complaint_id == bindparam("complaint")).order_by(File.id)


def remove(session: Session, folder: Path, file: File) -> None:
    """Delete a file for good, its row and its bytes."""
    session.delete(file)
    session.flush()
    (folder / file.name[:2] / file.name).unlink(missing_ok=True)


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
