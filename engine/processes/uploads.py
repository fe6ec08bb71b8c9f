"""Files uploaded for publishing: gathered, judged, and kept for a day until published or discarded."""

import io
import json
import lzma
import re
import secrets
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.bpmn import checking, diagrams
from engine.bpmn.checking import opening
from engine.company.people import Person
from engine.core import clock, parsing
from engine.core.errors import BadXml, BihuanError, Finding, Invalid, NotFound, Refused, Unclear
from engine.core.store import Base
from engine.feel import FeelError, dmn
from engine.processes import process_files, publishing, released, rights, versions
from engine.processes.released import Merged

KEPT_FOR = timedelta(days=1)
COPY = re.compile(r" ?\((?:\d{1,3}|copy)\)(?=\.\w+$)| - (?:Copy|副本)(?=\.\w+$)")
"""What systems add to the name of a second copy: limits (1).dmn."""


OTHER_ENDINGS = re.compile(r"\.(bpmn|dmn)(?:2|20)?(?:\.xml)?$", re.IGNORECASE)
"""How other tools end the names of diagrams and tables: x.bpmn20.xml, x.bpmn2."""


# A stream that cannot be unpacked, and an offset outside the file (ValueError), have no error of zipfile's own.
DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, ValueError, EOFError, OSError)


class Upload(Base):
    """Files waiting for their uploader's decision; nobody else sees them."""

    __tablename__ = "uploads"

    # Never reused, unlike a number: a page left open must not publish a later upload.
    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=lambda: secrets.token_hex(16))
    process: Mapped[str] = mapped_column(String(80))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    findings: Mapped[list[Any]]
    runs: Mapped[bool]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    merged: Mapped[dict[str, Any] | None]
    """Of a release: what became of the company's changes (`Merged.facts`); None for what a person uploaded."""

    @property
    def files(self) -> dict[str, bytes]:
        """Return the files by path, as they would be published."""
        with zipfile.ZipFile(io.BytesIO(self.content)) as archive:
            return {path: archive.read(path) for path in archive.namelist()}

    @property
    def said(self) -> list[Finding]:
        """Return what the check found."""
        return [Finding(*each) for each in self.findings]


def gather(brought: Iterable[tuple[str, bytes]]) -> dict[str, bytes]:
    """Return the usable files of an upload, zips opened: bytes by name or by path inside the zip.

    Raises `Unclear` when there are too many, one is too large, or none is of use.
    """
    parsing.require_unlocked()
    found: dict[str, bytes] = {}
    for name, content in brought:
        for found_name, text in _opened(name, content):
            inner = _usual_name(found_name, text)
            if PurePosixPath(inner).suffix.lower() not in process_files.KINDS:
                continue
            if inner in found:
                raise process_files.twice(inner)
            found[inner] = text
            if sum(map(len, found.values())) > process_files.LARGEST_ALL or len(found) > process_files.MOST_FILES:
                raise process_files.too_much()
    if not found:
        raise Unclear(
            zh="没有找到可用的文件。请选择 .bpmn（流程图）、.dmn（决策表）、.json（表单），或装有它们的 .zip。",
            en="There is no usable file. Choose .bpmn diagrams, .dmn tables, .json forms, or a .zip with them.",
        )
    return found


def _usual_name(name: str, text: bytes) -> str:
    """Return the name with our ending for what is in the file, where another tool ends it otherwise."""
    plain = OTHER_ENDINGS.sub(lambda ending: f".{ending[1].lower()}", name)
    if not plain.lower().endswith(".xml"):
        return plain
    kind = opening.open_file(name, text).kind
    return str(PurePosixPath(name).with_suffix(f".{kind}")) if kind else name


def _opened(name: str, content: bytes) -> Iterable[tuple[str, bytes]]:
    if not content.startswith(b"PK\x03\x04"):
        if len(content) > process_files.LARGEST_FILE:
            raise process_files.too_large(name)
        return [(PurePosixPath(name.replace("\\", "/")).name, content)]
    try:
        return _unzipped(content)
    except DAMAGED:
        raise Unclear(
            zh=f"压缩包 {name} 打不开（已损坏，或设了密码）。请重新压缩后再试。",
            en=f"{name} cannot be opened: it is damaged or has a password. Please zip it again.",
        ) from None


