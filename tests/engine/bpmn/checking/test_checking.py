"""The check before publishing: missing references, static errors, and whether it runs."""

import time
from pathlib import Path
from typing import ClassVar

import pytest

from engine.bpmn import checking
from engine.bpmn.checking import Available, Verdict, Wording
from engine.core.errors import Finding
from tests.engine.bpmn.diagrams.sketch import HEAD, TASK, bpmn, flows, straight

SHIPPED = Path(__file__).parents[4]
START, END = '<startEvent id="s"/>', '<endEvent id="e"/>'
DMN = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:d">'
    '<decision id="limits" name="limits"><decisionTable id="t"><input id="i"><inputExpression id="ie"><text>urgency'
    '</text></inputExpression></input><output id="o" name="hours"/><rule id="r"><inputEntry id="c1"><text>{cell}</text>'
    '</inputEntry><outputEntry id="c2"><text>4</text></outputEntry></rule></decisionTable></decision></definitions>'
)


class Notify:
    """A topic as the allow-list has it."""

    takes: ClassVar[dict[str, str]] = {"to": "text"}
    gives: ClassVar[dict[str, str]] = {"sent": "truth"}
    needs: ClassVar[frozenset[str]] = frozenset()
    more: ClassVar[frozenset[str]] = frozenset()
    words: ClassVar[dict[str, Wording]] = {"to": Wording(frozenset(("resident",)), group=True)}


KNOWN = Available(
    departments=frozenset(("desk", "engineering")),
    roles=frozenset(("head", "callback")),
    topics={"notify": Notify()},
    functions=frozenset(("deadline",)),
)


def errors(verdict: Verdict) -> list[tuple[str, str]]:
    return [(each.place, each.en) for each in verdict.findings if each.level == "error"]


def slips(verdict: Verdict) -> list[tuple[str, str]]:
    return [each for each in errors(verdict) if "nothing sets" in each[1]]


def warnings(verdict: Verdict) -> list[tuple[str, str]]:
    return [(each.place, each.en) for each in verdict.findings if each.level == "warning"]


def test_a_sound_process_runs() -> None:
    verdict = checking.check({"p.bpmn": straight(TASK.format(id="a"))}, KNOWN)
    assert verdict.runs
    assert verdict.findings == ()


@pytest.mark.parametrize(
    ("element", "said"),
    [
        ('<userTask id="a" name="a" camunda:candidateGroups="dsk"/>', 'there is no department or role "dsk". Did you mean "desk"?'),
        ('<userTask id="a" name="a" camunda:candidateGroups="engineering/haed"/>', 'there is no role "haed". Did you mean "head"?'),
        ('<serviceTask id="a" camunda:type="external" camunda:topic="notifi"/>', 'there is no topic "notifi". Did you mean "notify"?'),
        ('<callActivity id="a" calledElement="escalation"/>', 'there is no process "escalation". Add it first, or choose another.'),
        ('<scriptTask id="a"><script>x = deadlin("resolve")</script></scriptTask>',
         'there is no function "deadlin" (in "deadlin("resolve")"); did you mean "deadline"?'),
    ],
)  # fmt: skip
def test_what_is_not_there_is_named_with_the_nearest(element: str, said: str) -> None:
    verdict = checking.check({"p.bpmn": straight(element)}, KNOWN)
    assert not verdict.runs
    assert ("a", said) in errors(verdict)


def test_groups_may_name_their_level() -> None:
    task = '<userTask id="a" name="a" camunda:candidateGroups="region:callback, desk/head, head"/>'
    assert checking.check({"p.bpmn": straight(task)}, KNOWN).runs


def test_forms_and_tables_must_lie_beside_their_process() -> None:
    task = '<userTask id="a" name="a" camunda:candidateGroups="desk" camunda:formKey="accept"/>'
    rule = '<businessRuleTask id="r" camunda:decisionRef="limit" camunda:resultVariable="hours"/>'
    known = '<scriptTask id="u"><script>urgency = "urgent"</script></scriptTask>'
    diagram = bpmn(START + task + known + rule + END + flows("s>a", "a>u", "u>r", "r>e"))
    files = {"bpmn/p/p.bpmn": diagram, "bpmn/p/limits.dmn": DMN.format(cell="-").encode(), "forms/p/acept.json": b"{}"}
    verdict = checking.check(files, KNOWN)
    assert ("a", 'there is no form "accept". Did you mean "acept"?') in errors(verdict)
    assert ("r", 'there is no decision "limit". Did you mean "limits"?') in errors(verdict)
    files["forms/p/accept.json"] = b'{"components": []}'
    files["bpmn/p/p.bpmn"] = diagram.replace(b'"limit"', b'"limits"')
    assert checking.check(files, KNOWN).runs


