"""What is locked: every dependency, one version in both files, with hashes and without the address of an index."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PIN = re.compile(
    r"^([A-Za-z0-9._-]+)(?:\[\w+\])?==(\S+?) \\\n((?: +--hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", re.MULTILINE
)
NAME = re.compile(r"^[A-Za-z0-9._-]+")


def pins(file: str) -> dict[str, str]:
    """Packages and versions of a lock. Nothing else may stand in it."""
    text = (ROOT / file).read_text(encoding="utf-8")
    assert PIN.sub("", text).strip() == ""
    return {plain(name): version for name, version, _hashes in PIN.findall(text)}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.fault(10)
def test_both_locks_hold_every_dependency_with_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    everything, running = pins("requirements.lock"), pins("requirements-run.lock")
    needed = {plain(NAME.findall(each)[0]) for each in project["dependencies"]}
    tests = {plain(NAME.findall(each)[0]) for each in project["optional-dependencies"]["dev"]}
    assert needed <= running.keys()
    assert needed | tests <= everything.keys()
    assert running.items() <= everything.items()
    assert not running.keys() & (tests - needed)


@pytest.mark.fault(10)
@pytest.mark.parametrize("file", ["Makefile", "Dockerfile", "docs/deploy.md", "README.md", "README.zh.md"])
def test_what_is_installed_is_what_is_locked(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8").replace("\\\n", " ")
    installs = re.findall(r"pip install [^\n&]*", text)
    assert installs
    assert all("--require-hashes" in each or "--no-deps" in each for each in installs), installs
