"""Buildings of a community: offered by pickers, named on posters, counted for hot spots."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.complaints.core.codes import Words
from engine.core.store import Base

KINDS: Words = {
    "high_rise": ("高层住宅", "High-rise"),
    "low_rise": ("多层住宅", "Low-rise"),
    "villa": ("别墅", "Villas"),
    "shops": ("商铺", "Shops"),
    "offices": ("写字楼", "Offices"),
    "parking": ("车库", "Parking"),
    "public": ("公共场所", "Public place"),
}


class Building(Base):
    """A building, or a shared place (gate, garden, garage). `units`: its entrances, 1单元, 2单元, …"""

    __tablename__ = "buildings"
    __table_args__ = (UniqueConstraint("community_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    name: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(12), default="high_rise")
    units: Mapped[int] = mapped_column(default=1)
    floors: Mapped[int] = mapped_column(default=0)
    lifts: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]


def of(session: Session, community_id: int) -> list[Building]:
    """Return the active buildings of a community in numeric order: 2 before 10."""
    asked = select(Building).where(Building.community_id == community_id, Building.retired_at.is_(None))
    return sorted(session.scalars(asked), key=_counted)


def _counted(building: Building) -> tuple[int, str]:
    digits = "".join(each for each in building.name if each.isdecimal())
    return (int(digits[:9]) if digits else 10**9, building.name)
