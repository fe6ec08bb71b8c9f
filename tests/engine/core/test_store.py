"""Reading from PostgreSQL."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import InternalError

from engine.core.store import Store

PREPARED = text("select count(*) from pg_prepared_statements where statement like '%clock_offset%'")


def test_a_statement_stays_prepared_from_one_page_to_the_next(postgres_store: Store) -> None:
    for _ in range(10):
        with postgres_store.reading() as page:
            page.execute(text("select seconds from clock_offset"))

    with postgres_store.reading() as page:
        assert page.scalar(PREPARED) == 1


def test_whatever_only_reads_cannot_write(postgres_store: Store) -> None:
    with pytest.raises(InternalError, match="read-only"), postgres_store.reading() as page:
        page.execute(text("update clock_offset set seconds = 1"))
