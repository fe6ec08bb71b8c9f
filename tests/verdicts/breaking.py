"""Every place of the shipped processes that can be broken, and what breaking it makes of the files.

A mutant is classed by what is broken, before anything judges it: `structure`, `name` (both must be errors, or change
nothing) or `decision` (a limit, value or rule that the company may want so; it must be shown before publishing).
"""

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal

from lxml import etree

from engine.bpmn import diagrams
from engine.core import xml

Files = Mapping[str, bytes]
Class = Literal["structure", "name", "decision"]

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
WORD = re.compile(r"[^\W\d]\w{2,}")
QUOTED = re.compile(r'"([^"]*)"')
CODE = re.compile(r"[\w:/,]+", re.ASCII)
DURATION = re.compile(r"P(?:\d+D)?(?:T?\d+[HM])?")
NUMBER = re.compile(r"(?<![\w.\"])\d+(?:\.\d+)?(?![\w.\"])")
SIGN = re.compile(r"(?<=\s)(>=|<=|>|<)(?=\s)")
KEYWORDS = frozenset(
    [
        "if",
        "then",
        "else",
        "and",
        "or",
        "not",
        "in",
        "for",
        "return",
        "some",
        "every",
        "satisfies",
        "between",
        "true",
        "false",
        "null",
        "item",
        "count",
        "now",
        "duration",
        "date",
        "time",
        "string",
        "substring",
        "contains",
    ]
)
NAMING = (f"{CAMUNDA}topic", f"{CAMUNDA}decisionRef", f"{CAMUNDA}formKey", "calledElement", f"{CAMUNDA}resultVariable")
MEANING = ("status", "counts_as", "deadline", "not_by", "tells_resident")
EXPRESSIONS = (f"{CAMUNDA}candidateGroups", f"{CAMUNDA}assignee", f"{CAMUNDA}dueDate", f"{CAMUNDA}priority")
GATEWAYS = ("exclusiveGateway", "parallelGateway", "inclusiveGateway")


@dataclass(frozen=True)
class Mutant:
    """One process, broken in one place. `element`: the id of what was broken; `how`: in words."""

    process: str
    path: str
    sort: Class
    kind: str
    element: str
    how: str
    text: bytes


@dataclass(frozen=True)
class Site:
    """A place that can be broken: the kind of damage, and what makes a mutant of the file's text."""

    process: str
    path: str
    sort: Class
    kind: str
    break_it: Callable[[bytes, random.Random], tuple[bytes, str, str] | None]

    def mutant(self, files: Files, rng: random.Random) -> Mutant | None:
        """Return the mutant, or None where this damage changes nothing."""
        made = self.break_it(files[self.path], rng)
        if made is None or made[0] == files[self.path]:
            return None
        return Mutant(self.process, self.path, self.sort, self.kind, made[1], made[2], made[0])


def sites(process: str, files: Files) -> Iterator[Site]:
    """Yield every place of a process that can be broken."""
    shown = {node.form for text in files.values() if text.lstrip().startswith(b"<?xml") for node in _nodes(text)}
    for path, text in sorted(files.items()):
        if path.endswith(".json") and PurePosixPath(path).stem not in shown:
            continue  # a page of ours shows it, and tests of that page hold it
        if path.endswith(".json"):
            yield from _of_form(process, path, json.loads(text))
        elif path.endswith(".dmn"):
            yield from _of_table(process, path, xml.parse(text))
        else:
            yield from _of_diagram(process, path, xml.parse(text))


def _nodes(text: bytes) -> tuple[diagrams.Node, ...]:
    return diagrams.read(text).nodes if b"BPMN" in text[:2000] else ()


def slip(word: str, rng: random.Random) -> str:
    """Return a word as somebody types it in a hurry."""
    at = rng.randrange(len(word) - 1)
    ways = (
        word[:at] + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[: at + 1] + word[at:],
        word[:at] + rng.choice("aeinrstlo") + word[at + 1 :],
    )
    changed = [each for each in ways if each != word]
    return rng.choice(changed) if changed else word + "x"


def misspelt(text: str, rng: random.Random, quoted: bool) -> tuple[str, str] | None:
    """Return an expression with one variable (or, `quoted`, one code in quotes) misspelt, and what was."""
    return _slipped(
        text, rng, (lambda inside: bool(inside and CODE.fullmatch(inside))) if quoted else lambda inside: not inside
    )


