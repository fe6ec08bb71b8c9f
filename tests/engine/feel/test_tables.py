"""Decision tables: hit policies, the shape of results, error messages for wrong tables."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from engine import feel
from engine.feel import dmn
from engine.feel.dmn.coverage import Coverage
from tests.engine.feel.tables import VERSIONS, decision, document, model

TRIAGE = decision(
    "triage",
    ["category: string", "danger: boolean", "households: number"],
    ["urgency: string", "lead: string"],
    [
        '"电梯困人"; -; -; "critical"; "engineering" # life first',
        'not("电梯困人"); true; -; "critical"; "security"',
        '"停水","停电"; false; -; "urgent"; "engineering"',
        'not("电梯困人","停水","停电"); false; [1..9]; "normal"; "desk"',
        'not("电梯困人","停水","停电"); false; >= 10; "complex"; "desk"',
    ],
)


def test_one_rule_hits_and_says_so() -> None:
    decided = model(TRIAGE).decide("triage", {"category": "停水", "danger": False, "households": 30})
    assert decided.value == {"urgency": "urgent", "lead": "engineering"}
    assert decided.rules == (3,)
    assert decided.inputs == ("停水", False, Decimal(30))


def test_the_table_can_be_drawn() -> None:
    triage = model(TRIAGE).decisions["triage"]
    assert [column.label for column in triage.inputs] == ["category", "danger", "households"]
    assert [(output.name, output.label) for output in triage.outputs] == [("urgency", "urgency"), ("lead", "lead")]
    assert triage.hit_policy == "UNIQUE"
    assert triage.rules[0].inputs == ('"电梯困人"', "-", "-")
    assert triage.rules[0].outputs == ('"critical"', '"engineering"')
    assert triage.rules[0].notes == ("life first",)


def test_no_rule_hits() -> None:
    decided = model(TRIAGE).decide("triage", {"category": "噪音", "danger": False, "households": None})
    assert decided.value is None
    assert decided.rules == ()


@pytest.mark.parametrize("version", VERSIONS)
def test_every_version_is_read(version: str) -> None:
    decided = model(TRIAGE, version=version).decide("triage", {"category": "噪音", "danger": True, "households": 1})
    assert decided.value == {"urgency": "critical", "lead": "security"}


LEVELS = ['>= 1; "low"; 1', '>= 5; "high"; 2', '>= 5; "high"; 3', '>= 9; "top"; 4']


def levels(policy: str, output: str = "level: string") -> dmn.Model:
    at = 1 if output.startswith("level") else 2
    rules = [";".join((row.split(";")[0], row.split(";")[at])) for row in LEVELS]
    return model(decision("levels", ["n"], [output], rules, policy))


@pytest.mark.parametrize(
    ("policy", "output", "n", "value", "rules"),
    [
        ("FIRST", "level", 6, "low", (1,)),
        ("RULE ORDER", "level", 6, ["low", "high", "high"], (1, 2, 3)),
        ("COLLECT", "level", 6, ["low", "high", "high"], (1, 2, 3)),
        ("PRIORITY", 'level: string | "top","high","low"', 6, "high", (2,)),
        ("OUTPUT ORDER", 'level: string | "top","high","low"', 9, ["top", "high", "high", "low"], (4, 2, 3, 1)),
        ("COLLECT+SUM", "points", 6, Decimal(6), (1, 2, 3)),
        ("COLLECT+MIN", "points", 6, Decimal(1), (1, 2, 3)),
        ("COLLECT+MAX", "points", 9, Decimal(4), (1, 2, 3, 4)),
        ("COLLECT+COUNT", "points", 9, Decimal(4), (1, 2, 3, 4)),
        ("COLLECT+COUNT", "points", 0, Decimal(0), ()),
        ("COLLECT+SUM", "points", 0, None, ()),
        ("FIRST", 'level: string | "low","none" | "none"', 0, "none", ()),
    ],
)
def test_hit_policy(policy: str, output: str, n: int, value: object, rules: tuple[int, ...]) -> None:
    decided = levels(policy, output).decide("levels", {"n": n})
    assert (decided.value, decided.rules) == (value, rules)


def test_unique_names_the_rows_that_clash() -> None:
    with pytest.raises(feel.TableError) as caught:
        levels("UNIQUE").decide("levels", {"n": 6})
    assert caught.value.rules == (1, 2, 3)
    assert caught.value.zh == "决策表「Levels」第 1, 2, 3 行:命中策略是「唯一」，但这些行同时命中"
    assert 'Decision table "Levels" rule 1, 2, 3' in caught.value.en


def test_any_wants_the_same_from_all() -> None:
    same = model(decision("same", ["n"], ["out"], ['> 1; "a"', '> 2; "a"'], "ANY"))
    assert same.decide("same", {"n": 3}).rules == (1, 2)
    with pytest.raises(feel.TableError) as caught:
        levels("ANY").decide("levels", {"n": 6})
    assert caught.value.rules == (1, 2)


def test_a_value_that_the_column_does_not_allow() -> None:
    table = model(decision("t", ['kind: string | "repair","complaint"'], ["out"], ["-; 1"]))
    assert table.decide("t", {"kind": "repair"}).value == Decimal(1)
    with pytest.raises(feel.TableError) as caught:
        table.decide("t", {"kind": "praise"})
    assert '「kind」的值 "praise" 不在允许的值 "repair","complaint" 之内' in caught.value.zh


def test_a_broken_cell_is_named_when_deciding() -> None:
    table = model(decision("t", ["n"], ["out"], ["> 1; 1", "> ; 2"]))
    with pytest.raises(feel.TableError) as caught:
        table.decide("t", {"n": 1})
    assert caught.value.rules == (2,)
    assert "「n」" in caught.value.zh


def test_dates_and_own_functions_in_cells() -> None:
    rules = ['< date("2026-03-01"); "before"', '>= date("2026-03-01"); own(day)']
    table = model(decision("t", ["day: date"], ["out"], rules))
    functions = {"own": lambda day: f"on {day}"}
    assert table.decide("t", {"day": date(2026, 2, 1)}, functions).value == "before"
    assert table.decide("t", {"day": date(2026, 3, 2)}, functions).value == "on 2026-03-02"


def test_required_decisions_come_first() -> None:
    first = decision("size", ["households"], ["size: string"], ['< 10; "small"', '>= 10; "large"'])
    by_id = decision("byid", ["size"], ["out"], ['"large"; "region"', '"small"; "desk"'], requires="size")
    by_name = decision("byname", ["Size"], ["out"], ['"large"; "region"', '"small"; "desk"'], requires="size")
    both = model(first, by_id, by_name)
    decided = both.decide("byid", {"households": 12})
    assert decided.value == "region"
    assert decided.required["Size"].rules == (2,)
    assert both.decide("Byname", {"households": 2}).value == "desk"


def test_a_decision_that_requires_itself() -> None:
    a = decision("a", ["b"], ["out"], ["-; 1"], requires="b")
    b = decision("b", ["a"], ["out"], ["-; 1"], requires="a")
    with pytest.raises(feel.BadModel) as caught:
        model(a, b).decide("a", {})
    assert "依赖它自己" in caught.value.zh


def test_other_logic_than_tables() -> None:
    more = """
    <inputData id="i" name="Monthly Fee"><variable name="Monthly Fee" typeRef="number"/></inputData>
    <businessKnowledgeModel id="k" name="yearly"><encapsulatedLogic>
      <formalParameter name="fee" typeRef="number"/><literalExpression><text>fee * 12</text></literalExpression>
    </encapsulatedLogic></businessKnowledgeModel>
    <decision id="bill" name="Bill"><variable name="Bill"/>
      <informationRequirement><requiredInput href="#i"/></informationRequirement>
      <knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>
      <context>
        <contextEntry><variable name="total"/><literalExpression><text>yearly(Monthly Fee)</text></literalExpression></contextEntry>
        <contextEntry><variable name="high"/><conditional><if><literalExpression><text>total > 1000</text></literalExpression></if>
          <then><literalExpression><text>"yes"</text></literalExpression></then><else><literalExpression><text>"no"</text></literalExpression></else></conditional></contextEntry>
      </context></decision>
    <decisionService id="s" name="billing"><outputDecision href="#bill"/><inputData href="#i"/></decisionService>"""
    bills = model(more=more)
    expected = {"total": Decimal(1200), "high": "yes"}
    assert bills.decide("bill", {"Monthly Fee": 100}).value == expected
    assert bills.serve("billing", {"Monthly Fee": 100}) == expected
    assert bills.invoke("yearly", {"fee": 2}) == Decimal(24)


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        (b"not xml", "不是有效的 XML"),
        (b"<definitions/>", "不认识的 DMN 版本"),
        (b"<html/>", "根元素是 html"),
        (b'<!DOCTYPE d [<!ENTITY a "b">]><definitions>&a;</definitions>', "DOCTYPE"),
        (b"<a>" + b" " * 2_100_000 + b"</a>", "2 MB"),
    ],
)
def test_what_is_no_decision_file(xml: bytes, words: str) -> None:
    with pytest.raises(feel.BadModel) as caught:
        dmn.read(xml)
    assert words in caught.value.zh


def test_an_unknown_decision_names_those_there_are() -> None:
    with pytest.raises(feel.UnknownDecision) as caught:
        model(TRIAGE).decide("limits", {})
    assert "Triage" in caught.value.zh


# -- checking ------------------------------------------------------------------------------------------------------


def found(*decisions: str, names: list[str] | None = None) -> list[tuple[str, int, str, str]]:
    return [(finding.kind, finding.rule, finding.column, finding.zh) for finding in dmn.check(model(*decisions), names)]


def test_a_sound_table_has_no_findings() -> None:
    rules = ['"a"; < 5; 1', '"a"; >= 5; 2', '"b"; -; 3']
    assert found(decision("t", ['kind: string | "a","b"', "n: number"], ["out"], rules)) == []


def test_syntax_errors_stand_at_their_cell() -> None:
    assert found(decision("t", ["n"], ["out"], ["> (1; 1", "> 5; == 3"])) == [
        ("syntax", 1, "n", "> (1:第 5 个字符处:缺少右括号"),
        ("syntax", 2, "out", "== 3:第 1 个字符处:比较请用一个 ="),
    ]


def test_overlapping_rows_are_named_with_an_example() -> None:
    rules = ['"a"; [1..5]; 1', '"a"; [5..9]; 2', 'not("a"); -; 3', "-; > 100; 4"]
    findings = [finding for finding in found(decision("t", ["kind", "n"], ["out"], rules)) if finding[0] == "overlap"]
    assert findings == [
        ("overlap", 2, "", '与第 1 行同时命中(kind = "a"，n = 5)，而命中策略是「唯一」'),
        ("overlap", 4, "", "与第 3 行同时命中(kind = 其他值，n > 100)，而命中策略是「唯一」"),
    ]


def test_overlap_is_no_matter_under_first() -> None:
    assert found(decision("t", ["n"], ["out"], ["> 5; 1", "-; 2"], "FIRST")) == []


def test_a_gap_is_shown() -> None:
    rules = ["< 5; 1", "> 5; 2"]
    assert found(decision("t", ["n"], ["out"], rules)) == [("gap", 0, "", "没有一行命中的输入:n = 5")]
    assert found(decision("t", ["n"], ["out | | 0"], rules)) == []


def test_a_row_that_never_hits() -> None:
    assert found(decision("t", ["n"], ["out"], ["> 5; 1", "-; 2", "> 7; 3"], "FIRST")) == [
        ("never", 3, "", "前面的行总是先命中，这一行永远用不上")
    ]
    rules = ['"a"; 1', '"c"; 2', '"b"; 3']
    assert found(decision("t", ['kind | "a","b"'], ["out"], rules)) == [("never", 2, "kind", '"c" 永远不会成立')]


def test_cells_that_are_not_simple_are_left_alone() -> None:
    assert found(decision("t", ["n", "m"], ["out"], ["? > m; -; 1", "> 3; -; 2"])) == []


def test_a_constant_of_the_wrong_type() -> None:
    findings = found(decision("t", ["n: number"], ["out | | 0"], ['"5"; 1']))
    assert ("type", 1, "n", '"5" 的类型是 string，这一列是 number，永远不会相等') in findings


def test_unknown_names_with_the_nearest() -> None:
    findings = found(decision("t", ["urgncy"], ["out | | 0"], ["-; amount + 1"]), names=["urgency", "amount"])
    assert findings == [("name", 0, "urgncy", "不认识的名称 urgncy，是不是 urgency?")]


def test_another_language_than_feel_is_said() -> None:
    juel = decision("t", ["n"], ["out"], ["-; 1"]).replace(
        "<inputExpression", '<inputExpression expressionLanguage="juel"'
    )
    assert found(juel) == [("language", 0, "", "这里写的是 juel，只有 FEEL 会被计算，请改写")]


def test_a_table_of_sixty_rows_is_checked_at_once() -> None:
    rules = [f'"k{i}"; [{i}..{i + 1}); {"true" if i % 2 else "false"}; {i}' for i in range(60)]
    findings = found(decision("t", ["kind", "n", "b"], ["out"], rules))
    assert [kind for kind, *_ in findings] == ["gap"]


def test_reading_leaves_broken_cells_for_check() -> None:
    assert dmn.read(document(decision("t", ["n"], ["out"], ["> ((; 1"]))).decisions["t"].rules[0].inputs == ("> ((",)


def test_moments_with_zones_in_cells() -> None:
    table = model(decision("t", ["at"], ["out"], ['< date and time("2026-03-01T16:00:00+08:00"); 1', "-; 2"], "FIRST"))
    assert table.decide("t", {"at": datetime(2026, 3, 1, 7, 59, tzinfo=UTC)}).value == Decimal(1)
    assert table.decide("t", {"at": datetime(2026, 3, 1, 8, tzinfo=UTC)}).value == Decimal(2)


BOXED = """<decision id="a" name="A"><context>
<contextEntry><variable name="fee"/><literalExpression><text>amuont * 2</text></literalExpression></contextEntry>
<contextEntry><variable name="twice"/><functionDefinition><formalParameter name="n"/>
<literalExpression><text>n * fee + m</text></literalExpression></functionDefinition></contextEntry>
<contextEntry><variable name="rows"/><list><literalExpression><text>fee</text></literalExpression>
<literalExpression><text>later</text></literalExpression></list></contextEntry>
<contextEntry><variable name="later"/><for iteratorVariable="each"><in><literalExpression><text>rows</text>
</literalExpression></in><return><literalExpression><text>each + other</text></literalExpression></return></for></contextEntry>
<contextEntry><literalExpression><text>twice(later[1])</text></literalExpression></contextEntry>
</context></decision>
<businessKnowledgeModel id="b" name="B"><encapsulatedLogic><formalParameter name="n"/>
<literalExpression><text>n + x</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"""


def test_unknown_names_are_found_in_every_box_and_known_ones_are_not() -> None:
    found = dmn.check(model(more=BOXED), ["amount"])
    assert [(each.decision, each.en) for each in found] == [
        ("a", "unknown name amuont; did you mean amount?"),
        ("a", "unknown name m"),
        ("a", "unknown name later"),
        ("a", "unknown name other"),
        ("b", "unknown name x"),
    ]


def test_any_reports_rows_that_hit_together_with_different_results() -> None:
    rows = ['> 5; "a"', '> 8; "a"', '> 7; "b"', '> 9; if n > 0 then "a" else "b"']
    clashes = [each for each in dmn.check(model(decision("t", ["n"], ["out"], rows, "ANY"))) if each.kind == "overlap"]
    assert [(each.other, each.rule) for each in clashes] == [(1, 3), (2, 3)]


def test_the_same_rows_of_a_long_table_overlap_as_if_each_pair_were_compared() -> None:
    cells = ["-", "1", "2", "> 1", "[0..1]", "not(2)", "a * 2"]
    rows = [f"{cells[at % 7]}; {cells[at // 7 % 7]}; 1" for at in range(49)]
    table = model(decision("t", ["a", "b"], ["out"], rows)).decisions["t"].table
    assert table
    coverage = Coverage(table)
    pairs = [(a, b) for b in range(49) for a in range(b)]
    masks = coverage.masks
    slow = [(a + 1, b + 1) for a, b in pairs if all(x and y and x & y for x, y in zip(masks[a], masks[b], strict=True))]
    assert [(a, b) for a, b, _where in coverage.overlaps()] == slow
    assert len(slow) > 100
