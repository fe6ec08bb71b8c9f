"""The documentation is complete: every setting, every command, and no broken links."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from engine.core.settings import PREFIX, Settings
from engine.operations.cli import bihuan
from engine.scenarios import script
from engine.scenarios.company import CAST

ROOT = Path(__file__).parents[2]
PAPERS = sorted(path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")


@pytest.mark.parametrize("field", [each.name for each in fields(Settings)])
def test_every_setting_is_documented(field: str) -> None:
    said = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert f"`{PREFIX}{field.upper()}`" in said


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_every_command_is_named(readme: str) -> None:
    said = (ROOT / readme).read_text(encoding="utf-8")
    for name in bihuan.commands:
        assert f"bihuan {name}" in said, name


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(paper: Path) -> None:
    targets = LINK.findall(paper.read_text(encoding="utf-8"))
    inside = [each for each in targets if "://" not in each]
    assert [each for each in inside if not (paper.parent / each).exists()] == []


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in sorted(folder.glob("0*.md")) if path.name not in listed] == []


@pytest.mark.parametrize("part", ["engine", "engine/complaints", "web"])
def test_every_room_is_named(part: str) -> None:
    said = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = sorted(path.parent.name for path in (ROOT / part).glob("*/__init__.py"))
    assert rooms
    assert [each for each in rooms if f"`{each}/`" not in said] == []


@pytest.mark.parametrize("paper", ["scenarios.md", "scenarios.zh.md"])
def test_the_paper_on_scenarios_names_everybody_and_everything_that_can_be_written(paper: str) -> None:
    said = (ROOT / "docs" / "process" / paper).read_text(encoding="utf-8")
    words = [f"`{login}`" for login in CAST] + [f'"{name}' for name in (*script.ACTS, *script.EXPECTED)]
    assert [each for each in words if each not in said] == []
