"""The files of a version: their processes, and the messages, signals, errors and escalations they declare."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.bpmn.execution.reading.names import Xml, tag
from engine.core import xml as safe
from engine.core.errors import BadXml, Finding

_DECLARED = ("message", "signal", "error", "escalation")


@dataclass(frozen=True)
class Source:
    """A process element, with the declarations of its file."""

    id: str
    xml: Xml
    path: str
    declared: Mapping[str, Xml]

    def named(self, reference: str) -> Xml | None:
        """Return the declaration of a reference, which may have a prefix."""
        found = self.declared.get(reference)
        return self.declared.get(reference.rpartition(":")[2]) if found is None else found

    def message(self, xml: Xml) -> str:
        """Return the name of the message that a task or event refers to; "" for none."""
        definition = xml.find("{*}messageEventDefinition")
        reference = str((xml if definition is None else definition).get("messageRef") or "")
        declared = self.named(reference) if reference else None
        return "" if declared is None else str(declared.get("name") or declared.get("id") or "").strip()


def read(files: Mapping[str, bytes], findings: list[Finding]) -> dict[str, Source]:
    """Read all processes of all files by id; an unreadable file becomes a finding at its path."""
    sources: dict[str, Source] = {}
    for path, content in sorted(files.items()):
        try:
            root = safe.parse(content)
        except BadXml as bad:
            findings.append(Finding("error", path, "", bad.text("zh"), bad.text("en")))
            continue
        if tag(root) != "definitions":
            zh, en = "这不是 BPMN 2.0 流程图文件。", "this is not a BPMN 2.0 diagram."
            findings.append(Finding("error", path, "", zh, en))
            continue
        declared = {str(one.get("id")): one for one in root if tag(one) in _DECLARED}
        for xml in root:
            if tag(xml) == "process":
                source = Source(str(xml.get("id") or ""), xml, path, declared)
                if source.id in sources:
                    zh = f"流程「{source.id}」在 {sources[source.id].path} 里已有一个。"
                    en = f'there is a process "{source.id}" in {sources[source.id].path} already.'
                    findings.append(Finding("error", path, str(xml.get("name") or ""), zh, en))
                sources.setdefault(source.id, source)
    return sources
