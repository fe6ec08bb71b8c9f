"""What was last released into this company from a folder, and how a new release meets what the company changed.

A release is the product's own processes after an upgrade, or a company's folder published by command. Three versions
of each file are compared: as last released, as released now, and as the company has it. What only one side changed is
taken from that side; what both changed in different places is merged; where both changed the same place, the
company's stands and is named.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff
from itertools import pairwise

from sqlalchemy import ForeignKey, String, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.core.store import Base
from engine.processes import versions
from engine.processes.versions import Content, Version, VersionFile

Files = Mapping[str, bytes]


class Released(Base):
    """One file of a process as it was last released."""

    __tablename__ = "released_files"

    process: Mapped[str] = mapped_column(String(80), primary_key=True)
    path: Mapped[str] = mapped_column(String(300), primary_key=True)
    content_hash: Mapped[str] = mapped_column(ForeignKey("contents.hash"))


@dataclass(frozen=True, slots=True)
class Merged:
    """The files to publish, and by path what became of the company's changes.

    `kept`: only the company changed it; `joined`: both did, in different places; `contested`: both did in the same
    place, and the company's stands.
    """

    files: dict[str, bytes]
    kept: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    contested: tuple[str, ...] = ()

    def facts(self) -> dict[str, list[str]]:
        """Return what became of the company's changes, as it is recorded."""
        return {"kept": list(self.kept), "joined": list(self.joined), "contested": list(self.contested)}


def files_of(session: Session, process: str) -> dict[str, bytes]:
    """Return the files of a process as last released; empty when it never was."""
    content = select(Released.path, Content.content).join(Content, Content.hash == Released.content_hash)
    return dict(session.execute(content.where(Released.process == process)).all())


def news(session: Session, shipped: Mapping[str, Files]) -> frozenset[str]:
    """Return the processes that came with the product and differ from what was last released here."""
    there: dict[str, dict[str, str]] = {process: {} for process in shipped}
    for process, path, digest in session.execute(select(Released.process, Released.path, Released.content_hash)):
        there.setdefault(process, {})[path] = digest
    return frozenset(process for process, files in shipped.items() if there[process] != versions.hashes_of(files))


def changed(session: Session, newest: Iterable[Version]) -> frozenset[str]:
    """Return the processes of these versions whose files are not as they were last released, in two statements."""
    ids = {version.id: version.process for version in newest}
    asked = select(VersionFile.version_id, VersionFile.path, VersionFile.content_hash)
    now: dict[str, set[tuple[str, str]]] = {}
    for version_id, path, digest in session.execute(asked.where(VersionFile.version_id.in_(ids))):
        now.setdefault(ids[version_id], set()).add((path, digest))
    then: dict[str, set[tuple[str, str]]] = {}
    for row in session.scalars(select(Released).where(Released.process.in_(set(ids.values())))):
        then.setdefault(row.process, set()).add((row.path, row.content_hash))
    return frozenset(process for process, files in then.items() if files != now.get(process))


def note(session: Session, process: str, released: Files) -> None:
    """Remember these files as last released."""
    session.execute(delete(Released).where(Released.process == process))
    hashes = versions.keep_contents(session, released)
    rows = [{"process": process, "path": path, "content_hash": digest} for path, digest in hashes.items()]
    session.execute(insert(Released), rows)


def merge(session: Session, process: str, released: Files) -> Merged:
    """Return what a release of these files would publish."""
    newest = versions.latest(session, process)
    if newest is None:
        return Merged(dict(released))
    return merged(files_of(session, process), released, versions.files_of(session, newest.id))


def merged(before: Files, released: Files, company: Files) -> Merged:
    """Merge a release with what the company changed since the one before."""
    files: dict[str, bytes] = {}
    fates: dict[str, list[str]] = {"kept": [], "joined": [], "contested": []}
    for path in sorted({*before, *released, *company}):
        base, new, own = before.get(path), released.get(path), company.get(path)
        chosen, fate = _choose(base, new, own)
        if chosen is not None:
            files[path] = chosen
        if fate:
            fates[fate].append(path)
    return Merged(files, *(tuple(fates[each]) for each in ("kept", "joined", "contested")))


def _choose(base: bytes | None, new: bytes | None, own: bytes | None) -> tuple[bytes | None, str]:
    if own in (base, new):
        return new, ""
    if new == base:
        return own, "kept"
    if base is None or new is None or own is None:
        return own, "contested"
    joined = _lines_joined(*(each.splitlines(keepends=True) for each in (base, new, own)))
    return (own, "contested") if joined is None else (joined, "joined")


def _lines_joined(base: Sequence[bytes], new: Sequence[bytes], own: Sequence[bytes]) -> bytes | None:
    """Return the lines with both sides' changes; None when they touch each other."""
    changes = sorted({*_changes(base, new), *_changes(base, own)})
    if any(later[0] <= earlier[1] for earlier, later in pairwise(changes)):
        return None
    lines = list(base)
    for begin, end, put in reversed(changes):
        lines[begin:end] = put
    return b"".join(lines)


def _changes(base: Sequence[bytes], side: Sequence[bytes]) -> set[tuple[int, int, tuple[bytes, ...]]]:
    compared = SequenceMatcher(None, base, side, autojunk=False)
    return {(a, b, tuple(side[c:d])) for what, a, b, c, d in compared.get_opcodes() if what != "equal"}


def difference(released: bytes, company: bytes) -> list[str]:
    """Return the lines that the company has otherwise than a release, marked with - and +."""
    before, after = (each.decode("utf-8", "replace").splitlines() for each in (released, company))
    shown = unified_diff(before, after, n=0, lineterm="")
    return [line for line in shown if not line.startswith(("---", "+++", "@@"))]
