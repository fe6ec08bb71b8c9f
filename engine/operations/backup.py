"""Backup and restore: every row as a line of JSON, the uploaded files and the secrets, in one archive.

It is as of one moment, though others write meanwhile: rows are read in one snapshot, the files are those of its rows,
and the log of seals ends where it ended just before the snapshot (a seal is committed before it is written there).
It does not depend on the kind of database, so it also moves a company from SQLite to PostgreSQL.
"""

import base64
import io
import json
import os
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import IO, Any, Literal

from sqlalchemy import Integer, LargeBinary, Numeric, Table, bindparam, func, insert, select, text, update
from sqlalchemy.orm import Session

from engine.company import permissions
from engine.complaints import facts
from engine.complaints.intake import before_patterns
from engine.complaints.intake.danger_patterns import DangerPattern
from engine.complaints.lists import word_index
from engine.core import clock
from engine.core.errors import Conflict, Unclear
from engine.core.settings import Settings
from engine.core.store import Moment, Store
from engine.files import File
from engine.measures.scopes import PEOPLE, SEE
from engine.operations import metadata

FORMAT = 1
BATCH = 1000
FILES, SECRETS, SEALS = "files", "secrets", "seals.log"
KEPT_BESIDE = (FILES, SECRETS, SEALS)
UNREADABLE = (tarfile.TarError, zlib.error, EOFError, KeyError, ValueError, RecursionError, OSError)
Told = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much there is to write."""

    rows: int


def plan(store: Store) -> Plan:
    """Count the rows."""
    with store.reading() as session:
        return Plan(sum(_count(session, table) for table in metadata.metadata.sorted_tables))


def write(
    store: Store,
    settings: Settings,
    file: Path,
    *,
    told: Told = lambda rows: None,
    beside: Sequence[str] = KEPT_BESIDE,
    packed: Literal["gz", "xz"] = "gz",
) -> None:
    """Write the archive to a temporary file, then rename it to `file`, readable by its owner only.

    `beside`: what of the home folder goes with the rows. `packed`: xz takes longer and is half as large.
    """
    fresh = file.with_name(f".{file.name}.{os.getpid()}.new")
    sealed = _size_of(settings.home / SEALS)  # before the snapshot
    try:
        with (
            open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw,
            store.snapshot() as session,
            _opened(raw, packed) as archive,
        ):
            _write_rows(session, archive, file.parent, told)
            _write_beside(session, archive, settings, beside, sealed)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


def _opened(raw: IO[bytes], packed: Literal["gz", "xz"]) -> tarfile.TarFile:
    if packed == "xz":
        return tarfile.open(fileobj=raw, mode="w:xz")
    return tarfile.open(fileobj=raw, mode="w:gz")


def _size_of(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def _write_rows(session: Session, archive: tarfile.TarFile, folder: Path, told: Told) -> None:
    """Write each table by way of a temporary file in `folder`: an archive needs to know the size first."""
    counts = {table.name: _count(session, table) for table in metadata.metadata.sorted_tables}
    about = json.dumps({"format": FORMAT, "at": clock.now().isoformat(), "rows": counts}).encode()
    _add(archive, "bihuan.json", io.BytesIO(about), len(about))
    for table in metadata.metadata.sorted_tables:
        with TemporaryFile(dir=folder) as lines:
            lines.writelines(_lines(session, table, told))
            size = lines.tell()
            lines.seek(0)
            _add(archive, f"tables/{table.name}.jsonl", lines, size)


def _write_beside(
    session: Session, archive: tarfile.TarFile, settings: Settings, beside: Sequence[str], sealed: int
) -> None:
    if FILES in beside:
        names = session.execute(select(File.name).order_by(File.id).execution_options(yield_per=BATCH)).scalars()
        for name in names:
            with suppress(FileNotFoundError):  # somebody has just removed it
                archive.add(settings.files / name[:2] / name, arcname=f"{FILES}/{name[:2]}/{name}")
    if SECRETS in beside and (settings.home / SECRETS).exists():
        archive.add(settings.home / SECRETS, arcname=SECRETS)
    if SEALS in beside and sealed:
        with (settings.home / SEALS).open("rb") as log:
            _add(archive, SEALS, log, sealed)


def _add(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(clock.now().timestamp())
    archive.addfile(entry, content)


def _count(session: Session, table: Table) -> int:
    return session.execute(select(func.count()).select_from(table)).scalar_one()


def _lines(session: Session, table: Table, told: Told) -> Iterator[bytes]:
    result = session.execute(select(table).order_by(*table.primary_key.columns).execution_options(yield_per=BATCH))
    for batch in result.mappings().partitions(BATCH):
        for row in batch:
            yield json.dumps({key: _out(value) for key, value in row.items()}, ensure_ascii=False).encode() + b"\n"
        told(len(batch))


def _out(value: object) -> object:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def rows_in(file: Path) -> int:
    """Return how many rows an archive holds. Raises `Unclear` when it is not one of ours."""
    return sum(_about(file)["rows"].values())


def _about(file: Path) -> dict[str, Any]:
    try:
        with tarfile.open(file) as archive:
            member = archive.extractfile("bihuan.json")
            about: dict[str, Any] = json.load(member) if member else {}
    except UNREADABLE as broken:
        raise Unclear(zh=f"{file.name} 不是备份文件。", en=f"{file.name} is not a backup.") from broken
    if about.get("format") != FORMAT:
        raise Unclear(zh=f"{file.name} 的备份格式不受支持。", en=f"{file.name} is a backup of an unknown format.")
    return about


def read(store: Store, settings: Settings, file: Path, *, told: Told = lambda rows: None) -> int:
    """Fill an empty store and home folder from an archive, all or nothing; return the number of rows.

    Raises `Conflict` when the store is not empty, `Unclear` when the archive is not one of ours.
    """
    _about(file)
    with store.transaction() as session:
        _require_empty(session)
        try:
            with tarfile.open(file) as archive:
                rows = sum(_read_table(session, archive, table, told) for table in metadata.metadata.sorted_tables)
                if not store.is_sqlite:
                    _advance_sequences(session)
                word_index.rebuild(session, missing=True)  # a backup older than the word index
                _read_danger_words(session, archive)
                if "tables/case_facts.jsonl" not in archive.getnames():  # a backup older than facts
                    facts.begin_anew(session)
                    permissions.add_defaults(session, (SEE, PEOPLE))
                _unpack_beside(archive, settings.home)
        except UNREADABLE as broken:
            raise Unclear(
                zh=f"备份 {file.name} 不完整或已损坏，没有恢复任何内容。",
                en=f"The backup {file.name} is incomplete or damaged; nothing was restored.",
            ) from broken
    return rows


def _require_empty(session: Session) -> None:
    for table in metadata.metadata.sorted_tables:
        if _count(session, table):
            raise Conflict(
                zh="这里已有数据，只能恢复到空的安装。请换一个 BIHUAN_HOME 或空数据库。",
                en="There is a company here already; restore into an empty installation (another BIHUAN_HOME).",
            )


def _read_danger_words(session: Session, archive: tarfile.TarFile) -> None:
    """A backup older than the danger patterns has words in their place."""
    try:
        lines = archive.extractfile("tables/danger_words.jsonl")
    except KeyError:
        return
    if words := [json.loads(line)["word"] for line in lines or ()]:
        session.execute(insert(DangerPattern), before_patterns.patterns(words))


def _read_table(session: Session, archive: tarfile.TarFile, table: Table, told: Told) -> int:
    try:
        lines = archive.extractfile(f"tables/{table.name}.jsonl")
    except KeyError:
        return 0
    rows, own, pointing = 0, _to_itself(table), list[dict[str, Any]]()
    for some in _batches(lines or ()):
        batch = [_row(table, json.loads(line)) for line in some]
        pointing += [_kept(table, row, own) for row in batch if any(row.get(name) is not None for name in own)]
        session.execute(insert(table), [row | dict.fromkeys(own) for row in batch])
        told(len(batch))
        rows += len(batch)
    if pointing:  # a row may point to a later one
        keys = [column.name for column in table.primary_key.columns]
        mine = [table.c[name] == bindparam(f"of_{name}") for name in keys]
        values: dict[str, Any] = {name: bindparam(f"to_{name}") for name in own}
        sent = [
            {f"of_{key}": row[key] for key in keys} | {f"to_{name}": row.get(name) for name in own} for row in pointing
        ]
        session.execute(update(table).where(*mine).values(values).execution_options(synchronize_session=None), sent)
    return rows


def _row(table: Table, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as the store takes it; columns of an older backup that are no longer there are left out."""
    return {key: _in(table, key, value) for key, value in said.items() if key in table.columns}