def test_expressions_and_cells_are_read_with_the_place_of_the_fault() -> None:
    gateway = START + '<exclusiveGateway id="g" default="g_e"/>' + TASK.format(id="a") + END
    diagram = bpmn(gateway + flows("s>g", "g>a if amount == 1", "g>e", "a>e"))
    verdict = checking.check({"p.bpmn": diagram, "t.dmn": DMN.format(cell='"a').encode()}, KNOWN)
    places = dict(errors(verdict))
    assert places["g_a"].startswith('expression "amount == 1": At character 8')
    assert places["limits"].startswith('row 1, "urgency": At character')


def test_a_name_that_nothing_sets_is_an_error_with_the_nearest() -> None:
    form = b'{"components": [{"type": "radio", "key": "finding", "values": [{"value": "own"}, {"value": "none"}]}]}'
    task = '<userTask id="a" name="a" camunda:candidateGroups="desk" camunda:formKey="find"/>'
    body = START + task + '<exclusiveGateway id="g" default="g_e"/>' + TASK.format(id="b") + END
    diagram = bpmn(body + flows("s>a", "a>g", 'g>b if findng = "own"', "g>e", "b>e"))
    available = Available(variables={"p": frozenset(("urgency",))})
    verdict = checking.check({"bpmn/p/p.bpmn": diagram, "forms/p/find.json": form}, available)
    said = 'nothing sets "findng" in the expression "findng = "own"". Did you mean "finding"?'
    assert slips(verdict) == [("g_b", said)]


def test_a_table_that_asks_for_what_nothing_sets_is_an_error() -> None:
    rule = '<businessRuleTask id="a" camunda:decisionRef="limits" camunda:resultVariable="hours"/>'
    available = Available(variables={"p": frozenset(("urgncy",))})
    files = {"bpmn/p/p.bpmn": straight(rule), "bpmn/p/limits.dmn": DMN.format(cell="-").encode()}
    said = 'nothing sets "urgency" in the expression "urgency". Did you mean "urgncy"?'
    assert slips(checking.check(files, available)) == [("a", said)]


def test_what_reaches_a_fault_only_on_one_branch_is_found_by_playing() -> None:
    form = b'{"components": [{"type": "radio", "key": "way", "values": [{"value": "a"}, {"value": "b"}]}]}'
    task = '<userTask id="a" name="a" camunda:candidateGroups="desk" camunda:formKey="way"/>'
    late = (
        '<intermediateCatchEvent id="t" name="等"><timerEventDefinition><timeDuration>="soon"</timeDuration>'
        "</timerEventDefinition></intermediateCatchEvent>"
    )
    body = START + task + '<exclusiveGateway id="g" default="g_e"/>' + late + END
    diagram = bpmn(body + flows("s>a", "a>g", 'g>t if way = "b"', "g>e", "t>e"))
    verdict = checking.check({"bpmn/p/p.bpmn": diagram, "forms/p/way.json": form}, KNOWN)
    assert not verdict.runs
    assert [place for place, _ in errors(verdict)] == ["t"]
    assert "trial runs always stopped here" in errors(verdict)[0][1]


def test_branches_that_wait_for_ever_are_a_warning() -> None:
    body = START + '<exclusiveGateway id="g" default="g_a"/>' + TASK.format(id="a") + TASK.format(id="b")
    diagram = bpmn(body + '<parallelGateway id="j"/>' + END + flows("s>g", "g>b if x", "g>a", "a>j", "b>j", "j>e"))
    verdict = checking.check({"p.bpmn": diagram}, KNOWN)
    assert "a branch waited here" in dict(warnings(verdict))["j"]


def test_called_processes_are_played_with_their_callers() -> None:
    caller = straight('<callActivity id="a" calledElement="q"/>')
    called = bpmn(START + TASK.format(id="x") + END + flows("s>x", "x>e"), process='id="q" isExecutable="true"')
    assert checking.check({"bpmn/p/p.bpmn": caller, "bpmn/q/q.bpmn": called}, KNOWN).runs


