"""Failures of the store or the disk, told apart from our own mistakes and reported in words."""

import errno
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree

from engine.core.errors import BihuanError

FULL = ("database or disk is full", "53100")
"""SQLite's words, PostgreSQL's code."""

AWAY = ("08", "57P", "57014", "53")
"""Prefixes of PostgreSQL's codes for unreachable, shutting down, timed out, or out of connections."""

UNREADABLE = ("unable to open database file", "disk I/O error", "attempt to write a readonly database")


class Outage(BihuanError):
    """An outage of the whole system, until the administrator acts or it passes."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__()


class StoreAway(Outage):
    """The database does not answer. `reason` is for the log."""

    zh = "暂时连不上数据库，您的操作没有保存。请稍后再试。"
    en = "The database cannot be reached at the moment; nothing was saved. Please try again in a little while."


class DiskFull(Outage):
    """A disk is full. `reason` is for the log."""

    zh = "服务器的磁盘已满，您的操作没有保存。请告诉系统管理员：清出空间后再试。"
    en = "The disk of the server is full; nothing was saved. Tell the administrator: once there is room, try again."


def of(error: BaseException | None) -> Outage | None:
    """Return the outage behind an error; None when the error is something else."""
    for each in _behind(error):
        if isinstance(each, Outage):
            return each
        if isinstance(each, OSError) and each.errno in {errno.ENOSPC, errno.EDQUOT}:
            return DiskFull(f"the disk of {each.filename or 'this machine'} is full")
        if isinstance(each, DBAPIError) and (found := _of_store(each)) is not None:
            return found
        if isinstance(each, NoneFree):
            return StoreAway("no connection to the database became free")
    return None


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _of_store(error: DBAPIError) -> Outage | None:
    code, said = getattr(error.orig, "sqlstate", None) or "", " ".join(str(error.orig).split())
    if FULL[0] in said or code == FULL[1]:
        return DiskFull(f"the disk of the database is full: {said}")
    if code.startswith(AWAY) or any(each in said for each in UNREADABLE):
        return StoreAway(said)
    lost = isinstance(error, (OperationalError, InterfaceError)) and (error.connection_invalidated or not code)
    return StoreAway(said) if lost and "psycopg" in type(error.orig).__module__ else None
