"""Our own PostgreSQL server, from a wheel."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def running() -> Iterator[str]:
    """The address of a fresh server, stopped at the end of the block. Skips the test if the wheel is missing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's own warning, about a runtime folder that it does not need
        pgserver = pytest.importorskip("pgserver", reason="the pgserver wheel is not there")
        # Not below pytest's folders: the server's user has no access to them.
        folder = tempfile.mkdtemp(prefix="bihuan-postgres-")
        server = pgserver.get_server(folder, cleanup_mode="delete")
    for each in ("fsync", "full_page_writes", "synchronous_commit"):  # nothing here must survive a power cut
        server.psql(f"alter system set {each} = off")
    server.psql("select pg_reload_conf()")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()
