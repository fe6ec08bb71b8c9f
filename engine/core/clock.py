"""The only reader of the time. Tests, the demo's turned clock and trial runs set it here."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_fixed: ContextVar[datetime | None] = ContextVar("fixed", default=None)
_offset: ContextVar[timedelta] = ContextVar("offset", default=timedelta())


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    fixed = _fixed.get()
    return (fixed if fixed is not None else datetime.now(UTC)) + _offset.get()


def set_offset(offset: timedelta) -> None:
    """Let the company's clock run ahead (demo mode); read from the store at the start of a transaction."""
    _offset.set(offset)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Stop the clock at `moment` (aware) inside the block."""
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)


def turn(by: timedelta) -> None:
    """Advance a stopped clock (inside `at`) by `by`."""
    fixed = _fixed.get()
    if fixed is None:
        raise RuntimeError("only a clock that stands still can be turned: use clock.at(...) first")
    _fixed.set(fixed + by)