def _kept(table: Table, row: dict[str, Any], own: Sequence[str]) -> dict[str, Any]:
    """Return only what is needed of a row to point it to others of its table, once they are all there."""
    return {name: row.get(name) for name in [*(column.name for column in table.primary_key.columns), *own]}


def _batches(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    rest = iter(lines)
    while some := list(islice(rest, BATCH)):
        yield some


def _to_itself(table: Table) -> list[str]:
    """Return the columns that point to rows of the same table."""
    return [column.name for column in table.columns if any(each.column.table is table for each in column.foreign_keys)]


def _in(table: Table, key: str, value: Any) -> object:
    kind = table.columns[key].type
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    if isinstance(kind, Moment):
        return datetime.fromisoformat(value)
    if isinstance(kind, Numeric) and isinstance(value, str):
        return Decimal(value)
    return kind.python_type.fromisoformat(value) if _is_calendar_day(kind) else value


def _is_calendar_day(kind: Any) -> bool:
    try:
        return hasattr(kind.python_type, "fromisoformat")
    except NotImplementedError:
        return False


def _advance_sequences(session: Session) -> None:
    for table in metadata.metadata.sorted_tables:
        key = table.autoincrement_column
        if key is not None and isinstance(key.type, Integer):
            statement = (
                f"select setval(pg_get_serial_sequence('{table.name}', '{key.name}'), "  # noqa: S608 — our own names
                f"greatest((select coalesce(max({key.name}), 0) from {table.name}), 1))"
            )
            session.execute(text(statement))


def _unpack_beside(archive: tarfile.TarFile, home: Path) -> None:
    for member in archive.getmembers():
        if PurePosixPath(member.name).parts[0] in KEPT_BESIDE:
            archive.extract(member, home, filter="data")
