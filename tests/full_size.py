"""Commands that make sense only at full size: `make slow`. Not collected by `make test`.

Each runs in an empty folder, as `commands.py` says.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest

from tests.commands import FULL_SIZE, FULL_SIZE_SERVING, ROOT, free_port

BIN = Path(sys.executable).parent


def environment() -> dict[str, str]:
    """Our environment, without variables of this pytest run or of another company."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("BIHUAN_", "PYTEST_", "MAKE"))}
    return {**kept, "LC_ALL": "C.UTF-8"}


def line_of(written: str) -> str:
    """The command line, with the paths of this checkout and its programs."""
    return written.replace("BIN=BIN", f"BIN={BIN}").replace("BIN/", f"{BIN}/").replace("ROOT", str(ROOT))


@pytest.mark.parametrize("written", dict.fromkeys(FULL_SIZE.values()))
def test_it_ends_well(written: str, tmp_path: Path) -> None:
    """Exit code 0."""
    done = subprocess.run(line_of(written), shell=True, cwd=tmp_path, env=environment(), capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[-5000:]


def status_of(address: str) -> int:
    """The response of a page; retried until the server listens."""
    until = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(address, timeout=60) as page:
                return int(page.status)
        except HTTPError as refused:
            return refused.code
        except URLError:
            if time.monotonic() > until:
                raise


@pytest.mark.parametrize("written", dict.fromkeys(FULL_SIZE_SERVING.values()))
def test_it_serves_pages(written: str, tmp_path: Path) -> None:
    """The log-in page, once the server says that it runs; without a company it leads to a page that needs a token."""
    port = free_port()
    with subprocess.Popen(
        line_of(written).format(port=port),
        shell=True,
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as serving:
        assert serving.stdout is not None
        lines = []
        for line in serving.stdout:
            lines.append(line)
            if "Bihuan runs on" in line:
                break
        try:
            assert lines, "it ended without a word"
            assert "Bihuan runs on" in lines[-1], "".join(lines)
            assert status_of(f"http://127.0.0.1:{port}/login") == (200 if " demo " in written else 403)
        finally:
            os.killpg(serving.pid, signal.SIGTERM)
