"""Limits on file size and video length, which a company can change."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.core.errors import Invalid
from engine.core.store import Base

MOST_MEGABYTES = 75
"""The largest request, 80 MB, whatever a company allows."""


class FileLimit(Base):
    """A company's own limit on one sort of file (photo, paper, video), or on what waits for its form (waiting)."""

    __tablename__ = "file_limits"

    sort: Mapped[str] = mapped_column(String(10), primary_key=True)
    megabytes: Mapped[int]
    seconds: Mapped[int | None]
    megapixels: Mapped[int | None]


@dataclass(frozen=True, slots=True)
class Limit:
    """The limit in megabytes; for videos also in seconds, for photos in megapixels (of 1024 times 1024)."""

    megabytes: int
    seconds: int | None = None
    megapixels: int | None = None


WAITING = "waiting"
"""What everybody at one address together has uploaded and not sent yet, in megabytes."""

USUAL: Mapping[str, Limit] = MappingProxyType(
    {"photo": Limit(20, megapixels=50), "paper": Limit(20), "video": Limit(50, 60), WAITING: Limit(500)}
)
"""Defaults: our own proposal. The cameras of phones have 50 megapixels at most, as they are usually set."""

MOST_MEGAPIXELS = 80
"""Decoding takes up to 17 megabytes of memory each (WebP); Pillow itself warns above 85."""

MOST_WAITING = 4096
"""Megabytes that may wait for their forms altogether, so that strangers cannot fill the disk."""


def of(session: Session) -> Mapping[str, Limit]:
    """Return the limit on each sort of file, in one statement."""
    own = {row.sort: _with_usual(row) for row in session.scalars(select(FileLimit))}
    return {**USUAL, **own}


def _with_usual(row: FileLimit) -> Limit:
    """Return a company's limit; before there were limits on pixels, it left them out."""
    return Limit(row.megabytes, row.seconds, row.megapixels or USUAL[row.sort].megapixels)


def change(session: Session, sort: str, limit: Limit) -> None:
    """Set the limit on a sort of file. Raises `Invalid` for figures out of bounds."""
    wrong: dict[str, tuple[str, str]] = {}
    most = MOST_WAITING if sort == WAITING else MOST_MEGABYTES
    if sort not in USUAL or not 1 <= limit.megabytes <= most:
        wrong[sort] = (f"请填 1 到 {most} MB。", f"Give 1 to {most:,} MB.")
    if limit.seconds is not None and not 5 <= limit.seconds <= 3600:
        wrong[f"{sort}_seconds"] = ("请填 5 到 3600 秒。", "Give 5 to 3,600 seconds.")
    if limit.megapixels is not None and not 1 <= limit.megapixels <= MOST_MEGAPIXELS:
        wrong[f"{sort}_megapixels"] = (f"请填 1 到 {MOST_MEGAPIXELS}。", f"Give 1 to {MOST_MEGAPIXELS}.")
    if wrong:
        raise Invalid(wrong)
    session.merge(FileLimit(sort=sort, megabytes=limit.megabytes, seconds=limit.seconds, megapixels=limit.megapixels))
    session.flush()
