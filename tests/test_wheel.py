"""The wheel, installed outside the checkout: its command runs, with the demo company in it."""

import os
import sqlite3
import subprocess
import sys
import tomllib
from contextlib import closing
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.fault(32)]

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by its own build system and unpacked into a folder, without what it depends on."""
    made = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.builders.wheel import WheelBuilder; print(*WheelBuilder(sys.argv[1]).build(directory=sys.argv[2]))"
    subprocess.run([sys.executable, "-c", build, ROOT, made], check=True, capture_output=True, text=True)
    (wheel,) = made.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile"]
    subprocess.run([*pip, "--disable-pip-version-check", "--target", made / "site", wheel], check=True)
    return made / "site"


def bihuan(installed: Path, home: Path, *words: str) -> str:
    """Run the installed command in an empty folder; return what it says."""
    settings = {"BIHUAN_HOME": str(home), "BIHUAN_DEMO": "true", "PYTHONPATH": str(installed), "LC_ALL": "C.UTF-8"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BIHUAN_")}
    command = [sys.executable, "-P", str(installed / "bin" / "bihuan"), *words]
    told = subprocess.run(command, cwd=home, env={**kept, **settings}, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    return told.stdout


def test_it_says_its_version(installed: Path, tmp_path: Path) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert bihuan(installed, tmp_path, "--version").strip() == f"bihuan, version {version}"
    assert f"\n## [{version}] - 20" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.long
def test_it_brings_the_demo_company(installed: Path, tmp_path: Path) -> None:
    bihuan(installed, tmp_path, "demo")
    with closing(sqlite3.connect(tmp_path / "bihuan.db")) as store:
        assert store.execute("select count(*) from complaints").fetchone()[0] > 400
