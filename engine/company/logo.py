"""The company's logo, for the head of pages, posters and mails."""

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass

from sqlalchemy import LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.core import master_data
from engine.core.store import Base

_VERSION: Hashable = "logo.version"


class Logo(Base):
    """The one logo of the company. `version`: the start of the content's hash, which is part of its address."""

    __tablename__ = "logos"

    id: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(String(20))
    version: Mapped[str] = mapped_column(String(12))
    content: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True, slots=True)
class Picture:
    """A logo to show: its type ("image/png") and its bytes."""

    type: str
    content: bytes


def version(session: Session) -> str | None:
    """Return the version of the logo; None without one."""
    return master_data.kept(session, _VERSION, lambda: session.scalar(select(Logo.version)))


def picture(session: Session) -> Picture | None:
    """Return the logo; None without one."""
    row = session.execute(select(Logo.type, Logo.content)).first()
    return Picture(row.type, row.content) if row else None


def keep(session: Session, logo: Picture) -> str:
    """Make this the company's logo; return its version."""
    named = hashlib.sha256(logo.content).hexdigest()[:12]
    session.merge(Logo(id=1, type=logo.type, version=named, content=logo.content))
    session.flush()
    return named


def remove(session: Session) -> None:
    """Go without a logo."""
    if (row := session.get(Logo, 1)) is not None:
        session.delete(row)
        session.flush()