def reworded(text: str, rng: random.Random) -> str | None:
    """Return an expression with one word of a text for people misspelt."""
    return (_slipped(text, rng, lambda inside: bool(inside and not CODE.fullmatch(inside))) or (None,))[0]


def _slipped(text: str, rng: random.Random, wanted: Callable[[str], bool]) -> tuple[str, str] | None:
    """Return the text with one word misspelt whose surrounding quotes hold what is `wanted` ("" for none), and what was."""
    quoted = [(found.span(1), found[1]) for found in QUOTED.finditer(text)]
    spans = [found.span() for found in WORD.finditer(text) if found[0] not in KEYWORDS]
    spans = [each for each in spans if wanted(next((inner for (a, b), inner in quoted if a <= each[0] < b), ""))]
    if not spans:
        return None
    start, end = rng.choice(spans)
    wrong = slip(text[start:end], rng)
    return text[:start] + wrong + text[end:], f"{text[start:end]} -> {wrong} in {text[:60]}"


# -- diagrams: each damage finds its element again in a tree of its own, by its place in the document


def _of_diagram(process: str, path: str, root: etree._Element) -> Iterator[Site]:
    def site(sort: Class, kind: str, at: int, change: Callable[[etree._Element, random.Random], str | None]) -> Site:
        return Site(process, path, sort, kind, _in_tree(at, change))

    for at, each in enumerate(root.iter()):
        if not isinstance(each.tag, str):
            continue
        tag = etree.QName(each).localname
        for sort, kind, change in _damages(tag, each):
            yield site(sort, kind, at, change)


Change = Callable[[etree._Element, random.Random], str | None]


def _damages(tag: str, each: etree._Element) -> Iterator[tuple[Class, str, Change]]:
    if tag == "sequenceFlow":
        chosen = each.find(f"{BPMN}conditionExpression") is not None
        yield ("decision", "a way of a choice removed", _remove) if chosen else ("structure", "a flow removed", _remove)
    if tag in GATEWAYS:
        yield "structure", "a gateway's kind changed", _other_gateway
    if tag == "message":
        yield "name", "a message misspelt", _attribute("name")
    for name in NAMING:
        if each.get(name):
            yield "name", "a reference misspelt", _attribute(name)
    for name in EXPRESSIONS:
        value = each.get(name, "")
        if value.startswith("="):
            yield from _expression(value, lambda name=name: name)  # type: ignore[misc]
        elif value and name.endswith("candidateGroups"):
            yield "name", "a role misspelt", _attribute(name)
    if tag == "property" and each.get("name") in MEANING:
        yield "name", "a meaning misspelt", _attribute("value")
    if tag in ("inputParameter", "outputParameter"):
        yield "name", f"the name of an {tag[:-9]} misspelt", _attribute("name")
        yield from _value(each.text or "")
    if tag in ("conditionExpression", "condition", "timeDuration", "timeDate", "timeCycle"):
        yield from _value(each.text or "")
    if tag == "script":
        yield "name", "a script's target misspelt", _script_target
        yield from _expression(each.text or "", None)
    if tag in ("in", "out") and each.get("source"):
        yield "name", "a mapping misspelt", _attribute("source")
    if tag in ("in", "out") and each.get("target"):
        yield "name", "a mapping misspelt", _attribute("target")
    if tag == "linkEventDefinition":
        yield "name", "a link misspelt", _attribute("name")


def _value(text: str) -> Iterator[tuple[Class, str, Change]]:
    if text.strip().startswith("="):
        yield from _expression(text, None)
    elif DURATION.fullmatch(text.strip()):
        yield "decision", "a time changed", _text(_longer)
    elif WORD.fullmatch(text.strip()):
        yield "name", "a code misspelt", _text(lambda text, rng: slip(text.strip(), rng))


def _expression(text: str, attribute: Callable[[], str] | None) -> Iterator[tuple[Class, str, Change]]:
    """Yield what can be broken in an expression, in an attribute or in the element's text."""

    def put(change: Callable[[str, random.Random], str | None]) -> Change:
        return _attribute(attribute(), change) if attribute else _text(change)

    if misspelt(text, random.Random(0), quoted=False):
        yield "name", "a variable misspelt", put(lambda text, rng: (misspelt(text, rng, False) or (None,))[0])
    if misspelt(text, random.Random(0), quoted=True):
        yield (
            "name",
            "a code in an expression misspelt",
            put(lambda text, rng: (misspelt(text, rng, True) or (None,))[0]),
        )
    if reworded(text, random.Random(0)):
        yield "decision", "words for people changed", put(reworded)
    if NUMBER.search(text):
        yield "decision", "a number changed", put(_other_number)
    if SIGN.search(text):
        yield "decision", "a comparison changed", put(_other_sign)


