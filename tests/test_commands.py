"""Run every command in the documentation and the Makefile, as written or as the table in `commands.py` says."""

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.steps import LOOP
from engine import complaints, letters
from engine.complaints.intake.registration import Concern
from engine.core.store import Store
from engine.operations.cli import bihuan
from engine.processes import publishing
from tests import commands
from tests.commands import AT_SMALL_SIZE, FULL_SIZE, FULL_SIZE_SERVING, ROOT, RUNS_THESE, free_port
from tests.differential import peer
from tests.engine.scenarios import errand
from tests.stories.company import KEY, found
from web.server import cli

pytestmark = pytest.mark.slow

NAMED = commands.named()
ELSEWHERE = {*FULL_SIZE, *FULL_SIZE_SERVING, *RUNS_THESE}
SERVING = {"serve": "Bihuan runs on", "worker": "The worker runs"}
"""The output of servers once they are ready."""

FILES = {
    "complaints.csv": "时间,内容,备注\n2026-02-27 10:00,楼道灯坏了三天,无\n",
    "households.csv": "楼栋,单元,房号,姓名,电话,备注\n3,2,501,王女士,13800001234,无\n",
    "people.csv": "姓名,账号,角色,部门,备注\n李雷,lilei,主管,engineering,无\n",
    "case.json": json.dumps({"amount": 800}),
    "inputs.json": json.dumps({"category": "1011", "danger": False}),
    "drawn.bpmn": LOOP.replace(">more<", ">1 &gt; 2<"),  # nothing in the drawing sets `more`
    "word": "long enough 1\n",
    "untidy.py": "x=1\n",
}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Path:
    """A home folder with a company that has one complaint, copied for each command."""
    home = tmp_path_factory.mktemp("company")
    shutil.copy(empty_file, home / "bihuan.db")
    store = Store(f"sqlite:///{home / 'bihuan.db'}")
    with store.transaction() as session:
        community = found(session).community
        letters.seed(session)
        publishing.publish_all(session, publishing.read_folder(publishing.SHIPPED))
        complaints.register(session, Concern(community.id, "楼道灯坏了三天", "1004", phone="13800001234"), key=KEY)
    store.close()
    return home


@pytest.fixture
def folder(company: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder of commands: the company under `var`, the default, and the files the documentation names."""
    for name in [name for name in os.environ if name.startswith("BIHUAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for home in ("var", "var/demo"):
        shutil.copytree(company, tmp_path / home, dirs_exist_ok=True)
    for name in ("bpmn", "forms"):
        (tmp_path / name).symlink_to(ROOT / name)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for path, content in errand.files().items():
        (tmp_path / "errand" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "errand" / path).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _marked(command: str) -> object:
    """Our own tools have tests that run their functions; to start each of them takes long."""
    marks = pytest.mark.long if command.startswith("python -m ") else ()
    return pytest.param(command, marks=marks)


@pytest.mark.parametrize("command", [_marked(each) for each in NAMED if each not in ELSEWHERE])
def test_what_is_named_runs(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands exit with 0; servers start, and stop when told to."""
    if command.startswith("python -m tests.differential") and peer.absent():
        pytest.skip(peer.absent())
    for line in AT_SMALL_SIZE.get(command, (command,)):
        words = shlex.split(line.replace("ROOT", str(ROOT)).replace("BIN=BIN", f"BIN={Path(sys.executable).parent}"))
        while "=" in words[0]:
            name, _, value = words.pop(0).partition("=")
            monkeypatch.setenv(name, value)
        if words[1:] and words[1] in SERVING:
            begins(words, SERVING[words[1]])
        else:
            RUNNING[words[0]](words, monkeypatch)


def test_the_table_knows_no_command_that_nobody_names() -> None:
    """Nothing is left in it."""
    assert [each for each in (*AT_SMALL_SIZE, *ELSEWHERE) if each not in NAMED] == []


def begins(words: list[str], said: str) -> None:
    """Run `bihuan` until it says that it is running, then stop it."""
    command = [sys.executable, "-c", f"from {cli.__name__} import main; main()", *words[1:]]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "BIHUAN_PORT": str(free_port())}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, text=True
    ) as running:
        assert running.stdout is not None
        lines = []
        for line in running.stdout:
            lines.append(line)
            if said in line:
                break
        running.send_signal(signal.SIGTERM)
    assert lines, "it ended without a word"
    assert said in lines[-1], "".join(lines)


def run_bihuan(words: list[str], _monkeypatch: pytest.MonkeyPatch) -> None:
    """One of our commands, in this process."""
    told = CliRunner().invoke(bihuan, words[1:])
    assert told.exit_code == 0, told.output


def run_module(words: list[str], _monkeypatch: pytest.MonkeyPatch) -> None:
    """`python -m …`, in a process of its own: some of them measure the memory of theirs."""
    assert words[1] == "-m"
    done = subprocess.run([sys.executable, *words[1:]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def run_outside(words: list[str], _monkeypatch: pytest.MonkeyPatch) -> None:
    """A program of the system."""
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


RUNNING: dict[str, Callable[[list[str], pytest.MonkeyPatch], None]] = {
    "bihuan": run_bihuan,
    "python": run_module,
    "make": run_outside,
}
