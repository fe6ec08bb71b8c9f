"""What was read once and need not be read again within the same step of a case."""

from typing import Any

from sqlalchemy.orm import Session

from engine.core.store import present_savepoint


def remembered(session: Session, name: str) -> dict[Any, Any]:
    """A store under `name` that lives as long as the step (savepoint) it was made in.

    A step that is rolled back takes what it remembered along.
    """
    present = present_savepoint(session)
    made_in, kept = session.info.get(f"remembered {name}", (None, None))
    if kept is None or made_in is not present:
        kept = {}
        session.info[f"remembered {name}"] = (present, kept)
    found: dict[Any, Any] = kept
    return found
