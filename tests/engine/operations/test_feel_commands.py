"""`bihuan feel` and `bihuan decision`, as seen at a terminal."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from engine.core import clock
from engine.operations.cli import bihuan

ROOT = Path(__file__).parents[3]
TABLES = ROOT / "bpmn/complaint"

CASES = """<testCases xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><modelName>{model}</modelName>
<testCase id="1"><inputNode name="rung"><value xsi:type="decimal">{rung}</value></inputNode>
<inputNode name="lead"><value xsi:type="string">desk</value></inputNode>
<resultNode name="ladder"><expected><component name="share"><value xsi:type="decimal">0.5</value></component>
<component name="group"><value xsi:type="string">desk</value></component></expected></resultNode></testCase>
</testCases>"""


def run(*arguments: object, **environment: str) -> Result:
    return CliRunner().invoke(bihuan, list(map(str, arguments)), env={"LANG": "en_GB.UTF-8", **environment})


def test_an_expression_and_its_value() -> None:
    assert run("feel", 'if 3 > 2 then ["a", 1.50] else null').output == '["a", 1.5]\n'


@pytest.mark.parametrize(("name", "text"), [("a.json", '{"amount": 0.1}'), ("a.feel", "{amount: 1 / 10}")])
def test_variables_from_a_file(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert run("feel", "amount + 0.2", "--context", tmp_path / name).output == "0.3\n"


@pytest.mark.parametrize("text", ["[1]", "{", ""])
def test_a_file_without_variables_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    said = run("feel", "amount", "--context", tmp_path / "a.json")
    assert said.exit_code == 2
    assert "a.json" in said.output


def test_the_place_of_a_slip_is_pointed_at_under_wide_characters_too() -> None:
    said = run("feel", "金额 == 3", LANG="zh_CN.UTF-8")
    assert said.exit_code == 1
    assert said.output.splitlines() == ["金额 == 3", "     ^", "第 4 个字符处:比较请用一个 ="]


def test_an_unknown_name_is_noted_with_the_nearest(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"amount": 3}')
    said = run("feel", "amuont", "--context", tmp_path / "a.json")
    assert said.output == "note: unknown name amuont; did you mean amount?\nnull\n"


def test_today_is_the_companys() -> None:
    with clock.at(datetime(2026, 3, 1, 20, tzinfo=UTC)):
        assert run("feel", "today()", BIHUAN_TIMEZONE="Asia/Shanghai").output == "2026-03-02\n"


def test_a_table_decides_and_says_why() -> None:
    said = run(
        *("decision", "eval", TABLES / "authority.dmn", "--explain"),
        *("--input", "cost=600", "--input", 'lead="desk"', "--input", "about=null"),
    )
    lines = said.output.splitlines()
    assert lines[0] == '{approver: "desk/head", legal: false}'
    assert any(line.startswith("  rule 10 hit: ") for line in lines)
    assert len([line for line in lines if " = " in line]) == 3


def test_inputs_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "in.json").write_text('{"rung": 1, "lead": "desk", "about": ""}')
    said = run("decision", "eval", TABLES / "ladder.dmn", "--input", tmp_path / "in.json")
    assert said.output == '{share: 0.5, group: "desk"}\n'


def test_a_decision_that_another_needs_can_be_asked_for() -> None:
    said = run("decision", "eval", TABLES / "triage.dmn", "--decision", "归口部门", "--input", 'category="4004"')
    assert said.output == '"engineering"\n'
    assert "no decision" in run("decision", "eval", TABLES / "triage.dmn", "--decision", "none").output


def test_a_missing_input_is_noted() -> None:
    assert "unknown name cost" in run("decision", "eval", TABLES / "authority.dmn", "--input", 'lead="desk"').output


@pytest.mark.parametrize("wrong", ["cost", "=3", "none.json"])
def test_an_input_that_is_none_is_said(wrong: str) -> None:
    said = run("decision", "eval", TABLES / "authority.dmn", "--input", wrong)
    assert said.exit_code == 2
    assert "name=FEEL" in said.output


def test_our_own_tables_pass_their_cases_and_each_has_some() -> None:
    said = run("decision", "test", ROOT / "bpmn")
    assert said.exit_code == 0, said.output
    assert said.output.splitlines()[-1] == "146 passed, 0 failed"
    assert {path.stem for path in (TABLES / "tests").glob("*.xml")} == {path.stem for path in TABLES.glob("*.dmn")}


def written(folder: Path, model: str, rung: int) -> Path:
    (folder / "ladder.dmn").write_bytes((TABLES / "ladder.dmn").read_bytes())
    (folder / "cases.xml").write_text(CASES.format(model=model, rung=rung))
    return folder


def test_a_failing_case_says_what_was_expected(tmp_path: Path) -> None:
    said = run("decision", "test", written(tmp_path, "ladder.dmn", 5))
    assert said.exit_code == 1
    assert 'expected {share: 0.5, group: "desk"}, got {share: 2, group: "company:headquarters"}' in said.output
    assert said.output.endswith(
        "result nodes: 0/1 (0.0 %); those expected to have a value: 0/1 (0.0 %)\n0 passed, 1 failed\n"
    )


@pytest.mark.parametrize("broken", ["cases.xml", "ladder.dmn", "value", "model"])
def test_what_cannot_be_read_fails_and_the_rest_goes_on(tmp_path: Path, broken: str) -> None:
    written(tmp_path, "missing.dmn" if broken == "model" else "ladder.dmn", 1)
    if broken == "value":
        (tmp_path / "cases.xml").write_text(CASES.format(model="ladder.dmn", rung="one"))
    elif broken != "model":
        (tmp_path / broken).write_text("<broken")
    (tmp_path / "good").mkdir()
    written(tmp_path / "good", "ladder.dmn", 1)
    said = run("decision", "test", tmp_path)
    assert said.output.endswith("1 passed, 1 failed\n")


def test_a_folder_without_cases_does_not_pass(tmp_path: Path) -> None:
    assert run("decision", "test", tmp_path).exit_code == 1