GARBAGE = {
    "nothing": b"",
    "no XML": b"\x00\xff\xfe garbage",
    "no BPMN": b"<a><b/></a>",
    "another encoding": straight(TASK.format(id="a")).decode().encode("utf-16"),
    "DOCTYPE": b'<!DOCTYPE d [<!ENTITY a "b">]>' + straight(TASK.format(id="a")),
    "too large": straight(TASK.format(id="a")) + b" " * 2_100_000,
    "deep": b"<a>" * 5000,
    "too many nodes": bpmn(START + "".join(f'<task id="t{number}"/>' for number in range(400))),
    "no ids": bpmn("<startEvent/><task/><sequenceFlow/><endEvent/><boundaryEvent/><subProcess/>"),
    "ids of the library": bpmn(
        '<startEvent id="Start"/><task id="Root"/><endEvent id="End"/>' + flows("Start>Root", "Root>End")
    ),
    "flows in circles": bpmn('<startEvent id="a"/><task id="b"/>' + flows("a>b", "b>b", "a>a", "b>a")),
    "host of itself": bpmn('<boundaryEvent id="a" attachedToRef="a"><timerEventDefinition/></boundaryEvent>'),
    "body of itself": bpmn('<subProcess id="a"><subProcess id="b"><subProcess id="a"/></subProcess></subProcess>'),
    "calls itself": straight('<callActivity id="a" calledElement="p"/>'),
    "bomb": straight(f'<scriptTask id="a"><script>x = {"(" * 9000}1{")" * 9000}</script></scriptTask>'),
    "slow": straight('<scriptTask id="a"><script>x = for a in 1..9999, b in 1..9999 return a * b</script></scriptTask>'),
    "power": straight('<scriptTask id="a"><script>x = 9**9**9**9</script></scriptTask>'),
}  # fmt: skip


@pytest.mark.parametrize("kind", GARBAGE)
def test_whatever_is_brought_gives_words_at_a_place_within_five_seconds(kind: str) -> None:
    began = time.perf_counter()
    verdict = checking.check({"bpmn/p/p.bpmn": GARBAGE[kind]}, KNOWN)
    assert time.perf_counter() - began < 5
    assert all(finding.zh and finding.en and "unforeseen" not in finding.en for finding in verdict.findings)
    if kind not in ("another encoding", "ids of the library", "power"):  # power: FEEL says null
        assert not verdict.runs


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b'{"components": 3}', b'{"components": [1, {"values": 2}]}'])
def test_forms_of_any_shape_are_read_or_refused(text: bytes) -> None:
    verdict = checking.check({"bpmn/p/p.bpmn": straight(TASK.format(id="a")), "forms/p/f.json": text}, KNOWN)
    assert all("unforeseen" not in finding.en for finding in verdict.findings)


def test_nothing_at_all_does_not_run() -> None:
    assert not checking.check({}).runs


def test_a_drawing_without_flow_of_any_process_is_not_played() -> None:
    text = f'{HEAD}<process id="p" isExecutable="true"/></definitions>'.encode()
    assert [en for _, en in errors(checking.check({"p.bpmn": text}))] == ["there is nothing in this process."]


def test_the_shipped_processes_run() -> None:
    files = {
        str(path.relative_to(SHIPPED)): path.read_bytes()
        for folder in ("bpmn", "forms")
        for path in (SHIPPED / folder).glob("*/*")
        if path.suffix in (".bpmn", ".dmn", ".json")
    }
    assert errors(checking.check(files)) == []


@pytest.mark.outside
def test_foreign_diagrams_get_a_verdict_each() -> None:
    outside = SHIPPED.parent / "shared" / "data" / "bpmn"
    if not outside.is_dir():
        pytest.skip("outside data: the public diagrams do not lie beside the checkout")
    paths = [path for path in outside.rglob("*") if path.suffix in (".bpmn", ".xml")]
    verdicts = {path: checking.check({path.name: path.read_bytes()}) for path in paths}
    assert len(verdicts) >= 250
    for path, verdict in verdicts.items():
        assert all("unforeseen" not in finding.en for finding in verdict.findings), path
        assert verdict.runs or errors(verdict), path


