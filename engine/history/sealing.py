"""Sealing: new entries of all chains go into one log of the company, whose root is also kept outside the store."""

import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Row, and_, event, insert, select
from sqlalchemy.orm import Session

from engine.core import clock
from engine.history.chain import lock
from engine.history.merkle import Tree, leaf_hash
from engine.history.rows import Chain, Entry, Leaf, Seal

SEALER = -1
"""The row of `chains` that the sealing process locks."""

LOOKBACK = 2_000
"""Ids are given before a transaction commits: one may become visible after higher ones. So look back this far."""

BATCH = 20_000


def seal(session: Session, log: Path | None = None, *, whole: bool = False) -> int:
    """Seal the unsealed entries and return how many; does nothing while another process seals.

    The root also goes to `log`, a line each (size, root, time), once the transaction is committed. `whole` looks
    through all entries instead of the latest (after a restore, say).
    """
    if not _mine(session):
        return 0
    last = session.scalars(select(Seal).order_by(Seal.size.desc()).limit(1)).first()
    tree = Tree(last.size, last.peaks) if last else Tree()
    known = last.last_entry if last else 0
    fresh = _unsealed(session, 0 if whole else known - LOOKBACK)
    if not fresh:
        return 0
    session.connection().execute(insert(Leaf.__table__), [_leaf(tree, row) for row in fresh])  # type: ignore[arg-type]
    made = Seal(
        size=tree.size,
        root=tree.root,
        peaks=tree.packed(),
        last_entry=max(known, fresh[-1].id),
        at=clock.now(),
    )
    session.add(made)
    if log is not None:
        _write_once_committed(session, log, made)
    return len(fresh)


def _mine(session: Session) -> bool:
    """Return whether nobody else is sealing now; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "sqlite":
        return True
    if session.get(Chain, SEALER) is None:
        lock(session, SEALER, "sealer")
        return True
    held = select(Chain.id).where(Chain.id == SEALER).with_for_update(skip_locked=True)
    return session.scalar(held) is not None


def _unsealed(session: Session, above: int) -> Sequence[Row[int, int, int, bytes]]:
    sealed = and_(Leaf.case_id == Entry.case_id, Leaf.number == Entry.number)
    found = (
        select(Entry.id, Entry.case_id, Entry.number, Entry.hash)
        .outerjoin(Leaf, sealed)
        .where(Entry.id > above, Leaf.position.is_(None))
        .order_by(Entry.id)
        .limit(BATCH)
    )
    return session.execute(found).all()


def _leaf(tree: Tree, row: Row[int, int, int, bytes]) -> dict[str, object]:
    position = tree.size
    tree.add(leaf_hash(row.case_id, row.number, row.hash))
    return {"position": position, "case_id": row.case_id, "number": row.number, "hash": row.hash}


def line(size: int, root: bytes, at: datetime) -> str:
    """Return a seal as a line of the log file."""
    return f"{size} {root.hex()} {at.isoformat(timespec='seconds')}\n"


def _write_once_committed(session: Session, log: Path, made: Seal) -> None:
    """Write lines missing after an earlier crash, too; an uncommitted root is never written."""
    known = last_size(log)
    missed = select(Seal).where(Seal.size > known, Seal.size < made.size).order_by(Seal.size)
    seals = [*(session.scalars(missed) if known else ()), made]
    lines = [line(each.size, each.root, each.at) for each in seals]
    event.listen(session, "after_commit", lambda _: _append(log, lines), once=True)


def _append(log: Path, lines: Iterable[str]) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, "".join(lines).encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def last_size(log: Path) -> int:
    """Return the size in the last line of the log file; 0 where there is none."""
    try:
        with log.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 4096))
            sizes = [text.split(b" ")[0] for text in file.read().splitlines()[-8:]]
    except FileNotFoundError:
        return 0
    return max((int(size) for size in sizes if size.isdigit()), default=0)
