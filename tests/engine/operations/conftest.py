"""The demo company, loaded once for all tests that look at it."""

from pathlib import Path
from shutil import copy

import pytest

from engine.core.settings import Settings
from engine.core.store import Store
from engine.operations import demo


@pytest.fixture(scope="session")
def loaded(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder into which the copy of the demo company was loaded; only to read."""
    folder = tmp_path_factory.mktemp("copy")
    copy(empty_file, folder / "bihuan.db")
    of = Settings(home=folder, demo=True)
    store = Store(of.store_url, turnable=True)
    demo.load(store, of)
    store.close()
    return folder
