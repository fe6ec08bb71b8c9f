"""The log: time, level, process and request in every line, as text or as JSON; nothing personal.

A repeated failure is logged once a second, with the number of lines left out.
"""

import json
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TextIO

SECOND = 1.0
QUIET = {"apscheduler": logging.WARNING, "uvicorn": logging.WARNING, "alembic": logging.WARNING}
"""Messages of libraries are logged from this level on."""

about: ContextVar[str] = ContextVar("about", default="-")
"""The current request, or the current loop of the schedule."""


@contextmanager
def speaking_of(what: str) -> Iterator[None]:
    """Name the current work in every log line of the block."""
    token = about.set(what)
    try:
        yield
    finally:
        about.reset(token)


def set_up(form: str, stream: TextIO | None = None) -> None:
    """Write the log of this process to `stream` (standard error), as `text` or as `json`."""
    handler = Sparing(stream or sys.stderr)
    handler.setFormatter(Lines() if form == "json" else Text())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)


@dataclass
class _Repeated:
    """A failure just written: when, and how many like it were left out since."""

    record: logging.LogRecord
    at: float
    left_out: int = 0


class Sparing(logging.StreamHandler[TextIO]):
    """Writes warnings and errors of one kind once a second, then how many were left out."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._repeated: dict[tuple[object, ...], _Repeated] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line, or count it."""
        now = time.monotonic()
        for key, known in list(self._repeated.items()):
            if now - known.at >= SECOND:
                del self._repeated[key]
                self._tell(known)
        if record.levelno >= logging.WARNING:
            key = (record.name, record.msg, record.exc_info[0] if record.exc_info else None)
            if key in self._repeated:
                self._repeated[key].left_out += 1
                return
            self._repeated[key] = _Repeated(record, now)
        super().emit(record)

    def close(self) -> None:
        """Write the last counts."""
        for known in self._repeated.values():
            self._tell(known)
        self._repeated.clear()
        super().close()

    def _tell(self, known: _Repeated) -> None:
        if known.left_out:
            first = known.record
            said = f"{known.left_out} more like: {first.getMessage()}"
            super().emit(logging.LogRecord(first.name, first.levelno, first.pathname, first.lineno, said, (), None))


class Text(logging.Formatter):
    """`2026-12-01T09:00:00.123Z INFO [pages 1 3f2a…] bihuan.web: GET /inbox 200 in 23 ms`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, followed by the traceback."""
        head = f"{moment(record)} {record.levelname} [{record.processName} {about.get()}] {record.name}: "
        trace = f"\n{self.formatException(record.exc_info)}" if record.exc_info else ""
        return head + record.getMessage() + trace


class Lines(logging.Formatter):
    """A JSON object in each line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; the traceback is one of its fields."""
        said = {
            "time": moment(record),
            "level": record.levelname,
            "process": record.processName,
            "request": about.get(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False)


def moment(record: logging.LogRecord) -> str:
    """Return the record's time, in UTC, by the machine's clock."""
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
