"""The company's danger patterns, and what speaks against them: rows that administration changes."""

import json
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Boolean, String, Text, false, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.complaints.intake.danger_reading import Pattern
from engine.core.store import Base

SHIPPED = Path(__file__).with_name("danger.json")


class DangerPattern(Base):
    """A pattern as a row; see `Pattern`. `kind`: one of `danger_reading.KINDS`. Retired ones are not looked for."""

    __tablename__ = "danger_patterns"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60), default="")
    who: Mapped[str] = mapped_column(Text, default="")
    what: Mapped[str] = mapped_column(Text)
    retired: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())

    def said(self, language: str = "zh") -> str:
        """Return its name."""
        return self.name_en if language == "en" and self.name_en else self.name


@lru_cache(maxsize=1)
def shipped() -> tuple[Pattern, ...]:
    """Return the patterns that every company starts with."""
    return tuple(Pattern(**each) for each in json.loads(SHIPPED.read_text(encoding="utf-8")))


def seed(session: Session) -> None:
    """Insert the shipped patterns for a company that has none."""
    if session.scalar(select(DangerPattern.id).limit(1)) is None:
        fields = Pattern.__slots__
        session.execute(insert(DangerPattern), [{name: getattr(each, name) for name in fields} for each in shipped()])


_IN_USE = (
    select(DangerPattern.kind, DangerPattern.name, DangerPattern.name_en, DangerPattern.who, DangerPattern.what)
    .where(DangerPattern.retired.is_(False))
    .order_by(DangerPattern.id)
)


def in_use(session: Session) -> tuple[Pattern, ...]:
    """Return the patterns that are looked for."""
    return tuple(Pattern(*row) for row in session.execute(_IN_USE))
