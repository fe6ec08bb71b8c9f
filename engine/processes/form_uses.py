"""Where the forms of a process are used: the steps that show a form, and everything that reads an answer."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from engine import feel
from engine.bpmn import diagrams
from engine.bpmn.checking import texts
from engine.bpmn.diagrams import Node
from engine.core.errors import BihuanError, Refused
from engine.feel import FeelError, dmn
from engine.forms import sentences
from engine.forms.definition import STEERING
from engine.forms.source import Component, Source
from engine.processes import topics, versions

Files = Mapping[str, bytes]

ON_PAGES: Mapping[str, frozenset[str]] = {"complaint": frozenset({"complain"})}
"""Forms that pages of the product show, and no step: where a complaint is registered."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step that shows a form: its diagram and element."""

    path: str
    element: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Use:
    """Something that reads an answer. `kind`: form, diagram, table, scenario, or system for the product itself."""

    kind: str
    path: str = ""
    element: str = ""
    name: str = ""
    name_en: str = ""


def path_of(process: str, key: str) -> str:
    """Return the path of a form."""
    return f"forms/{process}/{key}.json"


def steps(files: Files) -> dict[str, list[Step]]:
    """Return the steps that show each form, by the form's key."""
    found: dict[str, list[Step]] = {}
    for path, content in files.items():
        if path.endswith(".bpmn"):
            for node in _with_form(content):
                step = Step(path, node.id, node.name or node.id, node.name_en)
                found.setdefault(node.form, []).append(step)
    return found


def of_answer(files: Files, process: str, form: str, key: str) -> list[Use]:
    """Return what reads the answer `key` of a form: conditions, tables, letters, steps and scenarios of the process.

    Other fields of the form itself are not among them: they follow when the key is renamed.
    """
    found = list[Use]()
    for path, content in files.items():
        if path.endswith(".bpmn"):
            uses = (use for node, names, shows in _reading(content) if key in names or (form, key) in shows
                    for use in [Use("diagram", path, node[0], node[1] or node[0], node[2])])  # fmt: skip
            found += uses
        elif path.endswith(".dmn"):
            found += [
                Use("table", path, id, name, english) for id, name, english, names in _tables(content) if key in names
            ]
        elif versions.is_scenario(path):
            found += [Use("scenario", path, "", PurePosixPath(path).stem)] if key in _filled_in(content) else []
        elif path != path_of(process, form) and key in _read_by_form(content):
            found.append(Use("form", path, "", PurePosixPath(path).stem))
    is_read = key in topics.ALLOWED.read.get(process, ()) or _is_promised(files, process, form, key)
    if is_read or form in ON_PAGES.get(process, ()):
        found.append(Use("system"))
    return list(dict.fromkeys(found))


def _is_promised(files: Files, process: str, form: str, key: str) -> bool:
    """Return whether the product reads the answer by its key, because of what a step with this form counts as."""
    shown = (node for path, content in files.items() if path.endswith(".bpmn") for node in _with_form(content))
    counted = {node.properties.get("counts_as", "") for node in shown if node.form == form}
    read = topics.ALLOWED.answers.get(process, {})
    return any(key in read[each] for each in counted & read.keys())


def asked_elsewhere(files: Files, process: str, form: str, key: str) -> list[str]:
    """Return the other forms of the process that ask for the same key: one answer takes the place of the other."""
    own = path_of(process, form)
    forms = [path for path in files if path.startswith("forms/") and path != own]
    return [PurePosixPath(path).stem for path in forms if key in _asked(files[path])]


def variables(files: Files, process: str, form: str) -> dict[str, Component]:
    """Return the fields of the other forms whose answers become variables of the process, by key."""
    own = path_of(process, form)
    found: dict[str, Component] = {}
    for path, content in sorted(files.items()):
        if path.startswith("forms/") and path != own:
            found = {key: each for key, each in _asked(content).items() if str(each.get("type")) in STEERING} | found
    return found


def renamed_elsewhere(files: Files, process: str, form: str, old: str, new: str) -> dict[str, bytes]:
    """Return the other forms that read an answer, reading it under its new key."""
    found = {}
    for use in of_answer(files, process, form, old):
        if use.kind == "form":
            source = Source(files[use.path])
            _rename(source, old, new)
            found[use.path] = source.dumped()
    return found


