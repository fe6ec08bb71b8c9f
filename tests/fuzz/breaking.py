"""Breaking valid input: texts by their characters, XML by its elements as well."""

import copy
import random
from collections.abc import Callable

from lxml import etree

PIECES = (
    *'()[]{}",.-?:@=<>|\\\u3000“，＞;&!#$%^~`\x00\x07\u202e\U0001f600',
    *("null", "true", "..", "**", "//", "/*", "9**9", "1e400", "1..1000000", "partial", "item", "${x}", "not(", "@"),
    *(" in ", " and ", " or ", "for x in ", "return ", "if ", " then ", " else ", "function(x) ", "instance of "),
    *("list<", "context<a: ", "some ", "every ", " satisfies ", "between ", "external ", "date and time", "duration("),
)

# Hostile text where a formula, a time or a number is expected.
HOSTILE = (
    "__import__('os').system('true')",
    "().__class__.__bases__[0].__subclasses__()",
    "{{ 7*7 }} ${7*7} #{7*7}",
    "for a in 1..99999, b in 1..99999 return a * b",
    "9 ** 9 ** 9 ** 9",
    "(" * 500 + "1" + ")" * 500,
    "[" * 3000,
    "-" * 5000 + "1",
    "if true then " * 400 + "1",
    "x" * 40000,
    "1 + " * 9000 + "1",
    'matches("' + "a" * 30 + '!", "(a+)+$")',
    "{f: function(x) f(x), r: f(1)}.r",
    "R99999999/PT0.001S",
    "P99999999999Y",
    "PT" + "9" * 400 + "S",
    "9999-12-31T23:59:59.999999999+14:00",
    "R/PT0S",
    "-P1D",
    "1e99999",
    "9" * 5000,
    "\u0000",
    "null",
    "",
)


def text(chance: random.Random, whole: str, others: tuple[str, ...]) -> str:
    """A few typing or pasting mistakes."""
    for _ in range(chance.randint(1, 4)):
        at, how = chance.randint(0, len(whole)), chance.random()
        if how < 0.5:
            whole = whole[:at] + chance.choice(PIECES) + whole[at:]
        elif how < 0.75:
            whole = whole[:at] + whole[at + chance.randint(1, 6) :]
        else:
            other = chance.choice(others)
            whole = whole[:at] + other[chance.randint(0, len(other)) :] + whole[at:]
    return whole[:60_000]


def document(chance: random.Random, whole: bytes) -> bytes:
    """A file of XML with some of its elements, attributes or bytes changed."""
    if chance.random() < 0.25:
        return characters(chance, whole)
    root = etree.fromstring(whole)
    for _ in range(chance.randint(1, 5)):
        elements = [each for each in root.iter() if isinstance(each.tag, str)]
        chance.choice(BREAKERS)(chance, chance.choice(elements), elements)
    encoding = chance.choice(("utf-8", "utf-8", "utf-8", "utf-16", "gb18030", "us-ascii"))
    return etree.tostring(root, xml_declaration=True, encoding=encoding)


def characters(chance: random.Random, whole: bytes) -> bytes:
    """Changed as bytes: cut off, patched, in an encoding other than declared."""
    at, how = chance.randint(0, len(whole)), chance.random()
    if how < 0.2:
        return whole[:at]
    if how < 0.3:
        return whole.decode().encode(chance.choice(("utf-16", "utf-32", "utf-7", "gb18030")), "replace")
    if how < 0.4:
        return b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + whole.partition(b"?>")[2]
    patch = chance.choice((*PIECES, "<", ">", "</x>", "<x>", "&lt;", "&#0;", "]]>", "<![CDATA[", '"', "<?x?>", "<!--"))
    return whole[:at] + patch.encode("utf-8", "replace") + whole[at + chance.randint(0, 40) :]


Elements = list[etree._Element]
Breaker = Callable[[random.Random, etree._Element, Elements], None]


def drop(chance: random.Random, element: etree._Element, elements: Elements) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def double(chance: random.Random, element: etree._Element, elements: Elements) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.append(copy.deepcopy(element))


def move(chance: random.Random, element: etree._Element, elements: Elements) -> None:
    target = chance.choice(elements)
    if element.getparent() is not None and element not in (target, *target.iterancestors()):
        target.append(element)


def rename(chance: random.Random, element: etree._Element, elements: Elements) -> None:
    element.tag = chance.choice(elements).tag


def nest(chance: random.Random, element: etree._Element, elements: Elements) -> None:
    for _ in range(chance.choice((1, 3, 60, 300))):
        inner = etree.SubElement(element, element.tag, dict(element.attrib))
        element = inner


def attribute(chance: random.Random, element: etree._Element, elements: Elements) -> None:
    if not element.attrib:
        return
    name = chance.choice(list(element.attrib))
    how = chance.random()
    if how < 0.3:
        del element.attrib[name]
    elif how < 0.7:
        other = chance.choice(elements)
        element.set(name, other.get("id") or other.get("name") or "")
    else:
        element.set(name, chance.choice(HOSTILE).replace("\x00", ""))


def inside(chance: random.Random, element: etree._Element, elements: Elements) -> None:
    written = [each for each in elements if each.text and each.text.strip()]
    (chance.choice(written) if written else element).text = chance.choice(HOSTILE).replace("\x00", "")


BREAKERS: tuple[Breaker, ...] = (drop, double, move, rename, nest, attribute, attribute, inside, inside)
