"""Files uploaded by outsiders whose form is not sent yet: bounded for each address, kept for a day."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from engine.core import clock
from engine.files import limits
from engine.files.file import File, keep, remove
from engine.files.kinds import MEGA
from engine.files.limits import WAITING
from engine.files.preparing import Prepared

_FROM = func.coalesce(File.brought_from, "")
_ALL = select(_FROM, func.sum(File.size)).where(File.brought_as.is_not(None)).group_by(_FROM)
_OLDEST = select(File).where(File.brought_as.is_not(None), bindparam("source") == _FROM).order_by(File.id)


def hold(session: Session, folder: Path, prepared: Prepared, *, brought_as: str, brought_from: str) -> File:
    """Store an upload until its form is sent; where there is no room, the oldest of the same address go first.

    If all addresses together leave no room, the oldest of the one that holds most go.
    """
    _make_room(session, folder, brought_from, len(prepared.content))
    file = keep(session, folder, prepared)
    file.brought_as, file.brought_from = brought_as, brought_from
    session.flush()
    return file


def _make_room(session: Session, folder: Path, source: str, size: int) -> None:
    held: dict[str, int] = {each: int(sum_) for each, sum_ in session.execute(_ALL)}
    own = limits.of(session)[WAITING].megabytes * MEGA
    _drop(session, folder, source, held.get(source, 0) + size - own)
    beyond = sum(held.values()) + size - limits.MOST_WAITING * MEGA
    if beyond > 0:
        _drop(session, folder, max(held, key=lambda each: held[each]), beyond)


def _drop(session: Session, folder: Path, source: str, bytes_: int) -> None:
    """Delete the oldest files of an address until at least this many bytes are free."""
    if bytes_ <= 0:
        return
    for file in session.scalars(_OLDEST, {"source": source}).all():
        remove(session, folder, file)
        bytes_ -= file.size
        if bytes_ <= 0:
            return


def claim(file: File, *, place_id: int, complaint_id: int | None = None, request_id: int | None = None) -> None:
    """Attach a waiting file to the complaint or request that it was uploaded for."""
    file.complaint_id, file.request_id, file.place_id = complaint_id, request_id, place_id
    file.brought_as = file.brought_from = None


def drop_unclaimed(session: Session, folder: Path, *, older_than: timedelta = timedelta(days=1)) -> int:
    """Delete files uploaded with a form that was never sent; return how many."""
    asked = select(File).where(
        File.complaint_id.is_(None),
        File.request_id.is_(None),
        File.task_id.is_(None),
        File.comment_id.is_(None),
        File.uploaded_at < clock.now() - older_than,
    )
    found = session.scalars(asked).all()
    for file in found:
        remove(session, folder, file)
    return len(found)
