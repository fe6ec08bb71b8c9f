"""The diagrams that the product ships keep bpmnlint's recommended rules, its warnings too."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.bpmn.paper_company import ROOT
from tests.differential import peer

LINT = Path(__file__).with_name("lint.mjs")
BPMNLINT = ROOT / "node_modules/bpmnlint"


def linted(*paths: Path) -> list[dict[str, str]]:
    """What bpmnlint finds in these files."""
    if missing := peer.absent():
        pytest.skip(missing)
    assert BPMNLINT.is_dir(), "bpmnlint is not installed: remove web/static/dist, then `make setup` brings it"
    done = subprocess.run(
        [peer.node(), str(LINT), *map(str, paths)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found: list[dict[str, str]] = json.loads(done.stdout)
    return found


def test_nothing_is_found_in_what_is_shipped() -> None:
    shipped = sorted(ROOT.glob("bpmn/*/*.bpmn"))
    assert len(shipped) >= 4
    assert linted(*shipped) == []


def test_what_is_wrong_is_found(tmp_path: Path) -> None:
    reply = (ROOT / "bpmn/reply/reply.bpmn").read_text()
    nameless = tmp_path / "nameless.bpmn"
    nameless.write_text(reply.replace(' name="欠回复"', ""))
    assert [(each["rule"], each["id"], each["category"]) for each in linted(nameless)] == [
        ("label-required", "reply_owed", "error")
    ]
