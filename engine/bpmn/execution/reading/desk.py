"""What every reader of elements needs: the element, where findings go, how expressions are compiled."""

from dataclasses import dataclass
from types import MappingProxyType

from engine.bpmn.execution.element import Element
from engine.bpmn.execution.formulas import Formula, Literal, Text
from engine.bpmn.execution.reading.names import Xml, extensions, properties, tag
from engine.bpmn.execution.reading.names import text as text_of
from engine.bpmn.execution.reading.source import Source
from engine.core.errors import Finding
from engine.feel import FeelError


@dataclass(frozen=True)
class Desk:
    """One element on the desk of its reader."""

    source: Source
    xml: Xml
    element: Element
    findings: list[Finding]

    @classmethod
    def of(cls, source: Source, xml: Xml, findings: list[Finding]) -> "Desk":
        name, extras = " ".join(str(xml.get("name") or "").split()), MappingProxyType(properties(xml))
        element = Element(str(xml.get("id") or ""), name, tag(xml), source.id, source.message(xml), extras)
        return cls(source, xml, element, findings)

    def error(self, zh: str, en: str) -> None:
        self.findings.append(Finding("error", self.element.id, self.element.name, zh, en))

    def warning(self, zh: str, en: str) -> None:
        self.findings.append(Finding("warning", self.element.id, self.element.name, zh, en))

    def formula(self, text: str) -> Formula:
        """Compile a FEEL text, with or without a leading `=`; an unreadable one becomes a finding."""
        if "${" in text or "#{" in text:
            zh = f"「{text}」是别的系统的写法，请改写为 FEEL。"
            self.error(zh, f'"{text}" is written for another system; write it in FEEL.')
        else:
            try:
                return Formula(text, self.element)
            except FeelError as bad:
                self.error(f"公式「{text}」：{bad.zh}", f'expression "{text}": {bad.en}')
        return Formula("null", self.element)

    def text(self, text: str) -> Text | None:
        """Read `=FEEL` or literal text; None when there is none."""
        if not text:
            return None
        if text.startswith("=") or "${" in text or "#{" in text:
            return self.formula(text)
        return Literal(text)

    def parameters(self, kind: str) -> tuple[tuple[str, Text], ...]:
        """Return the `camunda:inputParameter`s or `camunda:outputParameter`s in order."""
        found = []
        for one in extensions(self.xml, kind):
            name = str(one.get("name") or "")
            if len(one):
                zh = f"参数「{name}」只能是文字或 =FEEL,不支持脚本、列表和映射。"
                self.error(zh, f'parameter "{name}" can only be a text or =FEEL, no script, list or map.')
            elif not name:
                self.error("有一个参数没有名称。", "a parameter has no name.")
            else:
                found.append((name, self.text(text_of(one)) or Literal("")))
        return tuple(found)

    def reference(self, xml: Xml, attribute: str, name: str, zh: str, en: str) -> str | None:
        """Return the attribute `name` of a reference's declaration; None with a finding if there is none."""
        reference = str(xml.get(attribute) or "")
        declared = self.source.named(reference) if reference else None
        found = ""
        if declared is not None:
            found = str(declared.get(name) or declared.get("name") or declared.get("id") or "").strip()
        if not found or "${" in found:
            self.error(f"没有指明{zh}。", f"it does not say which {en}.")
            return None
        return found
