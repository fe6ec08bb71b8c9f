"""Steps' properties that outsiders read about are checked before publishing."""

import json

import pytest

import engine.complaints
import engine.improvement  # noqa: F401 - both enter what their steps may mean
from engine.bpmn.checking import Available, Meanings, check
from engine.core.errors import Finding
from engine.processes import publishing
from tests.engine.bpmn.diagrams.sketch import straight

KNOWN = Available(
    meanings={"p": Meanings(frozenset({"planning"}), frozenset({"callback"}), is_told=True)}, processes=frozenset()
)
TASK = (
    '<userTask id="t" name="回访" camunda:candidateGroups="desk"{form}>'
    "<extensionElements><camunda:properties>{said}</camunda:properties></extensionElements></userTask>"
)


def found(*said: tuple[str, str], available: Available = KNOWN, form: str = "") -> list[Finding]:
    properties = "".join(f'<camunda:property name="{name}" value="{value}"/>' for name, value in said)
    task = TASK.format(said=properties, form=f' camunda:formKey="{form}"' if form else "")
    files = {"bpmn/p/p.bpmn": straight(task, "t")}
    if form:
        files[f"forms/p/{form}.json"] = json.dumps({"components": [{"key": "words", "type": "textarea"}]}).encode()
    return [each for each in check(files, available).findings if each.place == "t"]


def test_a_task_that_says_nothing_is_told_of_in_both_languages() -> None:
    (silent,) = found()
    assert silent.level == "warning"
    assert "没有状态" in silent.zh
    assert "no status and no words for residents" in silent.en


@pytest.mark.parametrize(
    "said", [("status", "planning"), ("resident", "已回访"), ("counts_as", "callback")], ids=lambda said: said[0]
)
def test_a_status_words_or_what_it_counts_as_is_enough(said: tuple[str, str]) -> None:
    assert found(said) == []


@pytest.mark.parametrize("said", [("status", "planing"), ("counts_as", "callbak"), ("goes_there", "yes")])
def test_a_value_that_nobody_knows_is_refused_with_those_there_are(said: tuple[str, str]) -> None:
    wrong = [each for each in found(("resident", "已回访"), said) if each.level == "error"]
    assert [each.place for each in wrong] == ["t"]
    assert said[1] in wrong[0].zh
    known = {"status": "planning", "counts_as": "callback", "goes_there": "true"}[said[0]]
    assert known in wrong[0].zh
    assert known in wrong[0].en


def test_words_that_are_told_stand_in_the_form() -> None:
    status = ("status", "planning")
    assert found(status, ("tells_resident", "words"), form="call") == []
    assert [each.level for each in found(status, ("tells_resident", "answer"), form="call")] == ["error"]


def test_nothing_is_said_where_nobody_reads_of_it() -> None:
    assert found(("status", "planing"), available=Available()) == []
    plain = Available(meanings={"p": Meanings(frozenset({"planning"}), frozenset())})
    assert found(available=plain) == []


def test_what_a_process_calls_is_checked_with_it() -> None:
    caller = straight('<callActivity id="c" calledElement="p"/>', "c").replace(b'id="p"', b'id="q"')
    files = {
        "bpmn/q/q.bpmn": caller,
        "bpmn/p/p.bpmn": straight(TASK.format(said='<camunda:property name="status" value="x"/>', form=""), "t"),
    }
    known = Available(meanings={"q": Meanings(frozenset({"planning"}), frozenset())})
    assert [each.place for each in check(files, known).findings if each.level == "error"] == ["t"]


def test_the_diagrams_that_come_with_the_product_say_what_all_their_tasks_mean() -> None:
    found = publishing.read_folder(publishing.SHIPPED)
    files = {path: text for each in found.values() for path, text in each.items()}
    known = publishing.known()
    assert known.meanings.keys() == {"complaint", "improvement", "report", "warning"}
    assert [each for each in check(files, known).findings if "resident" in each.en or "property" in each.en] == []