def _unzipped(content: bytes) -> list[tuple[str, bytes]]:
    # Names without the UTF-8 mark come from Windows in Chinese.
    with zipfile.ZipFile(io.BytesIO(content), metadata_encoding="gb18030") as archive:
        wanted = [each for each in archive.infolist() if _is_of_use(each.filename)]
        if len(wanted) > process_files.MOST_FILES or sum(each.file_size for each in wanted) > process_files.LARGEST_ALL:
            raise process_files.too_much()
        return [(each.filename, _bounded(archive, each)) for each in wanted]


def _is_of_use(path: str) -> bool:
    known = PurePosixPath(path).suffix.lower() in {*process_files.KINDS, ".xml", ".bpmn2"}
    return known and not any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(path).parts)


def _bounded(archive: zipfile.ZipFile, each: zipfile.ZipInfo) -> bytes:
    with archive.open(each) as file:
        text = file.read(process_files.LARGEST_FILE + 1)
    if len(text) > process_files.LARGEST_FILE:
        raise process_files.too_large(each.filename)
    return text


def place(found: Mapping[str, bytes], process: str | None = None) -> tuple[str, dict[str, bytes]]:
    """Return the process of the files, and each file's path in it (`bpmn/<process>/…`, `forms/<process>/…`).

    `process` wins; otherwise the folder inside the zip, otherwise the diagram that no other one calls. Raises
    `Unclear` when that cannot be determined.
    """
    parsing.require_unlocked()
    chosen = process or _process_of(found)
    process_files.check_process(chosen)
    placed: dict[str, bytes] = {}
    folded: set[str] = set()
    for name, text in found.items():
        bare = PurePosixPath(name).name
        if not process_files.NAME.fullmatch(bare):
            raise Unclear(zh=f"文件名“{bare}”不能使用。", en=f"The file name “{bare}” cannot be used.")
        path = f"{_folder_of(name, text, chosen)}/{bare}"
        if path.casefold() in folded:
            raise process_files.twice(bare)
        folded.add(path.casefold())
        placed[path] = text
    return chosen, placed


def _folder_of(name: str, text: bytes, process: str) -> str:
    """Return the folder of a file in its process; a scenario is known by its folder, or by its steps."""
    kind = PurePosixPath(name).suffix.lower()
    if kind == ".json" and (versions.is_scenario(name) or _has_steps(text)):
        return f"bpmn/{process}/scenarios"
    return f"{process_files.KINDS[kind]}/{process}"


def _has_steps(text: bytes) -> bool:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(given, dict) and isinstance(given.get("steps"), list)


def _process_of(found: Mapping[str, bytes]) -> str:
    folders = {_folder(name) for name in found} - {""}
    if len(folders) > 1:
        raise Unclear(
            zh=f"里面有几个流程（{'、'.join(sorted(folders))}）。请一次只上传一个。",
            en=f"There are several processes in it ({', '.join(sorted(folders))}). Please upload one at a time.",
        )
    if folders:
        return folders.pop()
    drawn = [each for name, text in found.items() if name.lower().endswith(".bpmn") and (each := _read(text))]
    called = {process for each in drawn for process in each.called}
    outer = sorted({each.process.id for each in drawn} - called)
    if len(outer) != 1:
        raise Unclear(
            zh="看不出这些文件属于哪个流程，请在下面选择。",
            en="It is not clear which process these files belong to. Please choose it below.",
        )
    return outer[0]


def _folder(name: str) -> str:
    parts = PurePosixPath(name).parts
    if versions.is_scenario(name):
        parts = parts[:-1]
    return parts[-2] if len(parts) >= 3 and parts[-3] in {"bpmn", "forms"} else ""


def _read(text: bytes) -> diagrams.Diagram | None:
    try:
        return diagrams.read(text)
    except (BadXml, Refused):
        return None


