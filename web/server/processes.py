"""Keeping processes running: one that ends by itself is restarted, and none outlives its parent."""

import logging
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from engine.core import stopping

LOOK = 0.5
"""How often a process checks whether it was told to end, in seconds."""

ORPHANED = 3.0
"""Seconds that running work may take to finish once the parent process is gone."""

KILLED = stopping.PATIENCE + 2
"""Seconds after which a process that was told to end, and is still there, is killed."""

QUICK = 2.0
"""A process that lived for less than this many seconds is restarted with a delay that doubles each time."""

LONGEST_DELAY = 5.0

log = logging.getLogger("bihuan.serve")

# Forked processes start at once and share memory. On other systems forking is unsafe or unavailable.
_context: Any = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


@dataclass(frozen=True, slots=True)
class Work:
    """What a process does: `run(told, *arguments)` until `told` (a `threading.Event`) is set. All of it is picklable."""

    name: str
    run: Callable[..., None]
    arguments: tuple[Any, ...] = ()


@dataclass
class _Kept:
    """One piece of work, and the process that currently does it."""

    work: Work
    process: BaseProcess | None = None
    telling: Connection | None = None
    began: float = 0.0
    delay: float = 0.0
    due: float = field(default_factory=time.monotonic)

    def start(self) -> None:
        told, self.telling = _context.Pipe(duplex=False)
        self.process = _context.Process(target=_begin, args=(self.work, told, os.getpid()), name=self.work.name)
        self.process.start()
        told.close()
        self.began = time.monotonic()

    def note_end(self) -> None:
        """The process is gone: log it, and decide when to restart it."""
        if self.process is None or self.telling is None:
            return
        self.process.join()
        self.telling.close()
        now = time.monotonic()
        self.delay = min(LONGEST_DELAY, max(0.2, self.delay * 2)) if now - self.began < QUICK else 0.0
        self.due = now + self.delay
        log.error("the process %s ended (%s) and is started again", self.work.name, self.process.exitcode)
        self.process = None

    def tell(self) -> None:
        """Ask the process to end."""
        if self.process is not None and self.telling is not None:
            try:
                self.telling.send(True)
            except OSError:  # it ended by itself
                log.debug("%s had ended", self.work.name)


def keep(works: Sequence[Work], begun: Callable[[], None] = lambda: None) -> None:
    """Run each of `works` in its own process until this process is told to end; then let them finish.

    `begun` is called once all of them have started.
    """
    told = stopping.on_signals()
    kept = [_Kept(work) for work in works]
    for each in kept:
        each.start()
    begun()
    while not told.is_set():
        wait([each.process.sentinel for each in kept if each.process], LOOK)
        if not told.is_set():
            _look_after(kept)
    _end(kept)


def _look_after(kept: Sequence[_Kept]) -> None:
    for each in kept:
        if each.process is not None and not each.process.is_alive():
            each.note_end()
        if each.process is None and time.monotonic() >= each.due:
            each.start()


def _end(kept: Sequence[_Kept]) -> None:
    last = time.monotonic() + KILLED
    for each in kept:
        each.tell()
    for each in kept:
        if each.process is None:
            continue
        each.process.join(max(0.0, last - time.monotonic()))
        if each.process.is_alive():
            log.warning("the process %s did not end and is killed", each.work.name)
            each.process.kill()
            each.process.join()


def _begin(work: Work, telling: Connection, parent: int) -> None:
    """The main function of a child process: do its work and watch for the signal to end."""
    told = stopping.on_signals()
    stopping.cut_after(told)
    threading.Thread(target=_watch, args=(told, telling, parent), name="watch", daemon=True).start()
    work.run(told, *work.arguments)


def _watch(told: threading.Event, telling: Connection, parent: int) -> None:
    while not told.is_set():
        if _orphaned(parent):
            log.error("the process that keeps the others is gone; ending")
            stopping.end_in(ORPHANED)
            told.set()
        elif telling.poll(LOOK):
            told.set()


def _orphaned(parent: int) -> bool:
    if os.name == "posix":
        return os.getppid() != parent
    keeper = multiprocessing.parent_process()
    return keeper is not None and not keeper.is_alive()
