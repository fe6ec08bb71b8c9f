"""Names of the XML vocabulary, and small questions to an element of it."""

from collections.abc import Iterator

from lxml import etree

Xml = etree._Element

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"


def tag(xml: Xml) -> str:
    """The local name of a BPMN element; of anything else an empty text."""
    name = xml.tag
    return name[len(BPMN) :] if isinstance(name, str) and name.startswith(BPMN) else ""


def child(xml: Xml, name: str) -> Xml | None:
    return xml.find(BPMN + name)


def text(xml: Xml | None) -> str:
    """The whole text of an element without the space around it."""
    return "".join(str(part) for part in xml.itertext()).strip() if xml is not None else ""


def camunda(xml: Xml, name: str) -> str:
    """An attribute of the camunda namespace without the space around it; empty when absent."""
    return str(xml.get(CAMUNDA + name) or "").strip()


def extensions(xml: Xml, name: str) -> Iterator[Xml]:
    """The camunda elements of this name among an element's own extensions."""
    holder = child(xml, "extensionElements")
    if holder is not None:
        yield from holder.iter(CAMUNDA + name)


def properties(xml: Xml) -> dict[str, str]:
    """Our extras on an element (`camunda:property`), name to value."""
    return {str(one.get("name") or ""): str(one.get("value") or "").strip() for one in extensions(xml, "property")}


def true(value: str | None, otherwise: bool = False) -> bool:
    """An XML boolean."""
    return otherwise if value is None else value.strip() in ("true", "1")
