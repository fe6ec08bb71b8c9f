"""Empty databases: for SQLite in each home folder, for PostgreSQL on our own server."""

import importlib
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager


@contextmanager
def databases(store: str, names: Sequence[str]) -> Iterator[dict[str, str]]:
    """Open an empty database for each name and give its address, "" for the SQLite file in the home folder."""
    if store == "sqlite":
        yield dict.fromkeys(names, "")
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel's own, about a runtime folder that it does not need
        pgserver = importlib.import_module("pgserver")
        server = pgserver.get_server(tempfile.mkdtemp(prefix="bihuan-postgres-"), cleanup_mode="delete")
    try:
        head, _, query = server.get_uri().partition("?")
        urls = {name: f"{head.rpartition('/')[0]}/load_{name}" + (f"?{query}" if query else "") for name in names}
        for name in names:
            server.psql(f"create database load_{name}")
        yield urls
    finally:
        server.cleanup()
