"""The benchmark of pages can still multiply the demo company, and finds its pages."""

import pytest

from benchmarks import pages

pytestmark = pytest.mark.long


def test_every_page_of_a_multiplied_company_is_measured() -> None:
    said: list[str] = []
    found = pages.run(1000, None, said.append)
    assert "complaints" in said[0]
    assert len(said) == 1 + len(found) > 30
    assert all(one.statements and one.median for one in found.values())
