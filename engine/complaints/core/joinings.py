"""Complaints handled together: joined under one lead, or merged as repeats of an earlier one."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, bindparam, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.complaints.core.complaint import Complaint
from engine.core.store import Base

GROUP, REPEAT, BECAME = "group", "repeat", "became"
"""Kinds: several complaints about one matter; a repeat; a repair or enquiry that turned into a complaint."""


class Joining(Base):
    """One complaint follows another, its lead.

    `counted`: how many households it added to the lead's. It holds until `parted_at`; `ended` says why it ended:
    "parted" (by hand), "undone" (a merge taken back), "told" (the lead's result was told), "lead_ended" (the lead
    ended without a result), "closed" (it ended by itself).
    """

    __tablename__ = "joinings"
    __table_args__ = (
        Index("ix_joinings_lead_id_at", "lead_id", "at"),
        Index("ix_joinings_follower_id_at", "follower_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lead_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    follower_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    kind: Mapped[str] = mapped_column(String(10))
    counted: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    parted_at: Mapped[datetime | None]
    parted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    ended: Mapped[str | None] = mapped_column(String(12))

    @property
    def holds(self) -> bool:
        """Return whether it still follows the lead."""
        return self.parted_at is None


def is_joined(session: Session, complaint: Complaint) -> bool:
    """Return whether a complaint was ever joined with another; few are."""
    return session.scalar(_ANY, {"complaint": complaint.id}) is not None


_ANY = (
    select(Joining.id)
    .where(or_(Joining.lead_id == bindparam("complaint"), Joining.follower_id == bindparam("complaint")))
    .limit(1)
)


def present(session: Session, follower: Complaint) -> Joining | None:
    """Return the joining by which a complaint follows another now, or None."""
    asked = select(Joining).where(
        Joining.follower_id == follower.id, Joining.parted_at.is_(None), Joining.kind != BECAME
    )
    return session.scalar(asked.order_by(Joining.id.desc()).limit(1))


def latest(session: Session, follower: Complaint) -> Joining | None:
    """Return the last joining of a complaint, whether it still holds or not."""
    asked = select(Joining).where(Joining.follower_id == follower.id, Joining.kind != BECAME)
    return session.scalar(asked.order_by(Joining.id.desc()).limit(1))


def lead_of(session: Session, follower: Complaint) -> Complaint | None:
    """Return the complaint that this one follows now, or None."""
    found = present(session, follower)
    return session.get_one(Complaint, found.lead_id) if found is not None else None


def followers(session: Session, lead: Complaint, *, past: bool = False) -> list[tuple[Joining, Complaint]]:
    """Return a complaint's followers in the order they joined; `past`: former followers too. One statement."""
    asked = select(Joining, Complaint).join(Complaint, Complaint.id == Joining.follower_id)
    asked = asked.where(Joining.lead_id == lead.id, Joining.kind != BECAME)
    if not past:
        asked = asked.where(Joining.parted_at.is_(None))
    return [(joining, complaint) for joining, complaint in session.execute(asked.order_by(Joining.id))]


def became(session: Session, complaint: Complaint) -> list[tuple[Joining, Complaint]]:
    """Return what a complaint grew out of and what grew out of it: repairs and enquiries that became complaints."""
    up = select(Joining, Complaint).join(Complaint, Complaint.id == Joining.lead_id)
    down = select(Joining, Complaint).join(Complaint, Complaint.id == Joining.follower_id)
    found = []
    for asked in (up.where(Joining.follower_id == complaint.id), down.where(Joining.lead_id == complaint.id)):
        found += [(joining, other) for joining, other in session.execute(asked.where(Joining.kind == BECAME))]
    return found