def _rename(source: Source, old: str, new: str) -> None:
    """Let every condition and every initial value of a form read `new` where it read `old`."""
    for _, each in source.walk():
        for name in ("shownIf", "default"):
            if isinstance(each.get(name), str) and (name == "shownIf" or each[name].startswith("=")):
                each[name] = sentences.renamed(each[name], old, new)
        for choice in each["values"] if isinstance(each.get("values"), list) else []:
            if isinstance(choice, dict) and isinstance(choice.get("shownIf"), str):
                choice["shownIf"] = sentences.renamed(choice["shownIf"], old, new)


def rename_own(source: Source, old: str, new: str) -> None:
    """The same for the form that asks for it: initial values read the process, not the form, and stay."""
    for _, each in source.walk():
        if isinstance(each.get("shownIf"), str):
            each["shownIf"] = sentences.renamed(each["shownIf"], old, new)
        for name in ("notBefore", "otherThan"):
            if each.get(name) == old:
                each[name] = new


# ---- what each file reads, remembered by its content -----------------------------------------------------------------


@lru_cache(maxsize=32)
def _with_form(content: bytes) -> tuple[Node, ...]:
    try:
        return tuple(node for node in diagrams.read(content).in_order if node.form)
    except BihuanError:
        return ()


Read = tuple[tuple[str, str, str], frozenset[str], frozenset[tuple[str, str]]]
"""An element (id, name, English name), the variables that it reads, and the questions that it tells a resident."""


@lru_cache(maxsize=32)
def _reading(content: bytes) -> tuple[Read, ...]:
    try:
        diagram = diagrams.read(content)
    except BihuanError:
        return ()
    found: dict[str, tuple[tuple[str, str, str], set[str], set[tuple[str, str]]]] = {}
    for process in diagram.processes:
        for text in texts.written(diagram, process.id):
            at = text.at
            named = at.id, _called(diagram.node, at), at.name_en if isinstance(at, Node) else ""
            found.setdefault(at.id, (named, set(), set()))[1].update(text.names)
    for node in diagram.nodes:
        if said := node.properties.get("tells_resident"):
            entry = found.setdefault(node.id, ((node.id, node.name, node.name_en), set(), set()))
            entry[2].add((node.form, said))
    return tuple((named, frozenset(names), frozenset(shows)) for named, names, shows in found.values())


def _called(nodes: Mapping[str, Node], at: object) -> str:
    """Return the name of an element, of a flow with that of the gateway that it leaves."""
    source = nodes.get(str(getattr(at, "source", "")))
    return " → ".join(filter(None, (source.name if source else "", str(getattr(at, "name", "")))))


@lru_cache(maxsize=32)
def _tables(content: bytes) -> tuple[tuple[str, str, str, frozenset[str]], ...]:
    try:
        decisions = dmn.read(content).decisions.values()
    except (BihuanError, FeelError):
        return ()
    return tuple((each.id, each.name, each.said(each.name, "en"), frozenset(_of_table(each))) for each in decisions)


def _of_table(decision: dmn.Decision) -> Iterator[str]:
    for column in decision.inputs:
        yield from _names(column.text)
    for rule in decision.rules:
        for text in rule.outputs:
            yield from _names(text)


@lru_cache(maxsize=256)
def _asked(content: bytes) -> Mapping[str, Component]:
    """Return the fields of a form by key, without those of repeated groups."""
    try:
        return {str(each["key"]): each for at, each in Source(content).walk() if len(at) == 1 and "key" in each}
    except Refused:
        return {}


@lru_cache(maxsize=256)
def _read_by_form(content: bytes) -> frozenset[str]:
    """Return what a form's expressions read of the process: not its own answers."""
    try:
        source = Source(content)
    except Refused:
        return frozenset()
    read: set[str] = set()
    for _, each in source.walk():
        read |= _names(str(each.get("shownIf") or "")) - source.keys
        default = each.get("default")
        read |= _names(default) if isinstance(default, str) and default.startswith("=") else set()
        for choice in each["values"] if isinstance(each.get("values"), list) else []:
            read |= _names(str(choice.get("shownIf") or "")) if isinstance(choice, dict) else set()
    return frozenset(read)


@lru_cache(maxsize=256)
def _filled_in(content: bytes) -> frozenset[str]:
    """Return the keys that a scenario fills in or expects."""
    try:
        waiting = [json.loads(content)]
    except (ValueError, RecursionError):
        return frozenset()
    found: set[str] = set()
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            for name in ("with", "variables"):
                found |= set(part[name]) if isinstance(part.get(name), dict) else set()
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return frozenset(found)


def _names(text: str) -> frozenset[str]:
    try:
        found = feel.compile(text.removeprefix("=")) if text.strip() else None
    except (FeelError, RecursionError):
        return frozenset()
    return found.names | found.fields if found else frozenset()
