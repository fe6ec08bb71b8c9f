"""What somebody brought is parsed while the store is unlocked, and one piece at a time in each process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from engine.core import store
from engine.core.errors import BihuanError

PATIENCE = 30.0
"""Seconds that a piece waits for the one before it."""

PATIENCE_OF_PAGE = 1.0
"""The same for an upload: meanwhile it holds a thread that would serve others."""

_turn = threading.Semaphore(1)


class WhileLocked(RuntimeError):
    """A programming error: a mail, picture, table or diagram would be parsed while nobody else can write."""


class Busy(BihuanError):
    """Another piece took too long."""

    zh = "正在处理别的文件，请稍后再试。"
    en = "Other files are being processed. Please try again a little later."


def require_unlocked() -> None:
    """Raise `WhileLocked` within a transaction that writes; for every function that parses what somebody brought."""
    if store.is_writing():
        raise WhileLocked("parse it before the transaction, then store the result")


@contextmanager
def alone(patience: float | None = None) -> Iterator[None]:
    """Hold while parsing something that may need much memory. `patience`: other than `PATIENCE`. Raises `Busy`, and `WhileLocked` as above."""
    require_unlocked()
    if not _turn.acquire(timeout=PATIENCE if patience is None else patience):
        raise Busy
    try:
        yield
    finally:
        _turn.release()
