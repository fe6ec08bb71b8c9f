"""The columns of a decision table in the text of its file: added, named, typed, removed; and a table begun."""

from lxml import etree

from engine.core import xml
from engine.feel import dmn
from engine.processes.dmn_elements import children, put, set_attribute, set_names, set_text, take_out
from engine.processes.table_text import TableText

SPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def add_input(table: TableText) -> int:
    """Add an input column behind the others, matching anything; return its number."""
    made = table.make("input", f"{table.stem}_in")
    set_text(etree.SubElement(made, table.tag("inputExpression"), {"id": table.new_id(f"{made.get('id')}_ask")}), "")
    _add(table, made, "inputEntry", "-")
    return len(table.inputs) - 1


def add_output(table: TableText) -> int:
    """Add an output column behind the others, without answers yet; return its number."""
    _add(table, table.make("output", f"{table.stem}_out"), "outputEntry", "")
    return len(table.inputs) + len(table.outputs) - 1


def _add(table: TableText, made: etree._Element, entry: str, text: str) -> None:
    heads = table.inputs if entry == "inputEntry" else table.outputs
    for rule in table.rules:
        cells = table.cells(rule, entry, len(heads)) or list(children(rule, "inputEntry"))
        cell = table.new_cell(rule, entry, text)
        etree.indent(cell, "  ", level=table.level + 1)
        put(rule, rule.index(cells[-1]) + 1 if cells else 0, cell)
    ahead = heads or (table.inputs if entry == "outputEntry" else [])
    etree.indent(made, "  ", level=table.level)
    put(table.table, table.table.index(ahead[-1]) + 1 if ahead else 0, made)
    heads.append(made)


def remove(table: TableText, column: int) -> None:
    """Take a column out, with its cells."""
    heads, tag, at = _where(table, column)
    for rule in table.rules:
        for cell in list(children(rule, tag))[at : at + 1]:
            take_out(cell)
    take_out(heads.pop(at))


def shift(table: TableText, column: int, by: int) -> None:
    """Move a column among its kind, one to the left (-1) or to the right (1)."""
    heads, tag, at = _where(table, column)
    to = at + by
    if not 0 <= to < len(heads):
        return
    for rule in table.rules:
        cells = table.cells(rule, tag, len(heads))
        _swap(rule, cells[at], cells[to])
    _swap(table.table, heads[at], heads[to])
    heads[at], heads[to] = heads[to], heads[at]


def _swap(parent: etree._Element, one: etree._Element, other: etree._Element) -> None:
    first, second = sorted((one, other), key=parent.index)
    at, behind = parent.index(first), parent.index(second)
    take_out(second)
    take_out(first)
    put(parent, at, second)
    put(parent, behind, first)


def describe(table: TableText, column: int, names: tuple[str, str], code: str, type: str, values: str) -> None:
    """Set a column's names (Chinese, English), what it asks or gives (`code`), its type and its values as FEEL.

    `values`: "" for any; values that are written as a formula are changed only by another text.
    """
    heads, tag, at = _where(table, column)
    head, is_input = heads[at], tag == "inputEntry"
    set_names(head, "label", *names)
    typed = _child(table, head, "inputExpression", 0) if is_input else head
    if is_input:
        set_text(typed, code)
    else:
        head.set("name", code)
    set_attribute(typed, "typeRef", type)
    allowed = "inputValues" if is_input else "outputValues"
    if values:
        set_text(_child(table, head, allowed, 1 if is_input else 0), values)
    else:
        for each in list(children(head, allowed)):
            take_out(each)


def _where(table: TableText, column: int) -> tuple[list[etree._Element], str, int]:
    before = len(table.inputs)
    if column < before:
        return table.inputs, "inputEntry", column
    return table.outputs, "outputEntry", column - before


def _child(table: TableText, parent: etree._Element, tag: str, at: int) -> etree._Element:
    found = next(children(parent, tag), None)
    if found is None:
        found = table.make(tag, f"{table.stem}_{tag}")
        set_text(found, "")
        put(parent, min(at, len(parent)), found)
        etree.indent(parent, "  ", level=table.level)
    return found


def blank(decision: str, name: str, english: str) -> bytes:
    """Return the file of a new decision: a column that asks nothing yet, one for the result, one row."""
    root = xml.parse(f'<definitions xmlns="{SPACE}" xmlns:w="{etree.QName(dmn.BILINGUAL).namespace}"/>'.encode())
    root.attrib.update(
        {"id": f"{decision}_definitions", "name": name, "namespace": "http://camunda.org/schema/1.0/dmn"}
    )
    made = etree.SubElement(root, f"{{{SPACE}}}decision", {"id": decision})
    set_names(made, "name", name, english)
    etree.SubElement(made, f"{{{SPACE}}}variable", {"id": f"{decision}_variable", "name": decision})
    etree.SubElement(made, f"{{{SPACE}}}decisionTable", {"id": f"{decision}_table", "hitPolicy": "FIRST"})
    table = TableText(etree.tostring(root), decision)
    describe(table, add_input(table), ("条件", "Condition"), "", "string", "")
    describe(table, add_output(table), ("结果", "Result"), "result", "string", "")
    table.insert(0)
    etree.indent(table.root, "  ")
    return table.text()
