"""What a diagram holds, to see that a mended copy holds it too."""

from collections import Counter

from lxml import etree

from engine.bpmn.diagrams import BPMN, CAMUNDA

DRAWN = ("http://www.omg.org/spec/DD/20100524/DC", "http://www.omg.org/spec/DD/20100524/DI")
LISTED = ("incoming", "outgoing")


def held(text: bytes) -> Counter[tuple[str, str]]:
    """Every element, attribute and text, however deep; what has given way counts where it is kept.

    Where things are drawn does not count, nor the lists of flows at nodes, which the flows themselves say.
    """
    found: Counter[tuple[str, str]] = Counter()
    for element in etree.fromstring(text).iter(etree.Element):
        name = etree.QName(element)
        if name.namespace in DRAWN or (name.namespace == BPMN and name.localname in LISTED):
            continue
        found["element", name.localname] += 1
        for key, value in element.attrib.items():
            found[f"@{etree.QName(str(key)).localname}", str(value).strip()] += 1
        if (element.text or "").strip():
            found["text", str(element.text).strip()] += 1
        former = str(element.get("name", ""))
        if element.tag == f"{{{CAMUNDA}}}property" and former.startswith("was:"):
            value = str(element.get("value"))
            for kind in ("text", "element", f"@{former.removeprefix('was:')}"):
                found[kind, value.strip()] += 1
    return found


def lost(original: bytes, copy: bytes) -> list[tuple[str, str]]:
    """What the original holds more often than its copy."""
    return sorted((held(original) - held(copy)).elements())
