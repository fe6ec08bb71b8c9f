"""Published, immutable versions of processes, and the pins that tie a case to those it started with."""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from threading import Lock
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from sqlalchemy import JSON, ForeignKey, LargeBinary, Select, String, Text, UniqueConstraint, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.bpmn import diagrams, execution
from engine.bpmn.diagrams import Diagram, Node
from engine.core import clock
from engine.core.errors import BadXml, NotFound, Unclear
from engine.core.store import Base
from engine.feel import dmn
from engine.forms import Form
from engine.forms import read as read_form
from engine.processes import before_properties

NOTHING: Mapping[str, bytes] = MappingProxyType({})

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


LONGEST_NAME = 200
"""Of a process; a longer one is cut."""


class Content(Base):
    """The bytes of a file, stored once however many versions contain it."""

    __tablename__ = "contents"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Version(Base):
    """One published state of a process: its diagrams, tables and forms."""

    __tablename__ = "versions"
    __table_args__ = (UniqueConstraint("process", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    process: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    calls: Mapped[list[str]] = mapped_column(JSON, default=list)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME), default="")
    name_en: Mapped[str] = mapped_column(String(LONGEST_NAME), default="")
    published_at: Mapped[datetime]
    by_id: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(500), default="")
    step_names: Mapped[str] = mapped_column(Text, default="", server_default="", deferred=True)
    """What its steps are called, in both languages, to find it by."""

    def said(self, language: str = "zh") -> str:
        """Return the name of the process in one language."""
        return (self.name_en if language == "en" else "") or self.name or self.process


class VersionFile(Base):
    """A file of a version, by path (`bpmn/complaint/complaint.bpmn`)."""

    __tablename__ = "version_files"

    version_id: Mapped[int] = mapped_column(ForeignKey("versions.id"), primary_key=True)
    path: Mapped[str] = mapped_column(String(300), primary_key=True)
    content_hash: Mapped[str] = mapped_column(ForeignKey("contents.hash"))