def _in_tree(at: int, change: Change) -> Callable[[bytes, random.Random], tuple[bytes, str, str] | None]:
    def broken(text: bytes, rng: random.Random) -> tuple[bytes, str, str] | None:
        root = xml.parse(text)
        each = next(found for place, found in enumerate(root.iter()) if place == at)
        owner = _owner(each)
        how = change(each, rng)
        return None if how is None else (etree.tostring(root, xml_declaration=True, encoding="UTF-8"), owner, how)

    return broken


def _owner(each: etree._Element) -> str:
    """The node or flow that an inner element belongs to; of a message, one that sends or awaits it."""
    if each.tag == f"{BPMN}message":
        each = next((other for other in each.getroottree().iter() if other.get("messageRef") == each.get("id")), each)
    found: etree._Element | None = each
    while found is not None and not (found.get("id") and _is_flow_element(found)):
        found = found.getparent()
    return "" if found is None else str(found.get("id"))


def _is_flow_element(each: etree._Element) -> bool:
    tag = etree.QName(each).localname
    return tag.endswith(("Task", "Event", "Gateway", "Flow", "task", "Process", "Activity"))


def _remove(flow: etree._Element, _: random.Random) -> str:
    root, id = flow.getroottree().getroot(), flow.get("id")
    for each in [*root.iter(f"{BPMN}incoming"), *root.iter(f"{BPMN}outgoing")]:
        if (each.text or "").strip() == id:
            each.getparent().remove(each)
    for each in [found for found in root.iter() if isinstance(found.tag, str) and found.get("bpmnElement") == id]:
        each.getparent().remove(each)
    flow.getparent().remove(flow)
    return f"{flow.get('sourceRef')} -> {flow.get('targetRef')}"


def _other_gateway(gateway: etree._Element, rng: random.Random) -> str:
    old = etree.QName(gateway).localname
    new = rng.choice([each for each in GATEWAYS if each != old])
    gateway.tag = f"{BPMN}{new}"
    return f"{old} -> {new}"


def _attribute(name: str, change: Callable[[str, random.Random], str | None] = slip) -> Change:
    def changed(each: etree._Element, rng: random.Random) -> str | None:
        old = str(each.get(name))
        new = change(old, rng) if len(old) > 2 else None
        if new is None:
            return None
        each.set(name, new)
        return f"{old[:70]} -> {new[:70]}"

    return changed


def _text(change: Callable[[str, random.Random], str | None]) -> Change:
    def changed(each: etree._Element, rng: random.Random) -> str | None:
        old = each.text or ""
        new = change(old, rng)
        if new is None:
            return None
        each.text = new
        return f"{old[:70]} -> {new[:70]}"

    return changed


def _script_target(script: etree._Element, rng: random.Random) -> str | None:
    lines = (script.text or "").splitlines()
    named = [at for at, line in enumerate(lines) if re.match(r"\s*\w{3,}\s*=(?!=)", line)]
    if not named:
        return None
    at = rng.choice(named)
    name, _, rest = lines[at].partition("=")
    lines[at] = f"{slip(name.strip(), rng)} ={rest}"
    script.text = "\n".join(lines)
    return f"{name.strip()} -> {lines[at]}"


def _longer(text: str, rng: random.Random) -> str:
    found = rng.choice(list(re.finditer(r"\d+", text)))
    return f"{text[: found.start()]}{int(found[0]) + rng.randint(1, 9)}{text[found.end() :]}"


def _other_number(text: str, rng: random.Random) -> str:
    found = rng.choice(list(NUMBER.finditer(text)))
    new = str(int(float(found[0])) + rng.randint(1, 3))
    return f"{text[: found.start()]}{new}{text[found.end() :]}"


def _other_sign(text: str, rng: random.Random) -> str:
    found = rng.choice(list(SIGN.finditer(text)))
    new = rng.choice([each for each in (">=", "<=", ">", "<") if each != found[0]]).replace("&", "&")
    return f"{text[: found.start()]}{new}{text[found.end() :]}"


