"""The tables of reports: a report, the cases behind its figures, when reports are made, and who gets them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.core.store import Base

OPEN = ("prepare", "check", "sign")
"""States in which somebody still works on a report; afterwards it is `signed`, `replaced` or `dropped`."""

FROZEN = ("signed", "replaced")


class Report(Base):
    """One report of a place and a period, in one revision. `until` is the day after its last.

    `content`: the figures and all else that was counted, as `contents` makes it, of `made_at`; it does not change any
    more once the report is signed. `summary` and `word` were typed by who prepared and who signed it, `reason` says why
    a revision above 1 was made, and `why_back` why it was sent back last. `digest` is the hash of everything that was
    signed, which also stands in the record.
    """

    __tablename__ = "reports"
    __table_args__ = (
        UniqueConstraint("place_id", "kind", "since", "revision"),
        Index("ix_reports_place_id_since", "place_id", "since"),
        Index("ix_reports_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(60), unique=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    kind: Mapped[str] = mapped_column(String(8))
    since: Mapped[date] = mapped_column(Date)
    until: Mapped[date] = mapped_column(Date)
    revision: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), unique=True)
    state: Mapped[str] = mapped_column(String(8))
    content: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    summary: Mapped[str] = mapped_column(Text, default="")
    word: Mapped[str] = mapped_column(Text, default="")
    why_back: Mapped[str] = mapped_column(Text, default="")
    prepared_at: Mapped[datetime | None]
    prepared_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    checked_at: Mapped[datetime | None]
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    signed_at: Mapped[datetime | None]
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    digest: Mapped[str] = mapped_column(String(64), default="")

    @property
    def is_frozen(self) -> bool:
        """Return whether its figures stay as they are: it was signed."""
        return self.state in FROZEN


class ReportCases(Base):
    """The complaints that one number of a report counts: `figure` is its code, `part` hit, of or excluded.

    `ids`: their ids, packed by `kept_cases`.
    """

    __tablename__ = "report_cases"

    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True)
    figure: Mapped[str] = mapped_column(String(60), primary_key=True)
    part: Mapped[str] = mapped_column(String(10), primary_key=True)
    count: Mapped[int]
    ids: Mapped[bytes] = mapped_column(LargeBinary)


class ReportPlan(Base):
    """Reports of a kind and level are made by themselves on this day: of the month, of the quarter, or of the week."""

    __tablename__ = "report_plans"

    kind: Mapped[str] = mapped_column(String(8), primary_key=True)
    level: Mapped[str] = mapped_column(String(12), primary_key=True)
    day: Mapped[int]


class ReportReader(Base):
    """Somebody who is told of every signed report that they may see."""

    __tablename__ = "report_readers"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
