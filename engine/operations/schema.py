"""The store's shape: migrations, run from the program itself."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from engine.core import master_data
from engine.core.store import Store

MIGRATIONS = Path(__file__).parents[2] / "migrations"


def config(store: Store) -> Config:
    """Alembic's configuration for this store; there is no alembic.ini."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["store"] = store
    return made


def migrate(store: Store) -> None:
    """Bring the store to the newest shape."""
    command.upgrade(config(store), "head")


def is_current(store: Store) -> bool:
    """Whether the store has the newest shape."""
    with store.engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found == _newest()


@cache
def _newest() -> str | None:
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(made).get_current_head()


def is_ours(_thing: object, name: str | None, _kind: str, _reflected: bool, _compared: object) -> bool:
    """Whether the models describe this; the index over the words of complaints and the count of changes are the store's own."""
    return not (name or "").startswith(("complaint_index", master_data.TABLE))