# -- tables


def _of_table(process: str, path: str, root: etree._Element) -> Iterator[Site]:
    for at, each in enumerate(root.iter()):
        if not isinstance(each.tag, str):
            continue
        tag = etree.QName(each).localname
        for sort, kind, change in _table_damages(tag, each):
            yield Site(process, path, sort, kind, _in_table(at, change))


def _table_damages(tag: str, each: etree._Element) -> Iterator[tuple[Class, str, Change]]:
    text = next((inner for inner in each if etree.QName(inner).localname == "text"), None)
    if tag == "output" and each.get("name"):
        yield "name", "an output misspelt", _attribute("name")
    if tag == "decision":
        yield "name", "a table's id misspelt", _attribute("id")
    if tag == "inputExpression" and text is not None:
        yield "name", "an input misspelt", _inner(lambda old, rng: (misspelt(old, rng, False) or (None,))[0])
    if tag in ("inputEntry", "outputEntry") and text is not None:
        yield from _cell_damages(text.text or "", tag)
    if tag == "rule":
        yield "decision", "a rule removed", _remove_rule
        yield "decision", "a rule written twice", _repeat_rule


def _cell_damages(text: str, tag: str) -> Iterator[tuple[Class, str, Change]]:
    if DURATION.fullmatch(text.strip('"')) and text.strip('"'):
        yield "decision", "a limit changed", _inner(_longer)
        yield "decision", "a limit set to nothing", _inner(lambda *_: '"PT0M"')
    elif misspelt(text, random.Random(0), quoted=True):
        what = "a code in a rule misspelt" if tag == "inputEntry" else "an answer of a rule misspelt"
        yield "name", what, _inner(lambda old, rng: (misspelt(old, rng, True) or (None,))[0])
        yield "decision", "a cell changed", _inner(lambda *_: "-" if tag == "inputEntry" else "null")
    elif NUMBER.search(text):
        yield "decision", "a number changed", _inner(_other_number)


def _inner(change: Callable[[str, random.Random], str | None]) -> Change:
    def changed(each: etree._Element, rng: random.Random) -> str | None:
        text = next(inner for inner in each if etree.QName(inner).localname == "text")
        return _text(change)(text, rng)

    return changed


def _in_table(at: int, change: Change) -> Callable[[bytes, random.Random], tuple[bytes, str, str] | None]:
    def broken(text: bytes, rng: random.Random) -> tuple[bytes, str, str] | None:
        root = xml.parse(text)
        each = next(found for place, found in enumerate(root.iter()) if place == at)
        inside = [found for found in each.iterancestors() if etree.QName(found).localname == "decision"]
        decision = str((inside[0] if inside else each).get("id"))
        how = change(each, rng)
        return None if how is None else (etree.tostring(root, xml_declaration=True, encoding="UTF-8"), decision, how)

    return broken


def _remove_rule(rule: etree._Element, _: random.Random) -> str:
    rule.getparent().remove(rule)
    return f"rule {rule.get('id')}"


def _repeat_rule(rule: etree._Element, _: random.Random) -> str:
    copy = etree.fromstring(etree.tostring(rule))
    for each in copy.iter():
        if each.get("id"):
            each.set("id", f"{each.get('id')}_again")
    rule.addnext(copy)
    return f"rule {rule.get('id')}"


# -- forms


def _of_form(process: str, path: str, form: Mapping[str, Any]) -> Iterator[Site]:
    for at, component in enumerate(form["components"]):
        if component.get("key"):
            yield Site(process, path, "name", "a form's key misspelt", _in_form(at, None))
        for number, value in enumerate(component.get("values", ())):
            if isinstance(value.get("value"), str):
                yield Site(process, path, "name", "a form's answer misspelt", _in_form(at, number))


def _in_form(at: int, value: int | None) -> Callable[[bytes, random.Random], tuple[bytes, str, str] | None]:
    def broken(text: bytes, rng: random.Random) -> tuple[bytes, str, str] | None:
        form = json.loads(text)
        component = form["components"][at]
        holder, name = (component, "key") if value is None else (component["values"][value], "value")
        old, key = holder[name], str(component["key"])
        if len(old) < 3:
            return None
        holder[name] = slip(old, rng)
        return json.dumps(form, ensure_ascii=False).encode(), key, f"{old} -> {holder[name]}"

    return broken
