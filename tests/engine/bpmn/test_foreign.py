"""Diagrams by others: the engine confirms every verdict, and sketches of them can be run."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.bpmn import execution, mending
from engine.bpmn.checking import opening
from engine.bpmn.checking.budget import Budget
from engine.bpmn.checking.folder import Folder
from engine.bpmn.checking.opening import Judged, Opened
from engine.bpmn.checking.playing import Trial
from engine.bpmn.diagrams import reachable, too_large, within_refused
from engine.core import xml
from engine.core.errors import Refused
from engine.operations import metadata
from engine.operations.cli import main
from engine.processes import publishing
from tests.engine.bpmn.mending.contents import lost

DIAGRAMS = Path(__file__).parents[4] / "shared" / "data" / "bpmn"
PATHS = sorted(path for path in DIAGRAMS.rglob("*") if path.is_file())
SLOWEST = 5.0
ABSENT = ("there is no ", "the process says that it does not run")
"""Beginnings of findings that the engine cannot confirm."""
ASKED = ("is written for another system", "has to be there at the start")
"""Parts of findings about what others give or do."""
assert metadata

pytestmark = [
    pytest.mark.long,
    pytest.mark.slow,
    pytest.mark.outside,
    pytest.mark.skipif(not PATHS, reason="outside data is not there: diagrams of other tools"),
]


@pytest.fixture(scope="module")
def judged() -> dict[Path, tuple[Opened, Judged]]:
    found = {}
    for path in PATHS:
        began = time.perf_counter()
        text = path.read_bytes()
        found[path] = opening.open_file(path.name, text), opening.judge(path.name, text, publishing.known())
        assert time.perf_counter() - began < SLOWEST, path
    return found


def test_the_command_gives_one_verdict_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["process", "check", str(DIAGRAMS), "--json"])
    assert ended.value.code == 1
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["path"] for line in lines] == [str(path) for path in PATHS]
    assert {line["verdict"] for line in lines} == {"runs", "needs repair", "not a diagram"}
    for line in lines:
        serious = [each for each in line["findings"] if each["level"] == "error"]
        assert bool(serious) == (line["verdict"] != "runs"), line["path"]
        assert all(each["zh"] and each["en"] for each in line["findings"])


def test_every_runs_is_true(judged: dict[Path, tuple[Opened, Judged]]) -> None:
    """The engine accepts it, no case stops, and cases pass every reachable node and flow; nothing was passed over."""
    running = [path for path, (_, verdict) in judged.items() if verdict.word == "runs"]
    assert len(running) >= 12
    for path in running:
        assert list(obstacles(judged[path][0])) == [], path
        assert asked_of_others(judged[path][0]) == set(), path


def test_every_repaired_copy_that_runs_does(judged: dict[Path, tuple[Opened, Judged]]) -> None:
    """What needs repair is repaired and judged again, and played where it is said to run."""
    running = 0
    for path in [path for path, (_, verdict) in judged.items() if verdict.word == "needs repair"]:
        repaired = mending.repair(path.read_bytes()).text
        if opening.judge(path.name, repaired, publishing.known()).word == "runs":
            running += 1
            opened = opening.open_file(path.name, repaired)
            assert list(obstacles(opened)) == [], path
            assert asked_of_others(opened) == set(), path
    assert running >= 10


def test_nothing_that_changes_behaviour_is_passed_over_in_silence(judged: dict[Path, tuple[Opened, Judged]]) -> None:
    met = 0
    for path, (opened, verdict) in judged.items():
        diagram = opened.diagram
        if diagram is None or any(too_large(diagram)):
            continue
        for element, word in asked_of_others(opened) - {
            (id, word) for id in within_refused(diagram) for word in ASKING
        }:
            place = element or diagram.process.id
            met += 1
            assert any(
                finding.level == "error" and finding.place == place and word in finding.en
                for finding in verdict.findings
            ), (path, place, word)
    assert met >= 80


def test_every_needs_repair_is_true(judged: dict[Path, tuple[Opened, Judged]]) -> None:
    """The engine refuses it or stops in it; or it refers to something missing, or is marked as not executable."""
    mending_needed = [path for path, (_, verdict) in judged.items() if verdict.word == "needs repair"]
    assert len(mending_needed) >= 200
    for path in mending_needed:
        opened, verdict = judged[path]
        said = [each.en for each in verdict.findings if each.level == "error"]
        beyond = [each for each in said if not each.startswith(ABSENT) and not any(part in each for part in ASKED)]
        assert said
        assert not beyond or opened.findings or any(obstacles(opened)), (path, beyond)


def obstacles(opened: Opened) -> Iterator[str]:
    """The engine's own objections to a file."""
    diagram = opened.diagram
    if diagram is None:
        yield "unreadable"
        return
    folder = Folder.of({"p.bpmn": opened.text})
    for process in diagram.processes:
        try:
            program = execution.parse({"p.bpmn": opened.text}, process.id)
        except Refused as refused:
            if diagram.inside(process.id) or process is diagram.process:
                yield refused.text("en")
            continue
        walked = Trial(folder, publishing.known(), "p.bpmn", program, Budget(SLOWEST)).play()
        yield from (f"stopped at {element}" for element in walked.why if not walked.passed[element])
        yield from (f"never at {element}" for element in reachable(diagram, process.id) - walked.seen)


