"""The load generator works against the real product, and what it counts really exists."""

import re

import pytest

from benchmarks.load.__main__ import main

pytestmark = [pytest.mark.slow, pytest.mark.long]


def test_two_clients_complete_tasks_without_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Two seconds are enough to advance some complaints and close others."""
    main(["--clients", "2", "--seconds", "2"])
    said = capsys.readouterr().out
    found = re.search(r"this: (\d+) completions, (\d+) cases", said)
    assert found, said
    assert int(found[1]) > 0, said
    assert int(found[2]) > 0, said
    assert re.search(r"errors +0\n +record verifies", said), said
