"""Elements of a decision file: found, put, taken out and named, so that those around them stay as they are."""

from collections.abc import Iterator

from lxml import etree

from engine.feel import dmn

etree.register_namespace("w", etree.QName(dmn.BILINGUAL).namespace or "")


def children(element: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Yield the child elements of this name."""
    return (each for each in element if isinstance(each.tag, str) and etree.QName(each).localname == tag)


def put(parent: etree._Element, at: int, made: etree._Element) -> None:
    """Put an element before the child node `at`, indented like those around it."""
    before = parent[at - 1].tail if at else parent.text
    made.tail = before
    if at == len(parent) and at:
        ahead = parent[at - 2].tail if at > 1 else parent.text
        made.tail, parent[at - 1].tail = before, ahead
    parent.insert(at, made)


def take_out(element: etree._Element) -> None:
    """Take an element out; what is before it stays indented."""
    parent, previous = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.getnext() is None and previous is not None:
        previous.tail = element.tail
    parent.remove(element)
    element.tail = None


def set_text(holder: etree._Element, text: str) -> None:
    """Set the `text` in an element, which is made if need be."""
    found = next(children(holder, "text"), None)
    if found is None:
        found = etree.SubElement(holder, f"{{{etree.QName(holder).namespace}}}text")
    if "".join(map(str, found.itertext())).strip() != text:
        for each in list(found):
            found.remove(each)
        found.text = text


def set_names(element: etree._Element, attribute: str, name: str, english: str) -> None:
    """Set a name in both languages."""
    set_attribute(element, attribute, name)
    set_attribute(element, dmn.BILINGUAL, english)


def set_attribute(element: etree._Element, attribute: str, value: str) -> None:
    """Set an attribute; without a value it goes."""
    if value:
        element.set(attribute, value)
    else:
        element.attrib.pop(attribute, "")


def annotate(rule: etree._Element, note: str) -> None:
    """Set what a rule says about itself; its English goes when its Chinese changes."""
    notes = [each for entry in children(rule, "annotationEntry") for each in children(entry, "text")]
    described = list(children(rule, "description"))
    if not notes and not described and note:
        made = etree.Element(f"{{{etree.QName(rule).namespace}}}description")
        put(rule, 0, made)
        described = [made]
    places = [*notes, *described]
    if " ".join((each.text or "").strip() for each in places).strip() == note:
        return
    for each in places:
        said = note if each is places[0] else None
        if (each.text or "").strip() != (said or "").strip():
            each.attrib.pop(dmn.BILINGUAL, "")  # the old English text no longer matches
        each.text = said
