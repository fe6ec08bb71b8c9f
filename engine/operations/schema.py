"""The store's schema: migrations, run from the program itself."""

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
    """Return Alembic's configuration for this store; there is no alembic.ini."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["store"] = store
    return made


def migrate(store: Store) -> None:
    """Migrate the store to the newest schema."""
    command.upgrade(config(store), "head")


def is_current(store: Store) -> bool:
    """Return whether the store has the newest schema."""
    with store.engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found == _newest()


@cache
def _newest() -> str | None:
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(made).get_current_head()


def is_ours(_thing: object, name: str | None, _kind: str, _reflected: bool, _compared: object) -> bool:
    """Return whether the models describe this object; word index and change count exist only in the store."""
    return not (name or "").startswith(("complaint_index", master_data.TABLE))
