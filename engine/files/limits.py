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
    """A company's own limit on one sort of file (photo, paper, video)."""

    __tablename__ = "file_limits"

    sort: Mapped[str] = mapped_column(String(10), primary_key=True)
    megabytes: Mapped[int]
    seconds: Mapped[int | None]


@dataclass(frozen=True, slots=True)
class Limit:
    """The limit in megabytes; for videos also in seconds."""

    megabytes: int
    seconds: int | None = None


USUAL: Mapping[str, Limit] = MappingProxyType({"photo": Limit(20), "paper": Limit(20), "video": Limit(50, 60)})
"""Defaults: our own proposal."""


def of(session: Session) -> Mapping[str, Limit]:
    """Return the limit on each sort of file, in one statement."""
    own = {row.sort: Limit(row.megabytes, row.seconds) for row in session.scalars(select(FileLimit))}
    return {**USUAL, **own}


def change(session: Session, sort: str, megabytes: int, seconds: int | None = None) -> None:
    """Set the limit on a sort of file. Raises `Invalid` for figures out of bounds."""
    wrong: dict[str, tuple[str, str]] = {}
    if sort not in USUAL or not 1 <= megabytes <= MOST_MEGABYTES:
        wrong[sort] = (f"请填 1 到 {MOST_MEGABYTES} MB。", f"Give 1 to {MOST_MEGABYTES} MB.")
    if seconds is not None and not 5 <= seconds <= 3600:
        wrong[f"{sort}_seconds"] = ("请填 5 到 3600 秒。", "Give 5 to 3,600 seconds.")
    if wrong:
        raise Invalid(wrong)
    session.merge(FileLimit(sort=sort, megabytes=megabytes, seconds=seconds))
    session.flush()
