"""A process to begin with: a start that leads to an end."""

from pathlib import Path

from lxml import etree

from engine.bpmn.diagrams.reading import BPMN, CAMUNDA
from engine.core import xml

DRAWN = Path(__file__).with_suffix(".bpmn")


def blank(process: str, name: str, name_en: str = "") -> bytes:
    """Return a diagram with the id `process`, to be drawn further."""
    root = xml.parse(DRAWN.read_bytes())
    body = next(root.iter(f"{{{BPMN}}}process"))
    body.set("id", process)
    body.set("name", name)
    next(body.iter(f"{{{CAMUNDA}}}property")).set("value", name_en)
    next(each for each in root.iter() if each.get("bpmnElement") == "process").set("bpmnElement", process)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)
