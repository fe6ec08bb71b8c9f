"""The sandboxes of trial runs: the small company as files, one for every state that a trial has reached.

A file is only kept to save time. Its name is the hash of what it was made of (the company, then the steps), so that
every process of the server finds it, and two people never meet in one; a missing one is made again by playing.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from contextvars import copy_context
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.casework.cases import Incident
from engine.core import clock
from engine.core.errors import BihuanError, Unclear
from engine.core.store import Base
from engine.history import Entry
from engine.letters import Letter
from engine.processes import versions
from engine.scenarios import acts, company, script
from engine.scenarios.acts import Play, Subject
from engine.scenarios.company import BEGINS, Rows
from engine.scenarios.playing import FAILURES
from engine.scenarios.script import Step

T = TypeVar("T")

Processes = Mapping[str, Mapping[str, bytes]]

MOST_BYTES = 300 * 1024 * 1024
KEPT = timedelta(days=2)
"""Files that nobody has used for so long are deleted, the oldest first also when all together are too large."""

ACT_SECONDS = 5.0
ALL_SECONDS = 20.0
"""Limits in CPU seconds: of one step, and of all that have to be played again."""


class SandboxGone(BihuanError):
    """The company of a trial is no longer there, and what it was founded with has changed."""

    zh = "这次试运行的环境已经清理了，请用现在的草稿再走一遍。"
    en = "The surroundings of this trial have been cleared away: play its steps again on the draft as it is now."


class Stuck(Exception):
    """A step could not be done. `done`: how many could be before it."""

    def __init__(self, done: int, problem: Exception) -> None:
        """Keep why."""
        super().__init__(done, problem)
        self.done, self.problem = done, problem


@dataclass(frozen=True, slots=True)
class Mark:
    """What was there after a step: the last entry of the history, letter and failure, so that others are newer."""

    at: str
    entry: int = 0
    letter: int = 0
    incident: int = 0

    @property
    def moment(self) -> datetime:
        """Return when the step was over."""
        return datetime.fromisoformat(self.at)


@dataclass(slots=True)
class Sandbox:
    """A sandbox that somebody looks at: its play, and what was there after each of its steps; first, before any."""

    play: Play
    marks: list[Mark]


@dataclass(frozen=True, slots=True)
class Founding:
    """What a company is founded with: the files of every process, and what the live company added to its settings."""

    processes: Processes
    added: Rows

    @property
    def key(self) -> str:
        """Return a value that is equal when the company is."""
        files = {name: versions.hash_of(versions.without_scenarios(each)) for name, each in self.processes.items()}
        rows = {row.__tablename__: values for row, values in self.added.items()}
        text = json.dumps([_shape(), files, rows], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


@cache
def _shape() -> list[str]:
    """Return the columns of this program's tables: files of another one cannot be read."""
    return sorted(f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns)


