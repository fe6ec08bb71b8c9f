"""What changed between two versions: elements, rows, fields and steps; what was only drawn elsewhere comes apart."""

import json
from typing import Any

import pytest

from engine.processes import comparing
from engine.processes.comparing import Change

DIAGRAM = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="t"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"><process id="lend" name="借钥匙" isExecutable="true">
<startEvent id="asked"/><userTask id="give" name="给钥匙" camunda:candidateGroups="desk"/>
<userTask id="back" name="收钥匙" camunda:candidateGroups="desk"/><endEvent id="over"/>
<boundaryEvent id="slow" name="没还" attachedToRef="back" cancelActivity="false"><timerEventDefinition>
<timeDuration>PT4H</timeDuration></timerEventDefinition></boundaryEvent><endEvent id="told"/>
<sequenceFlow id="a" sourceRef="asked" targetRef="give"/><sequenceFlow id="b" sourceRef="give" targetRef="back"/>
<sequenceFlow id="c" sourceRef="back" targetRef="over"/><sequenceFlow id="d" sourceRef="slow" targetRef="told"/>
<textAnnotation id="note"><text>当天还</text></textAnnotation></process>
<di:BPMNDiagram><di:BPMNPlane bpmnElement="lend"><di:BPMNShape bpmnElement="give">
<dc:Bounds x="100" y="80" width="100" height="80"/></di:BPMNShape></di:BPMNPlane></di:BPMNDiagram></definitions>"""


def table(*rows: tuple[str, str, str]) -> bytes:
    """A table of how long a key is lent, by whom: (id, who, how long)."""
    rules = "".join(
        f'<rule id="{id}"><inputEntry><text>{who}</text></inputEntry><outputEntry><text>{long}</text></outputEntry></rule>'
        for id, who, long in rows
    )
    return f"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="t" namespace="t">
<decision id="lent" name="借多久"><decisionTable hitPolicy="FIRST"><input label="谁"><inputExpression><text>who</text>
</inputExpression></input><output label="多久" name="long"/>{rules}</decisionTable></decision></definitions>""".encode()


def changes(path: str, old: Any, new: Any) -> list[Change]:
    """What differs between two versions of a file."""
    return list(
        comparing.of_file(path, *(each.encode() if isinstance(each, str) else each for each in (old, new))).changes
    )


def shown(found: list[Change]) -> list[tuple[str, str, list[tuple[str, str, str]]]]:
    """The changes as (how, place, [(what, before, after)])."""
    return [(each.how, each.place, [(p.what, p.before.zh, p.after.zh) for p in each.parts]) for each in found]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('="desk"/>\n<userTask id="back"', '="security"/>\n<userTask id="back"', ("changed", "give", [("groups", "desk", "security")])),
        ("PT4H", "PT2H", ("changed", "slow", [("timer", "PT4H", "PT2H")])),
        ('cancelActivity="false"', "", ("changed", "slow", [("interrupting", "否", "是")])),
        ('name="借钥匙"', 'name="借用钥匙"', ("changed", "lend", [("name", "借钥匙", "借用钥匙")])),
        ('isExecutable="true"', 'isExecutable="false"', ("changed", "lend", [("executable", "是", "否")])),
        ("当天还", "次日还", ("changed", "note", [("text", "当天还", "次日还")])),
    ],
)  # fmt: skip
def test_an_element_says_what_changed_at_it(old: str, new: str, expected: Any) -> None:
    old = old.replace('="desk"', 'camunda:candidateGroups="desk"').replace("\n", "\n")
    new = new.replace('="security"', 'camunda:candidateGroups="security"')
    assert old in DIAGRAM
    assert shown(changes("bpmn/lend/lend.bpmn", DIAGRAM, DIAGRAM.replace(old, new))) == [expected]


