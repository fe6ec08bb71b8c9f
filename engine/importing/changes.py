"""What an import wrote, so that it can be undone: kept as long as that is possible, then deleted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, String, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.core.store import Base


class ImportChange(Base):
    """One thing that an import added or changed. `before` and `after`: its fields then, for changes; personal data.

    `how`: added, changed, returned (a retired one used again), past or opened (complaints), given (a role).
    """

    __tablename__ = "import_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), index=True)
    noun: Mapped[str] = mapped_column(String(12))
    noun_id: Mapped[int] = mapped_column(index=True)
    how: Mapped[str] = mapped_column(String(10))
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)


@dataclass(frozen=True, slots=True)
class Changed:
    """One change, still to be noted."""

    noun: str
    noun_id: int
    how: str
    before: Mapping[str, object]
    after: Mapping[str, object]


def note(session: Session, import_id: int | None, changes: Sequence[Changed]) -> None:
    """Keep what was changed, in the transaction that changes it."""
    if import_id is not None and changes:
        rows = [
            {
                "import_id": import_id,
                "noun": each.noun,
                "noun_id": each.noun_id,
                "how": each.how,
                "before": dict(each.before),
                "after": dict(each.after),
            }
            for each in changes
        ]
        session.execute(insert(ImportChange), rows)


def added(noun: str, ids: Sequence[int], how: str = "added") -> list[Changed]:
    """Return the changes of things that were not there before."""
    return [Changed(noun, each, how, {}, {}) for each in ids]