ASKING = (
    "preScript", "postScript", "executionListener", "taskListener", "eventListener", "formData", "formProperty",
    "formDefinition", "userTaskForm", "correlationKey", "correlationSubscription", "subscription", "potentialOwner",
    "humanPerformer", "performer", "assignmentDefinition", "taskDefinition", "calledDecision", "calledElement", "ioMapping",
    "candidateUsers", "assignee", "candidateGroups", "formKey", "dueDate", "dataInput", "resource",
    "formJsonSchemaFilename",
)  # fmt: skip


def asked_of_others(opened: Opened) -> set[tuple[str, str]]:
    """What a file asks of another system (at which element, by which word), found without the product's own list."""
    found: set[tuple[str, str]] = set()
    todo = [(xml.parse(opened.text), "", "")]
    while todo:
        element, owner, around = todo.pop()
        space, _, word = str(element.tag).rpartition("}")
        if not isinstance(element.tag, str) or "/DI" in space or "urn:bihuan:kept" in space:
            continue
        standard = space.endswith("/MODEL")
        if standard and (word in ("process", "sequenceFlow", "subProcess", "callActivity") or PLACE.search(word)):
            owner = element.get("id") or ""
        needed = word != "dataInput" or around == "process"
        if word == "property" and not standard:
            word = str(element.get("name"))
        if word in ASKING and needed and word != "resource":
            found.add((owner, word))
        for name in element.attrib:
            whose, _, attribute = str(name).rpartition("}")
            if (
                whose
                and attribute in ASKING
                and (attribute in ("candidateUsers", "resource") or not whose.endswith("schema/1.0/bpmn"))
            ):
                found.add((owner, attribute))
        todo += [(child, owner, around if word == "ioSpecification" else word) for child in element]
    return found


PLACE = re.compile("(?:[tT]ask|Event|Gateway)$")


@pytest.mark.long
def test_sketches_can_be_played_to_an_end_through_every_node_and_lose_nothing() -> None:
    whole, rest = [], []
    for path in PATHS:
        text = path.read_bytes()
        opened = opening.open_file(path.name, text)
        if opened.kind != "bpmn":
            continue
        repaired, sketched = mending.repair(text), mending.sketch(text, publishing.known())
        assert lost(opened.text, repaired.text) == [], path
        assert lost(opened.text, sketched.text) == [], path
        if opened.playable:
            tried = mending.try_out(repaired.text, sketched.text)
            reasons = [finding for each in tried for finding in each.findings]
            (rest if reasons or not tried else whole).append(path)
            assert all(each.zh and each.en for each in reasons)
            assert tried, path
    print(f"{len(whole)} of {len(whole) + len(rest)} sketches can be played whole")
    assert len(whole) >= 0.9 * (len(whole) + len(rest))
