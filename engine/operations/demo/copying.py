"""A copy of the demo company that loads in seconds, and a comparison with a newly built one.

Building fifteen months takes many minutes. The copy holds every row, but no secret of an installation; values that depend on
the installation's key are written again when it is loaded.
"""

import json
import tarfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import history
from engine.company import people
from engine.company.people import Person
from engine.complaints import facts
from engine.complaints.core import links
from engine.complaints.core.complaint import Complaint
from engine.complaints.lists import word_index
from engine.core import clock, settings
from engine.core.errors import Conflict
from engine.core.settings import Settings
from engine.core.store import ClockOffset, Store, table_of
from engine.operations import backup
from engine.operations.demo.company import PASSWORD

COPY = Path(__file__).with_name("company.tar.xz")
STANDS_AT = datetime(2026, 11, 16, 2, 30, tzinfo=UTC)
"""The moment of the copy: a Monday morning in Shanghai. The company's clock is set to it."""

BESIDE = ("files", "seals.log")
Told = Callable[[int], object]
Rows = Mapping[str, list[dict[str, object]]]

BY_CHANCE: Mapping[str, frozenset[str]] = {
    "cases": frozenset({"head"}),
    "chains": frozenset({"head"}),
    "complaint_words": frozenset({"words"}),
    "complaints": frozenset({"secret_hash", "phone_hash"}),
    "entries": frozenset({"note_hash", "previous", "hash"}),
    "files": frozenset({"name"}),
    "leaves": frozenset({"hash"}),
    "notes": frozenset({"salt"}),
    "people": frozenset({"password"}),
    "seals": frozenset({"root", "peaks"}),
}
"""Columns that are random or depend on random ones: salts and their hashes, keys, generated names."""


def write(store: Store, of: Settings, file: Path = COPY) -> None:
    """Store the company just built as the copy."""
    with clock.at(STANDS_AT):
        backup.write(store, of, file, beside=BESIDE, packed="xz")
    file.chmod(0o644)


def size() -> int:
    """Return how many steps of progress `load` reports."""
    return backup.rows_in(COPY)


def load(store: Store, of: Settings, told: Told = lambda rows: None) -> None:
    """Fill an empty store with the copy. Raises `Conflict` when its record does not verify."""
    backup.read(store, of, COPY, told=told)
    key = settings.secret(of, "links")
    with store.transaction() as session:
        _make_ours(session, key)
        turn_clock(session)
    facts.build(store)
    with store.snapshot() as session:
        broken = history.verify(session, of.home / "seals.log")
    if broken:
        raise Conflict(
            zh=f"演示公司的记录没有通过校验（{len(broken)} 处），请用 bihuan demo --rebuild 重新生成。",
            en=f"the record of the demo company does not verify ({len(broken)} places); make it anew with bihuan demo --rebuild.",
        )


def turn_clock(session: Session) -> None:
    """Set the company's clock to the copy's moment, usually in the past."""
    session.merge(ClockOffset(id=1, seconds=int((STANDS_AT - datetime.now(UTC)).total_seconds())))


def _make_ours(session: Session, key: bytes) -> None:
    """Rewrite what depends on this installation's key, and everybody's password."""
    complaints = session.execute(select(Complaint.id, Complaint.number, Complaint.phone, Complaint.link_turn)).all()
    table = table_of(Complaint)
    for complaint_id, number, phone, turn in complaints:
        secret = links.secret(key, number, turn)
        hashes = {"secret_hash": links.hash_of(secret), "phone_hash": links.phone_hash(key, phone)}
        session.execute(update(table).where(table.c.id == complaint_id).values(hashes))
    session.execute(update(Person).values(password=people.HASHER.hash(PASSWORD)))
    word_index.rebuild(session)


def differences(one: Path, other: Path) -> list[str]:
    """Return the first differing row of each table of two copies, ignoring random values."""
    rows, others = _rows(one), _rows(other)
    return [said for name in sorted(rows.keys() | others.keys()) if (said := _differ(name, rows, others))]


def _rows(file: Path) -> dict[str, list[dict[str, object]]]:
    found = {}
    with tarfile.open(file) as archive:
        for member in archive.getmembers():
            path = PurePosixPath(member.name)
            if path.parts[0] == "tables" and (lines := archive.extractfile(member)):
                left_out = BY_CHANCE.get(path.stem, frozenset())
                found[path.stem] = [
                    {key: value for key, value in json.loads(line).items() if key not in left_out} for line in lines
                ]
    return found


def _differ(name: str, rows: Rows, others: Rows) -> str | None:
    here, there = rows.get(name, []), others.get(name, [])
    for number, (one, other) in enumerate(zip(here, there, strict=False), 1):
        if one != other:
            return f"{name} {number}: { ({k: (one.get(k), other.get(k)) for k in one.keys() | other.keys() if one.get(k) != other.get(k)}) }"
    return None if len(here) == len(there) else f"{name}: {len(here)} / {len(there)}"
