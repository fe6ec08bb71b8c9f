"""Decision tables changed in the text of their file: what is not changed stays as its author wrote it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from engine.feel import dmn
from engine.processes import drafted_tables, table_columns
from engine.processes.table_text import Line, TableText

SHIPPED = sorted((Path(__file__).parents[3] / "bpmn").glob("*/*.dmn"))
FILE = """<?xml version='1.0' encoding='UTF-8'?>
<!-- drawn by hand -->
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:w="urn:bilingual" xmlns:x="urn:other" id="d" name="d" namespace="n">
  <inputData id="asked" name="area"/>
  <decision id="fee" name="收费">
    <extensionElements><x:colour value="red"/></extensionElements>
    <informationRequirement id="r"><requiredDecision href="#rate"/></informationRequirement>
    <decisionTable id="t" x:width="300">
      <input id="i1" label="面积"><inputExpression id="e1" typeRef="number"><text>area</text></inputExpression></input>
      <output id="o1" label="费用" w:en="Fee" name="fee" typeRef="number"/>
      <!-- small homes -->
      <rule id="r1" x:mark="1">
        <description w:en="small">小户型</description>
        <inputEntry id="c1"><text>&lt; 60</text></inputEntry>
        <outputEntry id="c2"><text>100</text></outputEntry>
      </rule>
      <rule id="r2">
        <inputEntry id="c3"><text>&gt;= 60</text></inputEntry>
        <outputEntry id="c4"><text>rate * area</text></outputEntry>
      </rule>
    </decisionTable>
  </decision>
  <decision id="rate" name="单价">
    <variable name="rate"/>
    <literalExpression id="l"><text><![CDATA[if area < 90 then 2 else 3]]></text></literalExpression>
  </decision>
</definitions>"""


def rules(text: bytes) -> list[tuple[str, ...]]:
    return [(*each.inputs, *each.outputs) for each in dmn.read(text).decisions["fee"].rules]


def without_table(text: bytes) -> bytes:
    """Everything of the file but the table's rules, so that two can be compared."""
    root = etree.fromstring(text)
    for table in root.iter("{*}decisionTable"):
        for each in list(table.iter("{*}rule")):
            table.remove(each)
    for each in root.iter():
        each.tail = (each.tail or "").strip()
        each.text = (each.text or "").strip()
    return etree.tostring(root.getroottree(), method="c14n")


ACTS: dict[str, Callable[[TableText], None]] = {
    "a cell": lambda text: text.fill(0, {0: "< 50", 1: "80"}),
    "a row put in": lambda text: text.insert(1),
    "a row copied": lambda text: text.copy(0, 2),
    "rows moved": lambda text: text.move(1, 1, 0),
    "rows taken out": lambda text: text.remove(0, 1),
    "a note": lambda text: text.annotate(1, "大户型"),
    "all rows": lambda text: text.replace([Line("r2", ("-",), ("1",)), Line("", ("1",), ("2",), "新")]),
}


@pytest.mark.parametrize("act", ACTS)
def test_what_is_not_changed_stays_as_it_was(act: str) -> None:
    text = TableText(FILE.encode(), "fee")
    ACTS[act](text)
    changed = text.text()
    assert rules(changed) != rules(FILE.encode()) or act == "a note"
    assert without_table(changed) == without_table(FILE.encode())
    assert b"<!-- drawn by hand -->" in changed
    ids = [each.get("id") for each in etree.fromstring(changed).iter() if each.get("id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_change_and_its_undoing_leave_a_file_of_ours_byte_for_byte(path: Path) -> None:
    before = path.read_bytes()
    for decision in dmn.read(before).decisions:
        text = TableText(before, decision)
        text.move(1, 2, 0)
        text.move(0, 2, 1)
        text.insert(len(text.rules), 2)
        text.remove(len(text.rules) - 2, 2)
        text.copy(0, 1)
        text.remove(1, 1)
        added = table_columns.add_output(text)
        table_columns.shift(text, added, -1)
        table_columns.shift(text, added - 1, 1)
        table_columns.remove(text, added)
        table_columns.remove(text, table_columns.add_input(text))
        assert text.text().strip() == before.strip()


def test_columns_are_added_named_and_typed() -> None:
    text = TableText(FILE.encode(), "fee")
    asked = table_columns.add_input(text)
    table_columns.describe(text, asked, ("用途", "Use"), "use", "string", '"home", "shop"')
    given = table_columns.add_output(text)
    table_columns.describe(text, given, ("谁批", "Approved by"), "approver", "string", "")
    text.fill(0, {asked: '"shop"', given: '"head"'})
    decision = dmn.read(text.text()).decisions["fee"]
    assert [(each.label, each.text, each.type, each.allowed) for each in decision.inputs] == [
        ("面积", "area", "number", ""),
        ("用途", "use", "string", '"home", "shop"'),
    ]
    assert [(each.name, each.label) for each in decision.outputs] == [("fee", "费用"), ("approver", "谁批")]
    assert decision.said("谁批", "en") == "Approved by"
    assert rules(text.text()) == [("< 60", '"shop"', "100", '"head"'), (">= 60", "-", "rate * area", "")]
    table_columns.remove(text, 0)
    assert rules(text.text()) == [('"shop"', "100", '"head"'), ("-", "rate * area", "")]


def test_others_find_a_renamed_table_under_its_old_name() -> None:
    text = TableText(FILE.encode(), "fee")
    text.rename("物业费", "Service charge")
    decision = dmn.read(text.text()).decisions["fee"]
    assert (decision.name, decision.said("物业费", "en"), decision.variable) == ("物业费", "Service charge", "收费")


def test_a_row_that_lacks_cells_gets_them_when_it_is_filled_in() -> None:
    short = FILE.replace('<outputEntry id="c2"><text>100</text></outputEntry>', "").encode()
    text = TableText(short, "fee")
    text.fill(0, {1: "90"})
    assert rules(text.text())[0] == ("< 60", "90")


def test_a_new_table_can_be_filled_in_at_once() -> None:
    made = table_columns.blank("fees", '收<费>"&', "Fees")
    decision = dmn.read(made).decisions["fees"]
    assert (decision.name, decision.said(decision.name, "en"), len(decision.rules)) == ('收<费>"&', "Fees", 1)
    assert (decision.rules[0].inputs, decision.rules[0].outputs) == (("-",), ("",))


def test_gaps_say_which_columns_count_and_which_values_are_known() -> None:
    text = TableText(FILE.encode(), "fee")
    text.fill(1, {0: "> 60"})
    gaps = drafted_tables.gaps(dmn.read(text.text()).decisions["fee"], {}, 5).found
    assert [[piece.words()[1] for piece in gap.columns[0]] for gap in gaps] == [["60"]]
    use = table_columns.add_input(text)
    table_columns.describe(text, use, ("用途", ""), "use", "string", "")
    text.fill(0, {use: '"home"'})
    decision = dmn.read(text.text()).decisions["fee"]
    gaps = drafted_tables.gaps(decision, {use: ['"home"', '"shop"', '"barn"']}, 5).found
    said = [{at: [piece.words()[1] for piece in pieces] for at, pieces in gap.columns.items()} for gap in gaps]
    assert said == [{0: ["< 60"], 1: ['"shop"', '"barn"']}, {0: ["60"]}]