def test_only_what_it_is_about_is_judged() -> None:
    broken = straight('<serviceTask id="a"/>')
    files = {"bpmn/p/p.bpmn": straight(TASK.format(id="a")), "bpmn/q/q.bpmn": broken.replace(b'id="p"', b'id="q"')}
    assert not checking.check(files, KNOWN).runs
    assert checking.check(files, KNOWN, "p").runs
    assert not checking.check(files, KNOWN, "q").runs


def test_what_the_engine_refuses_never_runs_even_where_a_warning_stands() -> None:
    task = '<userTask id="a" camunda:candidateGroups="desk" camunda:priority="=1 +"/>'
    verdict = checking.check({"p.bpmn": straight(task)}, KNOWN)
    assert "a" in dict(warnings(verdict))
    assert "a" in dict(errors(verdict))


def test_the_same_files_are_judged_once() -> None:
    files = {"p.bpmn": straight(TASK.format(id="a"))}
    first = checking.check(files, KNOWN)
    assert checking.check(dict(files), KNOWN) is first
    assert checking.check(files, Available(departments=frozenset(), roles=frozenset())) is not first


def test_findings_name_their_file_where_several_diagrams_are_checked() -> None:
    files = {
        "one.bpmn": straight(TASK.format(id="a")),
        "two.bpmn": straight('<serviceTask id="b"/>').replace(b'id="p"', b'id="q"'),
    }
    assert {each.file for each in checking.check(files, KNOWN).findings if each.level == "error"} == {"two.bpmn"}
    assert {each.file for each in checking.check({"two.bpmn": files["two.bpmn"]}, KNOWN).findings} == {""}
    assert Finding("error", "b", "", "", "no topic.", "two.bpmn").text("en") == "two.bpmn: b: no topic."


def test_only_the_first_of_several_groups_is_used() -> None:
    verdict = checking.check(
        {"p.bpmn": straight('<userTask id="a" name="a" camunda:candidateGroups="desk, head"/>')}, KNOWN
    )
    assert warnings(verdict) == [
        ("a", 'it names several candidate groups, and only the first, "desk", is used. Leave one.')
    ]


def test_what_stops_a_process_is_said_however_much_else_there_is_to_say() -> None:
    doubts = "".join(f'<userTask id="u{at}"/>' for at in range(280))
    text = straight('<serviceTask id="a"/>').replace(b"<endEvent", doubts.encode() + b"<endEvent")
    verdict = checking.check({"p.bpmn": text}, KNOWN)
    assert len(verdict.findings) == 500
    assert not verdict.runs


def test_numbers_to_choose_in_a_form_are_numbers_when_it_is_played() -> None:
    form = b'{"components": [{"type": "radio", "key": "score", "values": [{"value": 1}, {"value": 5}]}]}'
    asked = TASK.format(id="a").replace("/>", ' camunda:formKey="score"/>')
    diagram = bpmn(
        START + asked + '<exclusiveGateway id="g" default="g_f"/>' + END + '<endEvent id="f"/>'
        + flows("s>a", "a>g", "g>e if score &gt;= 4", "g>f")
    )  # fmt: skip
    verdict = checking.check({"bpmn/p/p.bpmn": diagram, "forms/p/score.json": form}, KNOWN)
    assert verdict.findings == ()
    words = form.replace(b'"value": 1', b'"value": "one"').replace(b'"value": 5', b'"value": "five"')
    told = checking.check({"bpmn/p/p.bpmn": diagram, "forms/p/score.json": words}, KNOWN)
    assert any(place == "g_e" and "can only be" in en for place, en in errors(told))


def test_a_flow_that_is_missing_is_said_once_with_what_only_follows_from_it() -> None:
    tasks = "".join(TASK.format(id=each) for each in "abcd")
    text = bpmn(START + tasks + END + flows("s>a", "b>c", "c>d", "d>e"))
    assert not errors(checking.check({"p.bpmn": text}))
    found = errors(checking.check({"bpmn/p/p.bpmn": text}, KNOWN))
    lost = [(place, en) for place, en in found if "nothing leads here" in en]
    assert [place for place, _ in lost] == ["b"]
    assert "nor does what comes after it (3 more)" in lost[0][1]
    assert 'out of "a" is missing' in lost[0][1]
