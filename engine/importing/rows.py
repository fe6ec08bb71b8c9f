"""Uploaded import files and their results."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.core.store import Base


class Import(Base):
    """One file. `state`: brought (checked, nothing written), waiting, running, done or failed.

    `columns`: the person's choice of columns, name to field; `shape` identifies files with the same columns. `counts`,
    `faults` and `notes` are of the last check, or of the import once it is done. The bytes are deleted when no longer
    needed: they hold personal data. `told`: what is shown beside the counts (addresses, words without a meaning, and
    what was undone). `return_retired`: retired homes in the file are used again; `mail_links`: new people get their
    one-time link by mail.
    """

    __tablename__ = "imports"
    __table_args__ = (Index("ix_imports_kind_shape", "kind", "shape"), Index("ix_imports_at", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    shape: Mapped[str] = mapped_column(String(64), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    community_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    open_all: Mapped[bool] = mapped_column(default=False)
    columns: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(10), default="brought")
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    faults: Mapped[list[Any]] = mapped_column(default=list)
    notes: Mapped[list[Any]] = mapped_column(default=list)
    looked_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    return_retired: Mapped[bool] = mapped_column(default=False)
    mail_links: Mapped[bool] = mapped_column(default=False)
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)
    job_id: Mapped[int | None]
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    refused: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    ending: Mapped[str] = mapped_column(String(5), default="")

    @property
    def refused_name(self) -> str:
        """Return the name of the file of refused rows."""
        stem = self.name.rsplit("/", 1)[-1]
        for ending in (".gz", ".csv", ".xlsx", ".txt", ".tsv"):
            stem = stem.removesuffix(ending)
        return f"{stem}.refused{self.ending}"
