"""The contents of a diagram, to check that a repaired copy keeps them."""

from collections import Counter

from lxml import etree

from engine.bpmn.diagrams import BPMN, CAMUNDA

DRAWN = ("http://www.omg.org/spec/DD/20100524/DC", "http://www.omg.org/spec/DD/20100524/DI")
LISTED = ("incoming", "outgoing")


def held(text: bytes) -> Counter[tuple[str, str]]:
    """Every element, attribute and text, however deep; replaced parts count where they are kept.

    Layout does not count, nor do the lists of flows at nodes, which repeat the flows.
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
    """What the original contains more often than its copy."""
    return sorted((held(original) - held(copy)).elements())