class Pin(Base):
    """The versions of a process and of everything it calls, as of one day."""

    __tablename__ = "pins"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    versions: Mapped[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Named:
    """The name of a published version."""

    process: str
    number: int
    name: str
    name_en: str


class Kept(Generic[K, V]):
    """A bounded cache of values that are costly to make and never change; evicts the least recently used."""

    def __init__(self, most: int) -> None:
        self._values: OrderedDict[K, V] = OrderedDict()
        self._most = most
        self._lock = Lock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return the value under `key`, made if it is missing."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return value


# A pin is named by the hash of its content, so these can be shared by every store in the process.
_files: Kept[str, dict[str, bytes]] = Kept(32)
_programs: Kept[tuple[str, str], execution.Program] = Kept(64)
_forms: Kept[tuple[str, str, str], Form] = Kept(512)
_tables: Kept[str, dict[str, dmn.Model]] = Kept(32)
_drawn: Kept[str, dict[str, Diagram]] = Kept(32)
_names: Kept[str, tuple[Named, ...]] = Kept(64)


def hash_of(files: Mapping[str, bytes]) -> str:
    """Return the content hash of a set of files: paths and bytes, in order of path."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{len(path.encode())}:{path}:{len(files[path])}:".encode())
        digest.update(files[path])
    return digest.hexdigest()


def hashes_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the hash of each content, by path."""
    return {path: hash_of({"": text}) for path, text in files.items()}


def latest(session: Session, process: str) -> Version | None:
    """Return the version that new cases start with."""
    return session.scalar(select(Version).where(Version.process == process).order_by(Version.number.desc()).limit(1))


def numbered(session: Session, process: str, number: int) -> Version | None:
    """Return a version by its number."""
    return session.scalar(select(Version).where(Version.process == process, Version.number == number))


def require_own_id(session: Session, process: str) -> None:
    """Raise `Unclear` where the id of a process differs from another's in capital letters only: folders would not."""
    others = select(Version.process).where(func.lower(Version.process) == process.lower(), Version.process != process)
    if other := session.scalar(others.limit(1)):
        raise Unclear(
            zh=f"已经有编号是“{other}”的流程了，只有大小写不同。请换一个编号，或用原来的。",
            en=f"There is a process “{other}” already, which differs in capital letters only. Use another id, or that.",
        )


def all_latest(session: Session) -> list[Version]:
    """Return the newest version of every process, by process."""
    return list(session.scalars(newest().order_by(Version.process)))


def newest() -> Select[Version]:
    """Return a query of the newest version of every process."""
    last = select(Version.process, func.max(Version.number).label("number")).group_by(Version.process).subquery("last")
    return select(Version).join(last, (last.c.process == Version.process) & (last.c.number == Version.number))


def files_of_all(session: Session, version_ids: Collection[int]) -> dict[int, dict[str, bytes]]:
    """Return the files of several versions by path, by the version's id; one statement for all of them."""
    found: dict[int, dict[str, bytes]] = {id: {} for id in version_ids}
    asked = select(VersionFile.version_id, VersionFile.path, Content.content).join(
        Content, Content.hash == VersionFile.content_hash
    )
    rows = session.execute(asked.where(VersionFile.version_id.in_(version_ids)).order_by(VersionFile.path))
    for version_id, path, content in rows:
        found[version_id][path] = content
    return found


def files_of(session: Session, version_id: int) -> dict[str, bytes]:
    """Return the files of one version, by path."""
    rows = session.execute(
        select(VersionFile.path, Content.content)
        .join(Content, Content.hash == VersionFile.content_hash)
        .where(VersionFile.version_id == version_id)
        .order_by(VersionFile.path)
    )
    return {row.path: row.content for row in rows}


def pin_latest(session: Session, process: str, number: int | None = None) -> str:
    """Return the pin of today's versions of `process` (or of version `number` of it) and of what it calls, created if
    new.

    Raises `NotFound` when `process` was never published, or has no such version.
    """
    pin, ids = _together(session, process, number)
    if session.get(Pin, pin) is None:
        session.execute(insert(Pin).values(hash=pin, versions=ids))
    return pin


def program_of(session: Session, process: str, number: int | None = None) -> execution.Program:
    """Return what `pin_latest` would pin, parsed, without creating the pin. Raises `NotFound`."""
    pin, ids = _together(session, process, number)

    def load() -> execution.Program:
        every = {path: text for version_id in ids.values() for path, text in files_of(session, version_id).items()}
        return _parsed(every, process)

    return _programs.get((pin, process), load)


def _together(session: Session, process: str, number: int | None) -> tuple[str, dict[str, int]]:
    """Return the name of the pin of a process with what it calls, and the ids of their versions."""
    found: dict[str, Version] = {}
    waiting = [process]
    while waiting:
        name = waiting.pop()
        version = latest(session, name) if number is None or name != process else numbered(session, name, number)
        if version is None:
            raise NotFound()
        found[name] = version
        waiting += [called for called in version.calls if called not in found and called not in waiting]
    named = json.dumps({name: [found[name].number, found[name].hash] for name in sorted(found)})
    return hashlib.sha256(named.encode()).hexdigest(), {name: version.id for name, version in found.items()}


def versions_of(session: Session, pin: str) -> dict[str, int]:
    """Return the pinned version ids, by process. Raises `NotFound` for an unknown pin."""
    row = session.get(Pin, pin)
    if row is None:
        raise NotFound()
    return dict(row.versions)


def names(session: Session, pin: str) -> tuple[Named, ...]:
    """Return the names of the pinned versions, by process."""

    def load() -> tuple[Named, ...]:
        asked = select(Version.process, Version.number, Version.name, Version.name_en)
        pinned = Version.id.in_(versions_of(session, pin).values())
        return tuple(Named(*row) for row in session.execute(asked.where(pinned).order_by(Version.process)))

    return _names.get(pin, load)


def files(session: Session, pin: str) -> dict[str, bytes]:
    """Return every file of the pin, by path."""

    def load() -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for version_id in versions_of(session, pin).values():
            found.update(files_of(session, version_id))
        return found

    return _files.get(pin, load)


def drawn(session: Session, pin: str) -> dict[str, Diagram]:
    """Return the pinned diagrams, by path. Ones no longer readable, published under an older check, are left out."""

    def load() -> dict[str, Diagram]:
        found = {}
        for path, text in files(session, pin).items():
            if path.endswith(".bpmn"):
                with suppress(BadXml):
                    found[path] = diagrams.read(text)
        return found

    return _drawn.get(pin, load)


def drawn_in(session: Session, version: Version) -> dict[str, Diagram]:
    """Return the diagrams of one version, by path."""
    return _drawn.get(
        version.hash,
        lambda: {
            path: diagrams.read(text) for path, text in files_of(session, version.id).items() if path.endswith(".bpmn")
        },
    )


def program(session: Session, pin: str, process: str) -> execution.Program:
    """Return the parsed process of a pin, shared by all its cases."""

    return _programs.get((pin, process), lambda: _parsed(files(session, pin), process))


def _parsed(files: Mapping[str, bytes], process: str) -> execution.Program:
    diagrams = {path: text for path, text in files.items() if path.endswith(".bpmn")}
    program = execution.parse(diagrams, process)
    return program.saying(before_properties.filled(program.elements))


def form(session: Session, pin: str, process: str, key: str) -> Form:
    """Return the form `key` of a pinned process. Raises `NotFound` when it has none."""

    def load() -> Form:
        content = files(session, pin).get(f"forms/{process}/{key}.json")
        if content is None:
            raise NotFound()
        return read_form(content)

    return _forms.get((pin, process, key), load)


def form_today(session: Session, process: str, key: str) -> Form:
    """Return the form `key` of the newest version of a process, for use before a case starts.

    Raises `NotFound` when the process was never published or has no such form.
    """
    version = latest(session, process)
    if version is None:
        raise NotFound()
    path = f"forms/{process}/{key}.json"

    def load() -> Form:
        content = session.scalar(
            select(Content.content)
            .join(VersionFile, VersionFile.content_hash == Content.hash)
            .where(VersionFile.version_id == version.id, VersionFile.path == path)
        )
        if content is None:
            raise NotFound()
        return read_form(content)

    return _forms.get((version.hash, process, key), load)


def tables(session: Session, pin: str) -> dict[str, dmn.Model]:
    """Return the pinned decision models, by the id of each decision in them."""

    def load() -> dict[str, dmn.Model]:
        models = (dmn.read(text) for path, text in files(session, pin).items() if path.endswith(".dmn"))
        return {decision: model for model in models for decision in model.decisions}

    return _tables.get(pin, load)


def tables_today(session: Session, process: str) -> dict[str, dmn.Model]:
    """Return the decision models of a process's newest version, by decision id; empty when there is none."""
    version = latest(session, process)
    if version is None:
        return {}

    def load() -> dict[str, dmn.Model]:
        models = (dmn.read(text) for path, text in files_of(session, version.id).items() if path.endswith(".dmn"))
        return {decision: model for model in models for decision in model.decisions}

    return _tables.get(version.hash, load)


def decide(
    session: Session,
    pin: str,
    decision: str,
    context: Mapping[str, object],
    functions: Mapping[str, Callable[..., object]] | None = None,
) -> dmn.Decided:
    """Return the pinned decision's result for `context`, and which rules match. Raises `NotFound` for an unknown
    decision."""
    models = tables(session, pin)
    if decision not in models:
        raise NotFound()
    return models[decision].decide(decision, context, functions or {})


def store(
    session: Session, process: str, files: Mapping[str, bytes], *, by_id: int | None = None, note: str = ""
) -> Version:
    """Store checked files as the next version of a process."""
    newest = latest(session, process)
    drawn = [diagrams.read(text) for path, text in files.items() if path.endswith(".bpmn")]
    own = next((each for one in drawn for each in one.processes if each.id == process), drawn[0].process)
    inside = {each.id for one in drawn for each in one.processes}
    version = Version(
        process=process,
        number=newest.number + 1 if newest else 1,
        hash=hash_of(files),
        calls=sorted({called for each in drawn for called in each.called} - inside),
        name=(own.name or process)[:LONGEST_NAME],
        name_en=(own.name_en or own.name or process)[:LONGEST_NAME],
        published_at=clock.now(),
        by_id=by_id,
        note=note[:500],
        step_names="\n".join(sorted({name for one in drawn for node in one.nodes for name in _names_of(node)})),
    )
    session.add(version)
    session.flush()
    hashes = keep_contents(session, files)
    rows = [{"version_id": version.id, "path": path, "content_hash": digest} for path, digest in hashes.items()]
    session.execute(insert(VersionFile), rows)
    return version


def _names_of(node: Node) -> Iterator[str]:
    return filter(None, (node.name, node.name_en))


def keep_contents(session: Session, files: Mapping[str, bytes]) -> dict[str, str]:
    """Store the contents that are not stored yet; return the hash of each, by path."""
    hashes = hashes_of(files)
    contents = {hashes[path]: text for path, text in files.items()}
    known = set(session.scalars(select(Content.hash).where(Content.hash.in_(contents))))
    if fresh := [{"hash": key, "content": text} for key, text in contents.items() if key not in known]:
        session.execute(insert(Content), fresh)
    return hashes


def process_of(path: str) -> str:
    """Return the process of a file, from its folder (`bpmn/complaint/x.bpmn` → `complaint`)."""
    folder = PurePosixPath(path).parent
    return folder.parent.name if is_scenario(path) else folder.name


def is_scenario(path: str) -> bool:
    """Return whether a file of a process is a scenario (`bpmn/<process>/scenarios/<name>.json`): it steers no case."""
    parts = PurePosixPath(path).parts
    return path.endswith(".json") and len(parts) > 1 and parts[-2] == "scenarios"


def with_scenarios(files: Mapping[str, bytes], accepted: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files with the accepted scenarios instead of theirs; an empty one is dropped."""
    return {path: text for path, text in {**files, **accepted}.items() if text or path not in accepted}


def any_scenario(session: Session) -> bool:
    """Return whether the newest version of any process has a scenario."""
    newest = [version.id for version in all_latest(session)]
    there = select(VersionFile.path).where(VersionFile.version_id.in_(newest), VersionFile.path.like("%/scenarios/%"))
    return session.scalar(there.limit(1)) is not None


def without_scenarios(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files that cases run on."""
    return {path: text for path, text in files.items() if not is_scenario(path)}