@dataclass(frozen=True, slots=True)
class Sandboxes:
    """The files, below one folder."""

    folder: Path

    def found(self, founding: Founding) -> str:
        """Found a company unless it is there; return its key. Raises an error of ours when the files cannot be read."""
        key = founding.key
        if not self._path(key).exists():
            with self._room() as room:
                path = Path(room) / "company.db"
                _write_company(path, founding)
                with closing(sqlite3.connect(path)) as connection, connection:
                    connection.execute("create table sandbox (state text not null)")
                    connection.execute("insert into sandbox values (?)", [_written({}, [Mark(BEGINS.isoformat())])])
                self._keep(path, key)
        return key

    def visit(self, key: str, steps: Sequence[Step], look: Callable[[Sandbox], T]) -> T:
        """Return what `look` makes of a company after these steps, within its clock; what it writes is thrown away.

        Raises `SandboxGone`, `Stuck` when a step cannot be done.
        """
        return copy_context().run(self._visit, key, steps, look)

    def _visit(self, key: str, steps: Sequence[Step], look: Callable[[Sandbox], T]) -> T:
        names = list(_names(key, steps))
        there = next((number for number in reversed(range(len(names))) if self._path(names[number]).exists()), None)
        if there is None:
            raise SandboxGone
        clock.set_offset(timedelta())
        with self._room() as room:
            path = Path(room) / "sandbox.db"
            try:
                shutil.copy(self._path(names[there]), path)
            except FileNotFoundError:  # cleared away in this moment
                raise SandboxGone from None
            for used in {key, names[there]}:
                self._touch(self._path(used))
            subjects, marks = _read(path)
            store = company.opened_at(path)
            try:
                with clock.at(marks[-1].moment):
                    sandbox = Sandbox(Play(store, subjects), marks)
                    if there < len(steps):
                        _go(sandbox, steps, there)
                        store.close()  # merges the write-ahead log into the file
                        _write(path, sandbox)
                        self._keep(path, names[-1], copied=True)
                    return look(sandbox)
            finally:
                store.close()

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.db"

    def _touch(self, path: Path) -> None:
        with suppress(FileNotFoundError):
            os.utime(path)

    def _room(self) -> TemporaryDirectory[str]:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return TemporaryDirectory(prefix="room-", dir=self.folder)

    def _keep(self, path: Path, name: str, *, copied: bool = False) -> None:
        new = path.with_suffix(".new")
        if copied:
            shutil.copy(path, new)
        (new if copied else path).replace(self._path(name))
        self.tidy()

    def tidy(self) -> None:
        """Delete what nobody has used for long, and the oldest while all together are too large."""
        now, room = time.time(), MOST_BYTES
        for _at, path, size in sorted(self._sizes(), key=lambda each: each[0], reverse=True):
            room -= size
            if room < 0 or now - _at > KEPT.total_seconds():
                path.unlink(missing_ok=True)
        for left in self.folder.glob("room-*"):  # of a process that died
            if now - left.stat().st_mtime > KEPT.total_seconds():
                shutil.rmtree(left, ignore_errors=True)

    def _sizes(self) -> list[tuple[float, Path, int]]:
        found = []
        for path in self.folder.glob("*.db"):
            try:
                state = path.stat()
            except FileNotFoundError:  # another process tidies too
                continue
            found.append((state.st_mtime, path, state.st_size))
        return found


def _write_company(path: Path, founding: Founding) -> None:
    """Write the company to a new file. A draft may be broken as long as it likes: that is said, not raised as a bug."""
    try:
        copy_context().run(company.write, path, founding.processes, founding.added)
    except (ValueError, TypeError, LookupError) as problem:
        zh = f"流程的文件还不完整，读不出来（{problem}）。请先看流程图上的检查结果。"
        en = f"The files of the process cannot be read yet ({problem}). See what the check says at the diagram."
        raise Unclear(zh=zh, en=en) from problem


def _names(key: str, steps: Sequence[Step]) -> Sequence[str]:
    """Return the name of the file for each number of steps, from none."""
    names, digest = [key], hashlib.sha256(key.encode())
    for step in steps:
        digest.update(json.dumps(script.given_of(step), sort_keys=True, ensure_ascii=False).encode() + b"\n")
        names.append(digest.hexdigest())
    return names


def _go(sandbox: Sandbox, steps: Sequence[Step], first: int) -> None:
    over = time.thread_time() + ALL_SECONDS
    for number in range(first, len(steps)):
        sandbox.play.until = min(time.thread_time() + ACT_SECONDS, over)
        try:
            acts.do(sandbox.play, steps[number])
        except FAILURES as problem:
            raise Stuck(number, problem) from problem
        with sandbox.play.store.reading() as session:
            sandbox.marks.append(_mark(session))


def _mark(session: Session) -> Mark:
    last = (session.scalar(select(func.max(row.id))) or 0 for row in (Entry, Letter, Incident))
    return Mark(clock.now().isoformat(), *last)


def _read(path: Path) -> tuple[dict[str, Subject], list[Mark]]:
    with closing(sqlite3.connect(path)) as connection:
        state: Mapping[str, Any] = json.loads(connection.execute("select state from sandbox").fetchone()[0])
    return {name: Subject(**each) for name, each in state["subjects"].items()}, [Mark(*each) for each in state["marks"]]


def _write(path: Path, sandbox: Sandbox) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("update sandbox set state = ?", [_written(sandbox.play.subjects, sandbox.marks)])


def _written(subjects: Mapping[str, Subject], marks: Sequence[Mark]) -> str:
    return json.dumps(
        {
            "subjects": {name: asdict(each) for name, each in subjects.items()},
            "marks": [[each.at, each.entry, each.letter, each.incident] for each in marks],
        }
    )
