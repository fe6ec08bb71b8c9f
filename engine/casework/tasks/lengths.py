"""How long a task waited before work on it began, and how long the work took."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Lengths:
    """`waiting`: from opened to begun; `working`: from begun to done. None where nobody can know, or not yet."""

    waiting: timedelta | None
    working: timedelta | None


def between(opened: datetime, begun: datetime | None, done: datetime | None) -> Lengths:
    """Return both lengths of a task. Without a beginning none of the time can be told apart, so both are unknown."""
    if begun is None:
        return Lengths(None, None)
    return Lengths(begun - opened, None if done is None else done - begun)
