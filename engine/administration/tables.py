"""Decision tables of the complaint process, edited rule by rule and published as a new version."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from lxml import etree
from sqlalchemy.orm import Session

from engine.administration.recording import record, require
from engine.bpmn.checking import promises
from engine.company.people import Person
from engine.core import xml
from engine.core.errors import Finding, Invalid, NotFound, Refused
from engine.feel import FeelError, compile, compile_tests, dmn
from engine.processes import differences, publishing, topics, versions
from engine.processes.differences import Difference
from engine.processes.publishing import Judged
from engine.processes.versions import Version

ACT = "tables.edit"
PROCESS = "complaint"
MOST_RULES = 300
LONGEST_CELL = 500
LONGEST_NOTE = 300
MOST_CHANGES = 12

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One rule while editing. `id` is the rule's id in the file, "" for a new one."""

    id: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of the newest published version: its file, its decision, its rules."""

    version: Version
    path: str
    text: bytes
    decision: dmn.Decision

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return its present rules."""
        rules = self.decision.rules
        return tuple(Line(rule.id, rule.inputs, rule.outputs, " ".join(rule.notes).strip()) for rule in rules)

    def blank(self) -> Line:
        """Return a new rule that matches anything and has no outputs yet."""
        return Line("", ("-",) * len(self.decision.inputs), ("",) * len(self.decision.outputs))


@dataclass(frozen=True, slots=True)
class Flaws:
    """What is wrong: by (row, column) from 0, inputs before outputs; of a whole row; of the table. `odd`: may stay."""

    cells: Mapping[tuple[int, int], Pair] = field(default_factory=dict)
    rows: Mapping[int, Pair] = field(default_factory=dict)
    table: Sequence[Pair] = ()
    odd: Sequence[Pair] = ()

    def __bool__(self) -> bool:
        return bool(self.cells or self.rows or self.table)


@dataclass(frozen=True, slots=True)
class Tried:
    """The result of a dry run: the matching rules' numbers (from 1), the values by output, or the error."""

    rules: tuple[int, ...] = ()
    value: Any = None
    wrong: Pair | None = None


def sheets(session: Session) -> list[Sheet]:
    """Return every decision table of the newest complaint process; none before it was published."""
    version = versions.latest(session, PROCESS)
    if version is None:
        return []
    found = []
    for path, text in versions.files_of(session, version.id).items():
        if path.endswith(".dmn"):
            tables = (each for each in dmn.read(text).decisions.values() if each.table is not None)
            found += [Sheet(version, path, text, each) for each in tables]
    return found


def sheet(session: Session, decision: str) -> Sheet:
    """Return the table of this decision; raises `NotFound`."""
    for each in sheets(session):
        if each.decision.id == decision:
            return each
    raise NotFound()


# ---- writing -----------------------------------------------------------------------------------------------------


def written(found: Sheet, lines: Sequence[Line]) -> bytes:
    """Return the file with these rules in the table; unchanged rules keep their id and other attributes."""
    root = xml.parse(found.text)
    table = _table(root, found.decision.id)
    space = etree.QName(table).namespace or ""
    old = {str(each.get("id")): each for each in _children(table, "rule")}
    taken = {str(each.get("id")) for each in root.iter() if isinstance(each.tag, str) and each.get("id")}
    for each in old.values():
        table.remove(each)
    for line in lines:
        rule = old.get(line.id)
        if rule is None:
            rule = _new_rule(space, found.decision.id, taken, line)
        _fill(rule, line, space)
        table.append(rule)
    etree.indent(table, space="  ", level=2)
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")


def _table(root: etree._Element, decision: str) -> etree._Element:
    for each in root.iter():
        if isinstance(each.tag, str) and etree.QName(each).localname == "decision" and each.get("id") == decision:
            for inner in _children(each, "decisionTable"):
                return inner
    raise NotFound()


def _children(element: etree._Element, tag: str) -> list[etree._Element]:
    return [each for each in element if isinstance(each.tag, str) and etree.QName(each).localname == tag]


def _new_rule(space: str, decision: str, taken: set[str], line: Line) -> etree._Element:
    number = next(each for each in range(1, 10_000) if f"{decision}_rule{each}" not in taken)
    id = f"{decision}_rule{number}"
    taken.add(id)
    rule = etree.Element(f"{{{space}}}rule", {"id": id})
    for tag, short, cells in (("inputEntry", "in", line.inputs), ("outputEntry", "out", line.outputs)):
        for at, _text in enumerate(cells, 1):
            entry = etree.SubElement(rule, f"{{{space}}}{tag}", {"id": f"{id}_{short}{at}"})
            etree.SubElement(entry, f"{{{space}}}text")
    return rule


def _fill(rule: etree._Element, line: Line, space: str) -> None:
    for tag, cells in (("inputEntry", line.inputs), ("outputEntry", line.outputs)):
        for entry, text in zip(_children(rule, tag), cells, strict=True):
            for each in _children(entry, "text")[:1] or [etree.SubElement(entry, f"{{{space}}}text")]:
                each.text = text
    notes = [each for entry in _children(rule, "annotationEntry") for each in _children(entry, "text")]
    described = _children(rule, "description")
    if not notes and not described and line.note:
        made = etree.Element(f"{{{space}}}description")
        rule.insert(0, made)
        described = [made]
    places = [*notes, *described]
    for each in places:
        said = line.note if each is places[0] else None
        if (each.text or "").strip() != (said or "").strip():
            each.attrib.pop(dmn.BILINGUAL, "")  # the old English text no longer matches
        each.text = said


