"""Names of the XML vocabulary, and small helpers to read an element."""

from collections.abc import Iterator

from lxml import etree

Xml = etree._Element

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"


def tag(xml: Xml) -> str:
    """Return the local name of a BPMN element, or "" for anything else."""
    name = xml.tag
    return name[len(BPMN) :] if isinstance(name, str) and name.startswith(BPMN) else ""


def child(xml: Xml, name: str) -> Xml | None:
    return xml.find(BPMN + name)


def text(xml: Xml | None) -> str:
    """Return the whole text of an element, stripped."""
    return "".join(str(part) for part in xml.itertext()).strip() if xml is not None else ""


def camunda(xml: Xml, name: str) -> str:
    """Return an attribute of the camunda namespace, stripped; "" when absent."""
    return str(xml.get(CAMUNDA + name) or "").strip()


def extensions(xml: Xml, name: str) -> Iterator[Xml]:
    """Yield the camunda elements of this name among an element's own extensions."""
    holder = child(xml, "extensionElements")
    if holder is not None:
        yield from holder.iter(CAMUNDA + name)


def properties(xml: Xml) -> dict[str, str]:
    """Return our extras on an element (`camunda:property`), name to value."""
    return {str(one.get("name") or ""): str(one.get("value") or "").strip() for one in extensions(xml, "property")}


def true(value: str | None, otherwise: bool = False) -> bool:
    """Return whether an XML attribute is true, or `otherwise` if it is absent."""
    return otherwise if value is None else value.strip() in ("true", "1")
