"""The small company on both stores."""

from collections.abc import Callable
from functools import partial

import pytest

from engine.core.store import Store
from tests.engine.casework.cases.company import Company, build, publish


@pytest.fixture
def company(each_store: Store) -> Company:
    """The company, committed."""
    with each_store.transaction() as session:
        return build(session)


@pytest.fixture
def draw(each_store: Store) -> Callable[..., None]:
    """Publish small processes."""
    return partial(publish, each_store)
