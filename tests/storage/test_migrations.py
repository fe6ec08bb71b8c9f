"""The migrations lead exactly to the schema that the code expects, on both stores, and back."""

import subprocess
import sys

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from engine.core.store import Store
from engine.operations import metadata, schema

pytestmark = pytest.mark.slow


def test_the_newest_shape_is_the_one_of_the_code(each_store: Store) -> None:
    assert schema.is_current(each_store)
    with each_store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": schema.is_ours})
        assert compare_metadata(context, metadata.metadata) == []


def test_every_table_is_known_to_whoever_reads_them_all(store: Store) -> None:
    """A backup takes the tables of `metadata`; in a process of its own nothing else has imported them by chance."""
    asked = "from engine.operations.metadata import metadata; print(*sorted(metadata.tables))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    there = {
        name for name in inspect(store.engine).get_table_names() if schema.is_ours(None, name, "table", True, None)
    }
    assert there - set(told.stdout.split()) == {"alembic_version"}


def test_all_of_it_can_be_taken_back(each_store: Store) -> None:
    command.downgrade(schema.config(each_store), "base")
    assert set(inspect(each_store.engine).get_table_names()) <= {"alembic_version"}
    schema.migrate(each_store)
    assert schema.is_current(each_store)
