"""Where a diagram draws its elements, and the texts on it that no step has: for comparing two versions."""

from engine.bpmn.diagrams.reading import BPMN, DI, local, local_tag, properties_of, text_of
from engine.core import xml

TEXTS = ("participant", "lane", "messageFlow", "textAnnotation")


def layout(text: bytes) -> dict[str, str]:
    """Return where each element is drawn, by id; the values only say whether two are the same. Raises `BadXml`."""
    found = {}
    for drawn in xml.parse(text).iter(f"{{{DI}}}BPMNShape", f"{{{DI}}}BPMNEdge"):
        numbers = (each.get(name, "") for each in drawn.iterchildren() for name in ("x", "y", "width", "height"))
        found[local(str(drawn.get("bpmnElement", "")))] = " ".join(_rounded(each) for each in numbers)
    return found


def _rounded(number: str) -> str:
    """Editors write 100 as 100.0 and the like."""
    try:
        return f"{float(number):.0f}"
    except ValueError:
        return number


def texts(text: bytes) -> dict[str, tuple[str, str, str]]:
    """Return notes, pools, lanes and message flows by id: kind, Chinese and English text. Raises `BadXml`."""
    found = {}
    for element in xml.parse(text).iter(*(f"{{{BPMN}}}{tag}" for tag in TEXTS)):
        said = text_of(element.find(f"{{{BPMN}}}text")) or element.get("name", "")
        found[element.get("id", "")] = local_tag(element), said, properties_of(element).get("name_en", "") or said
    return found