def together(session: Session, process: str, brought: Mapping[str, bytes], *, whole: bool) -> dict[str, bytes]:
    """Return `brought` merged over the newest version's files, or alone when it is the `whole` process.

    A file replaces the newest version's file with the same content type and id, whatever it is called: browsers and
    mail rename files.
    """
    newest = None if whole else versions.latest(session, process)
    old = versions.files_of(session, newest.id) if newest else {}
    return {**old, **in_place(old, brought)}


def in_place(old: Mapping[str, bytes], brought: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return `brought`, each under the path of the old file that it replaces, or under its own."""
    parsing.require_unlocked()
    homes = {what: path for path, text in old.items() for what in _holds(path, text)}
    found: dict[str, bytes] = {}
    for path, text in brought.items():
        home = path if path in old else _home(path, text, old, homes)
        found[path if home in brought or home in found else home] = text
    return found


def _home(path: str, text: bytes, old: Mapping[str, bytes], homes: Mapping[str, str]) -> str:
    replaced = {homes[what] for what in _holds(path, text) if what in homes}
    if len(replaced) == 1:
        return replaced.pop()
    plain = COPY.sub("", path)
    return plain if plain in old else path


def _holds(path: str, text: bytes) -> frozenset[str]:
    """Return the processes or decisions in a file; nothing for a form or an unreadable file."""
    kind = PurePosixPath(path).suffix.lower()
    try:
        if kind == ".dmn":
            return frozenset(f"decision {each}" for each in dmn.read(text).decisions)
        if kind == ".bpmn":
            return frozenset(f"process {each.id}" for each in diagrams.read(text).processes)
    except (BihuanError, FeelError):
        pass
    return frozenset()


def keep(
    session: Session,
    process: str,
    files: Mapping[str, bytes],
    verdict: checking.Verdict,
    *,
    by: Person,
    merged: Merged | None = None,
) -> Upload:
    """Store judged files until `by` publishes or discards them, a day at most. `merged`: they are a release.

    Raises `NotPermitted`.
    """
    rights.require(session, by, process, rights.PUBLISH)
    versions.require_own_id(session, process)
    session.execute(delete(Upload).where(Upload.at < clock.now() - KEPT_FOR))
    findings = [
        [each.level, each.place, each.name, each.zh, each.en, each.file] for each in (*verdict.findings, *verdict.notes)
    ]
    kept = Upload(
        process=process,
        content=zipped(files),
        findings=findings,
        runs=verdict.runs,
        by_id=by.id,
        at=clock.now(),
        merged=merged.facts() if merged else None,
    )
    session.add(kept)
    session.flush()
    return kept


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return files as a zip, in order of path."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            archive.writestr(path, files[path])
    return buffer.getvalue()


def find(session: Session, upload_id: str, *, by: Person) -> Upload:
    """Return the upload of `by`. Raises `NotFound`, also when somebody else uploaded it."""
    found = session.scalar(select(Upload).where(Upload.id == upload_id, Upload.by_id == by.id))
    if found is None:
        raise NotFound()
    return found


def require_note(note: str) -> None:
    """Raise `Invalid` without a reason."""
    if not note.strip():
        raise Invalid({"note": ("请写明改了什么、为什么。", "Please say what is changed and why.")})


def publish(
    session: Session,
    upload: Upload,
    judged: publishing.Judged,
    *,
    by: Person,
    note: str,
    in_spite: str = "",
    more: Mapping[str, bytes] = versions.NOTHING,
) -> versions.Version:
    """Publish an upload that was just `judged`, with a reason, and delete it; `in_spite` as in `publishing.publish`,
    `more`: accepted scenarios.

    Raises `Invalid` without a reason, `Refused` when it no longer runs, `Conflict` when something changed just now.
    """
    require_note(note)
    files = versions.with_scenarios(upload.files, more)
    version = publishing.publish(session, upload.process, files, by=by, note=note, judged=judged, in_spite=in_spite)
    if upload.merged is not None:
        released.note(session, upload.process, publishing.shipped()[upload.process])
    session.delete(upload)
    return version


def discard(session: Session, upload: Upload) -> None:
    """Delete an upload."""
    session.delete(upload)