# ---- checking ----------------------------------------------------------------------------------------------------


def flaws(found: Sheet, lines: Sequence[Line]) -> Flaws:
    """Return what is wrong with these rules, cell by cell."""
    cells: dict[tuple[int, int], Pair] = {}
    rows: dict[int, Pair] = {}
    table: list[Pair] = []
    odd: list[Pair] = []
    if not lines or len(lines) > MOST_RULES:
        return Flaws(table=[(f"规则要有 1 到 {MOST_RULES} 条。", f"There have to be 1 to {MOST_RULES} rules.")])
    if wrong := _too_long(lines):
        return wrong
    columns = [*(each.label for each in found.decision.inputs), *(each.label for each in found.decision.outputs)]
    model = dmn.read(written(found, lines))
    decision = model.decisions[found.decision.id]
    for each in dmn.check(model, names_of(found), sorted(topics.ALLOWED.functions)):
        if each.decision != found.decision.id:
            continue
        said = (_ended(each.zh, "。"), _ended(each.en, "."))
        if not each.serious:
            where = (f"第 {each.rule} 条：", f"Rule {each.rule}: ") if each.rule else ("", "")
            odd.append((where[0] + said[0], where[1] + said[1]))
        elif each.rule and each.column in columns:
            cells.setdefault((each.rule - 1, columns.index(each.column)), said)
        elif each.rule:
            rows.setdefault(each.rule - 1, said)
        else:
            table.append(said)
    for at, said in _not_allowed(decision):
        cells.setdefault(at, said)
    table += [(broken.zh, broken.en) for broken in promises.broken(decision, topics.ALLOWED.promises.get(decision.id))]
    return Flaws(cells, rows, table, odd)


def _too_long(lines: Sequence[Line]) -> Flaws | None:
    """Return which texts are too long to be read as a table at all."""
    cells = {
        (row, at): (f"最多 {LONGEST_CELL} 个字。", f"At most {LONGEST_CELL} characters.")
        for row, line in enumerate(lines)
        for at, text in enumerate([*line.inputs, *line.outputs])
        if len(text) > LONGEST_CELL
    }
    rows = {
        row: (f"最多 {LONGEST_NOTE} 个字。", f"At most {LONGEST_NOTE} characters.")
        for row, line in enumerate(lines)
        if len(line.note) > LONGEST_NOTE
    }
    return Flaws(cells, rows) if cells or rows else None


def _ended(text: str, mark: str) -> str:
    return text if text.endswith(("?", "？", "。", ".")) else f"{text}{mark}"


def names_of(found: Sheet) -> frozenset[str]:
    """Return variables that cells may use: the process's first ones, and those the published table used."""
    model = dmn.read(found.text)
    known: set[str] = set(topics.ALLOWED.beginnings.get(PROCESS, ()))
    for decision in model.decisions.values():
        known |= {decision.id, decision.name, decision.variable, *_spoken_of(decision)}
    return frozenset(known)


def _spoken_of(decision: dmn.Decision) -> Iterator[str]:
    for column in decision.inputs:
        yield from _names(column.text, compile)
    for rule in decision.rules:
        for text in rule.inputs:
            yield from _names(text, compile_tests)
        for text in rule.outputs:
            yield from _names(text, compile)


def _names(text: str, read: Any) -> Iterable[str]:
    try:
        return frozenset(read(text).names) - {"?"} if text else ()
    except (FeelError, RecursionError):
        return ()


def _not_allowed(decision: dmn.Decision) -> Iterator[tuple[tuple[int, int], Pair]]:
    """Yield missing outputs, and constants that the head of their column does not allow."""
    before = len(decision.inputs)
    for row, rule in enumerate(decision.rules):
        for at, (output, text) in enumerate(zip(decision.outputs, rule.outputs, strict=True)):
            if not text.strip():
                yield (row, before + at), ("请填写。", "Please fill this in.")
            elif output.allowed and _is_outside(text, output.allowed):
                zh, en = f"允许的值：{output.allowed}。", f"Allowed are {output.allowed}."
                if "duration(?)" in output.allowed:
                    zh = '请写一个整数，再选单位（分钟、小时、天）；按公式填写时写成 "PT15M"、"PT24H" 或 "P3D"。'
                    en = 'Write a whole number and choose its unit; as a formula "PT15M", "PT24H" or "P3D".'
                yield (row, before + at), (zh, en)


def _is_outside(text: str, allowed: str) -> bool:
    try:
        expression = compile(text)
        if expression.names or expression.calls:
            return False
        return compile_tests(allowed).holds(expression.evaluate({}), {}) is not True
    except (FeelError, RecursionError):
        return False


# ---- trying ------------------------------------------------------------------------------------------------------


