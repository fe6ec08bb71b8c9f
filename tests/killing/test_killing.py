"""A small share of the killing: what a person was told is done is done, exactly once, whichever process dies."""

import argparse
import sys
from pathlib import Path

import pytest

from tests.killing.__main__ import run

COUNT = 2


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them")
def test_nothing_that_was_acknowledged_is_lost_or_doubled(tmp_path: Path) -> None:
    said: list[str] = []
    given = argparse.Namespace(count=COUNT, hands=2, seed=5, within=15)  # a test machine may be slow
    assert run(tmp_path, f"sqlite:///{tmp_path / 'bihuan.db'}", given, said.append) == 0, said
    assert said[-1] == f"{COUNT + 1} passed, 0 failed"
