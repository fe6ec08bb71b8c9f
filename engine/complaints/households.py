"""Households: the homes of a community and who may be reached there."""

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.db import Base


class Household(Base):
    """One home. `label` is how people say it (3栋2单元501)."""

    __tablename__ = "households"
    __table_args__ = (Index("ix_households_community_id_label", "community_id", "label", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    building: Mapped[str] = mapped_column(String(20), default="")
    unit: Mapped[str] = mapped_column(String(20), default="")
    room: Mapped[str] = mapped_column(String(20), default="")
    label: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")


def label(building: str, unit: str, room: str) -> str:
    """How people say where a home is."""
    return "".join((building and f"{building}栋", unit and f"{unit}单元", room))


def search(session: Session, community_id: int, words: str, limit: int = 10) -> list[Household]:
    """Homes of a community whose label or name holds `words`, for the desk to choose from."""
    asked = select(Household).where(Household.community_id == community_id)
    if words.strip():
        asked = asked.where(
            Household.label.contains(words.strip(), autoescape=True)
            | Household.name.contains(words.strip(), autoescape=True)
        )
    return list(session.scalars(asked.order_by(Household.label).limit(limit)))
