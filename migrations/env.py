"""Alembic's access to our store."""

from alembic import context
from sqlalchemy import Connection

from engine.core.store import Store
from engine.operations import metadata, schema

store: Store = context.config.attributes["store"]


def foreign_keys(connection: Connection, wanted: str) -> None:
    """Switch them on or off, on SQLite, between two transactions.

    There a table is changed by creating it anew and dropping the old one, which rows of others still point to.
    """
    if store.is_sqlite:
        connection.connection.cursor().execute(f"pragma foreign_keys={wanted}")


def require_whole(connection: Connection) -> None:
    """Raise when a row now points to nothing, so that the migration is rolled back."""
    if store.is_sqlite and (torn := connection.exec_driver_sql("pragma foreign_key_check").first()):
        raise RuntimeError(f"a row of {torn[0]} points to nothing in {torn[2]}")


with store.engine.connect() as connection:
    foreign_keys(connection, "off")
    try:
        context.configure(
            connection=connection,
            target_metadata=metadata.metadata,
            render_as_batch=store.is_sqlite,
            compare_type=True,
            include_object=schema.is_ours,
        )
        with context.begin_transaction():
            context.run_migrations()
            require_whole(connection)
        connection.commit()
    finally:
        connection.rollback()
        foreign_keys(connection, "on")
