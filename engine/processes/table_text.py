"""A decision table in the text of its file: cells and rows changed in place, all else left as it was.

Comments, extensions, the drawing, and the other decisions of the file stay: this works on the elements, not on what
`engine.feel.dmn` has read of them. Columns: `table_columns`.
"""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass

from lxml import etree

from engine.core import xml
from engine.core.errors import NotFound
from engine.processes.dmn_elements import annotate, children, put, set_attribute, set_names, set_text, take_out


@dataclass(frozen=True, slots=True)
class Line:
    """One rule while editing. `id` is the rule's id in the file, "" for a new one."""

    id: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    note: str = ""


class TableText:
    """The table of one decision. Rows and columns are counted from 0, input columns before output columns.

    Raises `NotFound` when the file has no such table, `BadXml`.
    """

    def __init__(self, text: bytes, decision: str) -> None:
        self.root = xml.parse(text)
        self.decision = _decision(self.root, decision)
        found = next(children(self.decision, "decisionTable"), None)
        if found is None:
            raise NotFound()
        self.table = found
        self.inputs = list(children(found, "input"))
        self.outputs = list(children(found, "output"))
        self.rules = list(children(found, "rule"))
        self.stem = str(self.decision.get("id") or "table")
        self.level = sum(1 for _ in found.iterancestors()) + 1
        self._taken = {str(each.get("id")) for each in self.root.iter() if isinstance(each.tag, str) and each.get("id")}
        self._numbers: dict[str, int] = {}

    def text(self) -> bytes:
        """Return the file as it is now."""
        return etree.tostring(self.root.getroottree(), xml_declaration=True, encoding="UTF-8")

    # ---- cells -------------------------------------------------------------------------------------------------------

    def fill(self, row: int, texts: Mapping[int, str]) -> None:
        """Set cells of a row, by column."""
        rule, before = self.rules[row], len(self.inputs)
        asked, given = self.cells(rule, "inputEntry", before), self.cells(rule, "outputEntry", len(self.outputs))
        for column, text in texts.items():
            set_text(asked[column] if column < before else given[column - before], text)

    def cells(self, rule: etree._Element, tag: str, count: int) -> list[etree._Element]:
        """Return the cells of a row (`inputEntry` or `outputEntry`); those that it lacks are made."""
        found = list(children(rule, tag))
        while len(found) < count:
            ahead = found or (list(children(rule, "inputEntry")) if tag == "outputEntry" else [])
            found.append(self.new_cell(rule, tag, "-" if tag == "inputEntry" else ""))
            put(rule, rule.index(ahead[-1]) + 1 if ahead else 0, found[-1])
        return found

    def new_cell(self, rule: etree._Element, tag: str, text: str) -> etree._Element:
        """Return a cell that is not in the row yet."""
        made = self.make(tag, f"{rule.get('id') or self.stem}_{'in' if tag == 'inputEntry' else 'out'}")
        set_text(made, text)
        return made

    # ---- rows --------------------------------------------------------------------------------------------------------

    def insert(self, at: int, count: int = 1) -> None:
        """Put rows that match anything and give nothing yet before the row `at`."""
        line = Line("", ("-",) * len(self.inputs), ("",) * len(self.outputs))
        for _ in range(count):
            self._put(at, self._new_rule(line))

    def copy(self, at: int, count: int) -> None:
        """Put a copy of these rows behind them."""
        for offset, rule in enumerate(self.rules[at : at + count]):
            made = deepcopy(rule)
            for each in made.iter():
                if isinstance(each.tag, str) and each.get("id"):
                    each.set("id", self.new_id(f"{self.stem}_{etree.QName(each).localname}"))
            self._put(at + count + offset, made)

    def remove(self, at: int, count: int) -> None:
        """Take rows out."""
        for rule in self.rules[at : at + count]:
            take_out(rule)
        del self.rules[at : at + count]

    def move(self, at: int, count: int, to: int) -> None:
        """Move rows so that the first of them becomes row `to`."""
        moved = self.rules[at : at + count]
        self.remove(at, count)
        for offset, rule in enumerate(moved):
            self._put(to + offset, rule)

    def annotate(self, row: int, note: str) -> None:
        """Set what a row says about itself."""
        annotate(self.rules[row], note)

    def replace(self, lines: Sequence[Line]) -> None:
        """Put these rows in the place of all; a row that is known by its id keeps its element."""
        old = {str(each.get("id")): each for each in self.rules}
        self.remove(0, len(self.rules))
        for line in lines:
            rule = old.pop(line.id, None)
            self._put(len(self.rules), self._new_rule(line) if rule is None else rule)
            self.fill(len(self.rules) - 1, dict(enumerate([*line.inputs, *line.outputs])))
            self.annotate(len(self.rules) - 1, line.note)

    def _new_rule(self, line: Line) -> etree._Element:
        rule = self.make("rule", f"{self.stem}_rule")
        for tag, cells in (("inputEntry", line.inputs), ("outputEntry", line.outputs)):
            for text in cells:
                rule.append(self.new_cell(rule, tag, text))
        etree.indent(rule, "  ", level=self.level)
        return rule

    def _put(self, at: int, rule: etree._Element) -> None:
        at = min(at, len(self.rules))
        if at < len(self.rules):
            place = self.table.index(self.rules[at])
        else:
            place = self.table.index(self.rules[-1]) + 1 if self.rules else len(self.table)
        put(self.table, place, rule)
        self.rules.insert(at, rule)

    # ---- the table ---------------------------------------------------------------------------------------------------

    def settle(self, policy: str, aggregation: str) -> None:
        """Set the hit policy, and how the hits of COLLECT are put together."""
        if policy != (self.table.get("hitPolicy") or "UNIQUE"):
            set_attribute(self.table, "hitPolicy", policy)
        set_attribute(self.table, "aggregation", aggregation)

    def rename(self, name: str, english: str) -> None:
        """Rename the decision. Others go on finding its value under the name that it has had."""
        if next(children(self.decision, "variable"), None) is None:
            variable = self.make("variable", f"{self.stem}_variable")
            variable.set("name", str(self.decision.get("name") or self.stem))
            put(self.decision, self.decision.index(self.table), variable)
        set_names(self.decision, "name", name, english)

    def make(self, tag: str, stem: str) -> etree._Element:
        """Return an element that is not in the file yet, with a new id."""
        return etree.Element(self.tag(tag), {"id": self.new_id(stem)})

    def tag(self, tag: str) -> str:
        """Return the name of an element in the namespace of the table."""
        return f"{{{etree.QName(self.table).namespace}}}{tag}"

    def new_id(self, stem: str) -> str:
        """Return an id that nothing in the file has."""
        number = self._numbers.get(stem, 1)
        while f"{stem}{number}" in self._taken:
            number += 1
        self._taken.add(f"{stem}{number}")
        self._numbers[stem] = number + 1
        return f"{stem}{number}"


def _decision(root: etree._Element, wanted: str) -> etree._Element:
    for each in root.iter():
        is_decision = isinstance(each.tag, str) and etree.QName(each).localname == "decision"
        if is_decision and wanted and wanted == (each.get("id") or each.get("name")):
            return each
    raise NotFound()
