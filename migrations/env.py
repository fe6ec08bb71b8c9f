"""Alembic's way into our store."""

from alembic import context

from engine import schema, tables
from engine.db import Store

store: Store = context.config.attributes["store"]

with store.engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=tables.metadata,
        render_as_batch=store.is_sqlite,
        compare_type=True,
        include_object=schema.is_ours,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