def asked_for(found: Sheet) -> list[str]:
    """Return the variables that a dry run needs, those of the input columns first."""
    model = dmn.read(found.text)
    own = {name for each in model.decisions.values() for name in (each.id, each.name, each.variable)}
    needed = [
        found.decision,
        *(model.decisions[each.id] for each in found.decision.requires if each.id in model.decisions),
    ]
    first = [name for each in needed for column in each.inputs for name in sorted(_names(column.text, compile))]
    rest = sorted({name for each in needed for name in _spoken_of(each)})
    return [name for name in dict.fromkeys([*first, *rest]) if name not in own]


def attempt(found: Sheet, lines: Sequence[Line], given: Mapping[str, object]) -> Tried:
    """Decide with these rules and values, without a case."""
    try:
        decided = dmn.read(written(found, lines)).decide(found.decision.id, given)
    except FeelError as bad:
        return Tried(wrong=(bad.zh, bad.en))
    return Tried(decided.rules, decided.value)


def value_of(text: str) -> object:
    """Return a dry-run value from typed text: true, false, a number, otherwise text."""
    plain = text.strip()
    if plain in {"true", "false"}:
        return plain == "true"
    try:
        return (
            Decimal(plain) if plain.lstrip("-").replace(".", "", 1).isdecimal() and len(plain) <= 20 else plain or None
        )
    except ArithmeticError:
        return plain


# ---- publishing --------------------------------------------------------------------------------------------------


def differing(found: Sheet, lines: Sequence[Line]) -> list[Difference]:
    """Return the cells and rules that differ from the published ones."""
    name = found.decision.name or found.decision.id
    return [each for each in differences.of_tables(found.text, written(found, lines)) if each.table == name]


def moved(found: Sheet, lines: Sequence[Line]) -> bool:
    """Return whether the unchanged rules are in another order than before."""
    before = [line.id for line in found.lines]
    after = [line.id for line in lines if line.id in before]
    return after != [each for each in before if each in after]


def judge(session: Session, found: Sheet, lines: Sequence[Line]) -> Judged:
    """Return whether the process runs with these rules, before `publish`. Takes some seconds; only reads."""
    return publishing.judge(session, PROCESS, files_with(session, found, lines))


def files_with(session: Session, found: Sheet, lines: Sequence[Line]) -> dict[str, bytes]:
    """Return the files of the process with these rules."""
    return {**versions.files_of(session, found.version.id), found.path: written(found, lines)}


def check_publishable(found: Sheet, seen: int, note: str) -> None:
    """Raise `Invalid` without a note, or when a new version appeared since `seen`."""
    if found.version.number != seen:
        raise Invalid(
            {
                "note": (
                    f"刚有人发布了版本 {found.version.number}，请重新打开这张表再改。",
                    f"Somebody has just published version {found.version.number}; open the table again.",
                )
            }
        )
    if not note.strip() or len(note) > LONGEST_NOTE:
        raise Invalid({"note": ("请写明为什么改。", "Please say why it is changed.")})


def publish(
    session: Session,
    by: Person,
    decision: str,
    seen: int,
    lines: Sequence[Line],
    note: str,
    judged: Judged,
    in_spite: str = "",
    *,
    more: Mapping[str, bytes] = versions.NOTHING,
) -> Version:
    """Publish the process with these rules as a new version; running cases keep theirs.

    `seen`: the number of the version that was edited; `in_spite` as in `publishing.publish`. `more`: accepted
    scenarios. Raises `Invalid` without a note, when a cell is wrong or
    somebody published meanwhile; `Refused` when the process would not run; `Conflict` when something else changed.
    """
    require(session, by, ACT)
    found = sheet(session, decision)
    check_publishable(found, seen, note)
    if wrong := flaws(found, lines):
        raise Refused([Finding("error", decision, found.decision.name, *said) for said in _all(wrong)])
    changes = differing(found, lines)
    files = versions.with_scenarios(files_with(session, found, lines), more)
    version = publishing.publish(
        session, PROCESS, files, by=by, note=note.strip(), act=ACT, judged=judged, in_spite=in_spite
    )
    changed = {_where(each): [each.before, each.after] for each in changes[:MOST_CHANGES]}
    record(session, by, "table.changed", {"table": decision, "cells": len(changes), "changed": changed}, note.strip())
    return version


def _where(each: Difference) -> str:
    return f"#{each.row} {each.column}".strip()


def _all(wrong: Flaws) -> list[Pair]:
    return [*wrong.cells.values(), *wrong.rows.values(), *wrong.table]


def reorder(lines: Sequence[Line], at: int, by: int) -> list[Line]:
    """Return the rules with one moved up (-1) or down (1)."""
    found = list(lines)
    to = at + by
    if 0 <= at < len(found) and 0 <= to < len(found):
        found[at], found[to] = found[to], found[at]
    return found


def stripped(line: Line) -> Line:
    """Return the rule without white space around its texts."""
    inputs, outputs = tuple(each.strip() for each in line.inputs), tuple(each.strip() for each in line.outputs)
    return replace(line, inputs=inputs, outputs=outputs, note=line.note.strip())