def test_a_new_step_comes_with_its_connections_and_what_it_says() -> None:
    new = DIAGRAM.replace('sourceRef="give" targetRef="back"', 'sourceRef="give" targetRef="sign"').replace(
        "<textAnnotation",
        '<userTask id="sign" name="签字" camunda:candidateGroups="desk" camunda:dueDate="PT1H"/>'
        '<sequenceFlow id="e" sourceRef="sign" targetRef="back"/><textAnnotation',
    )
    found = shown(changes("bpmn/lend/lend.bpmn", DIAGRAM, new))
    assert ("added", "sign", [("groups", "", "desk"), ("due", "", "PT1H")]) in found
    assert ("changed", "b", [("target", "收钥匙", "签字")]) in found
    assert [(how, place) for how, place, _parts in found] == [("changed", "b"), ("added", "sign"), ("added", "e")]


def test_what_was_only_drawn_elsewhere_is_no_change() -> None:
    found = comparing.of_file("bpmn/lend/lend.bpmn", DIAGRAM.encode(), DIAGRAM.replace('x="100"', 'x="140"').encode())
    assert found.changes == ()
    assert [(each.how, each.place) for each in found.quiet] == [("moved", "give")]


def test_a_broken_draft_is_said_to_be_unreadable() -> None:
    assert comparing.of_file("bpmn/lend/lend.bpmn", DIAGRAM.encode(), b"<not").unread


def test_rows_are_told_apart_as_added_removed_moved_and_changed() -> None:
    old = table(("r1", '"a"', "1"), ("r2", '"b"', "2"), ("r3", '"c"', "3"), ("r4", '"d"', "4"))
    new = table(("r3", '"c"', "3"), ("r1", '"a"', "1"), ("r2", '"b"', "20"), ("r5", "-", "5"))
    found = changes("bpmn/lend/lent.dmn", old, new)
    assert [(each.how, each.was, each.now, [(p.before.zh, p.after.zh) for p in each.parts]) for each in found] == [
        ("moved", 3, 1, []),
        ("changed", 2, 3, [("2", "20")]),
        ("added", 0, 4, [("", "5")]),
        ("removed", 4, 0, [('"d"', ""), ("4", "")]),
    ]


def test_rows_that_another_tool_numbered_anew_are_the_same_rows() -> None:
    old, new = table(("r1", '"a"', "1"), ("r2", '"b"', "2")), table(("x1", '"a"', "1"), ("x2", '"b"', "3"))
    assert [each.how for each in changes("bpmn/lend/lent.dmn", old, new)] == ["added", "removed"]


def test_a_form_changes_by_field() -> None:
    def form(*components: dict[str, Any]) -> bytes:
        return json.dumps({"title": {"zh": "借", "en": "Lend"}, "components": list(components)}).encode()

    who = {"type": "text", "key": "who", "label": {"zh": "谁借", "en": "Who"}}
    days = {"type": "number", "key": "days", "label": {"zh": "几天", "en": "Days"}}
    new = form(
        {**who, "validate": {"required": True}},
        {"type": "date", "key": "until", "label": {"zh": "到哪天", "en": "Until"}},
    )
    found = shown(changes("forms/lend/lend.json", form(who, days), new))
    assert ("changed", "who", [("limits.required", "", "是")]) in found
    assert [(how, place) for how, place, _parts in found] == [
        ("changed", "who"),
        ("added", "until"),
        ("removed", "days"),
    ]


def test_a_scenario_changes_by_step() -> None:
    def scenario(*steps: dict[str, Any]) -> bytes:
        return json.dumps({"title": "借", "steps": list(steps)}).encode()

    start, give = {"start": "lend"}, {"do": "give", "by": "agent"}
    new = scenario(start, {"do": "give", "by": "guard"}, {"do": "back", "by": "guard"})
    assert shown(changes("bpmn/lend/scenarios/lent.json", scenario(start, give), new)) == [
        ("changed", "2", [("by", "agent", "guard")]),
        ("added", "3", [("do", "", "back"), ("by", "", "guard")]),
    ]


def test_a_large_table_is_compared_quickly_and_few_rows_are_said_to_have_moved() -> None:
    rows = [(f"r{n}", f'"{n}"', str(n)) for n in range(1000)]
    found = changes("bpmn/lend/lent.dmn", table(*rows), table(*rows[1:], rows[0]))
    assert [(each.how, each.was, each.now) for each in found] == [("moved", 1, 1000)]
