"""What our tables promise, counted independently of the check: every urgency has its limits, none zero, none twice."""

import re

from lxml import etree

from engine.core import xml

URGENCIES = ("critical", "urgent", "normal", "complex")
EVERY = ("acknowledge", "first_response", "resolve", "callback", "undo_merge", "consent")


def broken(path: str, text: bytes) -> str:
    """Return which promise of the table of limits is broken, "" for none and for other files."""
    if not path.endswith("limits.dmn"):
        return ""
    rows = [_cells(each) for each in xml.parse(text).iter() if _tag(each) == "rule"]
    for urgency in URGENCIES:
        kinds = [kind for asked, kind, *_ in rows if urgency in asked or asked in ("-", "")]
        for kind in EVERY:
            if kinds.count(kind) == 0:
                return f"{urgency} has no {kind}"
        twice = [kind for kind in kinds if kinds.count(kind) > 1]
        if twice:
            return f"{urgency} has {twice[0]} twice"
    for asked, kind, limit, *_ in rows:
        if not re.search(r"[1-9]", limit):
            return f"{asked} {kind} is nothing"
    return ""


def _cells(rule: etree._Element) -> list[str]:
    entries = [each for each in rule if _tag(each) in ("inputEntry", "outputEntry")]
    return ["".join(each.itertext()).strip().strip('"') for each in entries]


def _tag(each: etree._Element) -> str:
    return etree.QName(each).localname if isinstance(each.tag, str) else ""
