"""The files of a version: their processes, and the messages, signals, errors and escalations they declare."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.bpmn.execution.reading.names import Xml, tag
from engine.core import xml as safe
from engine.core.errors import BadXml, Finding

_DECLARED = ("message", "signal", "error", "escalation")


@dataclass(frozen=True)
class Source:
    """A process as it stands in its file, with what the file declares beside it."""

    id: str
    xml: Xml
    path: str
    declared: Mapping[str, Xml]

    def named(self, reference: str) -> Xml | None:
        """The declaration that a reference (perhaps with a prefix) means."""
        found = self.declared.get(reference)
        return self.declared.get(reference.rpartition(":")[2]) if found is None else found

    def message(self, xml: Xml) -> str:
        """The name of the message that a task or event speaks of; "" for none."""
        definition = xml.find("{*}messageEventDefinition")
        reference = str((xml if definition is None else definition).get("messageRef") or "")
        declared = self.named(reference) if reference else None
        return "" if declared is None else str(declared.get("name") or declared.get("id") or "").strip()


def read(files: Mapping[str, bytes], findings: list[Finding]) -> dict[str, Source]:
    """All processes of all files by id; what cannot be read becomes a finding at the file's path."""
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
