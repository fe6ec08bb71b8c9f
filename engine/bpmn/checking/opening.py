"""Open files from anywhere: recognise the kind of file whatever its encoding, and judge each."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath
from typing import Literal

from engine.bpmn import checking, diagrams
from engine.bpmn.checking.folder import Folder
from engine.bpmn.checking.names import Variables, functions
from engine.bpmn.checking.texts import written
from engine.bpmn.checking.verdict import Available
from engine.bpmn.diagrams import Diagram
from engine.core import xml
from engine.core.errors import BadXml, BihuanError, Finding

Kind = Literal["bpmn", "dmn", ""]
Word = Literal["runs", "needs repair", "not a diagram"]

DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
DOCTYPE = re.compile(rb"<!DOCTYPE[^\[>]*(?:\[[^\]]*\])?\s*>")
DECLARED = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([\w.-]+)")
BPMN_ROOT = f"{{{diagrams.BPMN}}}definitions"
DMN_ROOT = re.compile(r"\{https?://www\.omg\.org/spec/DMN/[^}]*\}definitions")


@dataclass(frozen=True)
class Opened:
    """A file ready for use: `text` is the content, corrected where the intended content could be recognised.

    `kind` is "" when it is neither diagram nor table; `findings` say why, or what had to be guessed to read it.
    """

    text: bytes
    kind: Kind
    findings: tuple[Finding, ...] = ()

    @cached_property
    def diagram(self) -> Diagram | None:
        """Return the diagram, if one can be read."""
        try:
            return diagrams.read(self.text) if self.kind == "bpmn" else None
        except BihuanError:
            return None

    @property
    def playable(self) -> bool:
        """Return whether it has a process with a flow node."""
        return self.diagram is not None and bool(self.diagram.nodes)


@dataclass(frozen=True)
class Judged:
    """The verdict on one file."""

    word: Word
    findings: tuple[Finding, ...]


def open_file(path: str, text: bytes) -> Opened:
    """Return what the file is. Raises nothing."""
    try:
        return Opened(text, kind_of(text))
    except BadXml as bad:
        first = bad
    for meant, zh, en in meanings(text):
        try:
            kind = kind_of(meant)
        except BadXml:
            continue
        if kind:
            return Opened(meant, kind, (Finding("error", path, "", zh, en),))
    return Opened(text, "", (Finding("error", path, "", first.text("zh"), first.text("en")),))


def kind_of(text: bytes) -> Kind:
    """Return the kind by the root element. Raises `BadXml`, also for other XML."""
    root = str(xml.parse(text).tag)
    if root == BPMN_ROOT:
        return "bpmn"
    if DMN_ROOT.fullmatch(root):
        return "dmn"
    what = root.replace("{", "", 1).replace("}", " ", 1)[:120]  # the namespace too: older BPMN has the same names
    raise BadXml(
        why_zh=f"里面是「{what}」，不是 BPMN 2.0 流程图，也不是 DMN 决策表。",
        why_en=f'it holds "{what}", neither a BPMN 2.0 diagram nor a DMN table.',
    )


def meanings(text: bytes) -> list[tuple[bytes, str, str]]:
    """Return possible readings of the bytes, likeliest first, each with what is wrong and how to mend it."""
    if len(text) > xml.LARGEST:
        return []
    found = []
    if DOCTYPE.search(text):
        zh = "文件带有 DOCTYPE 声明，这里不接受。请删除它(--repair 会删除)。"
        en = "it has a DOCTYPE, which is not accepted. Remove it (--repair does)."
        found.append((DOCTYPE.sub(b"", text, count=1), zh, en))
    declared = DECLARED.search(text[:200])
    said = declared[1].decode() if declared else "UTF-8"
    for encoding in encodings(text):
        try:
            words = text.decode(encoding).lstrip("\ufeff\x00 \t\r\n")
        except (UnicodeDecodeError, LookupError):
            continue
        zh = f"文件写明的编码是 {said},实际像是 {encoding}。请另存为 UTF-8(--repair 会这样做)。"
        en = f"it says that it is {said} but seems to be {encoding}. Save it as UTF-8 (--repair does)."
        if encoding.replace("-", "").lower() == said.replace("-", "").lower():
            zh = "XML 声明之前有多余的字符。请删除(--repair 会删除)。"
            en = "there is something before the XML declaration. Remove it (--repair does)."
        found.append((DECLARATION.sub("", words).encode("utf-8", "surrogatepass"), zh, en))
    return found


def encodings(text: bytes) -> list[str]:
    """Return the encodings worth trying."""
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return ["utf-16"]
    if text[:1] == b"\0" or text[1:2] == b"\0":
        return ["utf-16-be" if text[:1] == b"\0" else "utf-16-le"]
    return ["utf-8", "gb18030", "cp1252"] if looks_chinese(text) else ["utf-8", "cp1252"]


def looks_chinese(text: bytes) -> bool:
    """Return whether non-ASCII bytes come in pairs, as in GBK, rather than alone, as accented letters do."""
    runs = re.findall(rb"[\x80-\xff]+", text)
    return sum(len(run) > 1 for run in runs) * 2 >= len(runs)


def judge(path: str, text: bytes, available: Available, beside: Mapping[str, bytes] | None = None) -> Judged:
    """Return the verdict on one file. `beside` are the files that belong to it, by path. Raises nothing; takes
    seconds."""
    opened = open_file(path, text)
    if not opened.kind:
        return Judged("not a diagram", opened.findings)
    named = str(PurePosixPath(path).with_suffix(f".{opened.kind}"))
    others = {other: content for other, content in (beside or {}).items() if other != path}
    verdict = checking.check({**others, named: opened.text}, available, about=named)
    findings = (*opened.findings, *verdict.findings, *verdict.notes)
    findings += tuple(needed({**others, named: opened.text}, named, available)) if opened.kind == "bpmn" else ()
    return Judged("runs" if all(each.level != "error" for each in findings) else "needs repair", findings)


def needed(files: Mapping[str, bytes], path: str, available: Available) -> Iterator[Finding]:
    """Yield the data that a process reads and nothing in it sets: another system gives it when a case starts."""
    folder = Folder.of(files)
    diagram, variables = folder.diagrams.get(path), Variables(folder, available)
    for process in diagram.processes if diagram else ():
        inside = [node for node in diagram.nodes if node.process == process.id] if diagram else []
        given = process.id in available.variables or any(node.called == process.id for _, node in variables.callers)
        if diagram is None or given or any(variables.brings_more(node, path) for node in inside):
            continue  # what is missing is reported already, or may come with a form or a message
        told = set(variables.made(process.id) | functions(available))
        for text in written(diagram, process.id):
            for name in sorted(text.names - told) if text.sees == "own" else ():
                told.add(name)
                zh = f"「{name}」要在开始时就有，可是这里没有任何地方给它赋值。请用前面任务的表单或脚本任务来赋值。"
                en = (
                    f'"{name}" has to be there at the start, but nothing here sets it. Set it by the form of a task before, '
                    "or by a script task."
                )
                yield Finding("error", text.at.id, text.at.name, zh, en)
