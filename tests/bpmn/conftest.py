"""An in-memory company for the diagrams, tables and forms that the product ships."""

import pytest

from tests.bpmn.paper_company import TABLES, Company, Complaint


@pytest.fixture
def complaint():
    return Complaint


@pytest.fixture
def company():
    return Company


@pytest.fixture
def tables():
    """Evaluate a shipped decision table: the value and the numbers of the matching rules."""

    def decide(decision: str, **context: object):
        decided = TABLES[decision].decide(decision, context)
        return decided.value, decided.rules

    return decide
