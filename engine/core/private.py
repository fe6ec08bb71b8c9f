"""What an installation keeps is readable by its owner alone, not by every account of the machine."""

import logging
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy.engine import make_url

from engine.core import settings
from engine.core.settings import Settings

log = logging.getLogger("bihuan.private")

OTHERS = stat.S_IRWXG | stat.S_IRWXO
IN_HOME = ("secrets", "files", "jobs", "seals.log")
BESIDE_DATABASE = ("", "-wal", "-shm", "-journal")


def begin() -> None:
    """Let whatever this process and its children make be their owner's alone."""
    os.umask(OTHERS)


def make(of: Settings) -> None:
    """Make the home folder, and the SQLite file. Raises `OSError`."""
    of.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = _database(of)
    if database is not None and database.parent.is_dir():
        with suppress(FileExistsError):
            os.close(os.open(database, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def mend(of: Settings) -> int:
    """Take the home folder, the database and the settings file away from other accounts; return how many were theirs.

    The log says it. A folder that is closed keeps what is in it: it is not searched.
    """
    if os.name != "posix":
        return 0
    mended, left = 0, list[Path]()
    for path in _open_ones(of):
        try:
            path.chmod(path.stat().st_mode & ~OTHERS & 0o7777)
            mended += 1
        except OSError:
            left.append(path)
    if mended:
        log.warning("%s: %s files and folders could be read by other accounts; they no longer can", of.home, mended)
    for path in left:
        log.warning("%s can be read by other accounts, and belongs to another: change its mode", path)
    return mended


def _open_ones(of: Settings) -> Iterator[Path]:
    """Yield all that is open to others, what is in a folder before the folder."""
    database = _database(of)
    beside = [database.with_name(database.name + each) for each in BESIDE_DATABASE] if database else []
    for path in (*beside, settings.config_file(), *(of.home / name for name in IN_HOME)):
        yield from _within(path)
    if _is_open(of.home.resolve()):
        yield of.home.resolve()


def _within(path: Path) -> Iterator[Path]:
    if not _is_open(path):
        return
    if path.is_dir():
        for each in path.iterdir():
            yield from _within(each)
    yield path


def _is_open(path: Path) -> bool:
    """Return whether others have any right to it; a link is left alone, as it leads elsewhere."""
    try:
        return not path.is_symlink() and bool(path.stat().st_mode & OTHERS)
    except FileNotFoundError:
        return False


def _database(of: Settings) -> Path | None:
    url = make_url(of.store_url)
    is_file = url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:")
    return Path(str(url.database)) if is_file else None
