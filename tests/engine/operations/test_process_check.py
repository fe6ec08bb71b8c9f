"""`bihuan process check`: files of any tool, folders, repaired copies."""

import json
from pathlib import Path

import pytest

from engine.bpmn import diagrams, mending
from engine.operations import metadata
from engine.operations.cli import main
from tests.engine.bpmn.diagrams.sketch import TASK, bpmn, flows, straight

pytestmark = pytest.mark.slow

SHIPPED = Path(__file__).parents[3]
CALL = straight('<callActivity id="c" calledElement="q"/>', "c")
CALLED = straight(TASK.format(id="a")).replace(b'id="p"', b'id="q"')
UNCLEAR = bpmn(
    '<startEvent id="s"/><exclusiveGateway id="g" name="贵吗？"/><endEvent id="e"/><endEvent id="f"/>'
    + flows("s>g", "g>e", "g>f")
)
assert metadata


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")


def run(*arguments: object) -> int | str | None:
    with pytest.raises(SystemExit) as ended:
        main(["process", "check", *map(str, arguments)])
    return ended.value.code


def verdicts(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {Path(line["path"]).name: line["verdict"] for line in lines}


def test_our_own_processes_run_each_with_those_that_it_calls(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(SHIPPED / "bpmn", "--json") == 0
    found = verdicts(capsys)
    assert {"complaint.bpmn", "escalation.bpmn", "improvement.bpmn", "triage.dmn"} <= found.keys()
    assert set(found.values()) == {"runs"}


def test_diagrams_beside_each_other_may_call_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.bpmn").write_bytes(CALL)
    assert run(tmp_path, "--json") == 1
    assert verdicts(capsys) == {"one.bpmn": "needs repair"}
    (tmp_path / "two.bpmn20.xml").write_bytes(CALLED)
    assert run(tmp_path, "--json") == 0
    assert verdicts(capsys) == {"one.bpmn": "runs", "two.bpmn20.xml": "runs"}


def test_services_that_nobody_has_are_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.bpmn").write_bytes(straight('<serviceTask id="a" camunda:type="external" camunda:topic="fly"/>'))
    assert run(tmp_path) == 1
    assert 'there is no topic "fly"' in capsys.readouterr().out


def test_what_is_no_diagram_is_said_and_never_a_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in (
        ("a.bpmn", b""),
        ("b.bpmn", b"\xff\xfe\0"),
        ("c.bpmn", b"<a/>"),
        ("d.dmn", b"<a"),
        ("e.bpmn", bytes(range(256))),
    ):
        (tmp_path / name).write_bytes(text)
    assert run(tmp_path, "--json", "--repair", "--sketch") == 1
    assert set(verdicts(capsys).values()) == {"not a diagram"}
    assert len(list(tmp_path.iterdir())) == 5


def test_copies_are_written_beside_the_file_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.bpmn20.xml").write_bytes(UNCLEAR.replace(b' isExecutable="true"', b' isExecutable="false"'))
    assert run(tmp_path, "--repair", "--sketch") == 1
    said = capsys.readouterr().out
    assert run(tmp_path, "--repair", "--sketch") == 1
    assert len(list(tmp_path.iterdir())) == 3, "no copies of copies"
    for word in ("repaired", "sketch"):
        copy = tmp_path / f"one.{word}.bpmn20.xml"
        assert f"written to {copy}" in said
        assert diagrams.read(copy.read_bytes()).process.executable
    assert "p: can be played to an end through every node" in said
    assert "needs repair: 1 files" in said
    assert mending.questions((tmp_path / "one.sketch.bpmn20.xml").read_bytes())


def test_the_end_sums_up_by_what_was_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.bpmn").write_bytes(UNCLEAR)
    assert run(tmp_path) == 1
    last = capsys.readouterr().out.splitlines()[-2:]
    assert last[0] == "needs repair: 2 files"
    assert last[1].startswith("     2 files: this flow leaves … with no condition")
