"""What tests of the studio begin with."""

import pytest
from flask.testing import FlaskClient

from engine.core.store import Store
from engine.processes import versions
from tests.engine.scenarios.errand import files
from tests.web.conftest import Company
from tests.web.processes.test_processes import Browser


@pytest.fixture
def owner(browser: Browser, company: Company, store: Store) -> FlaskClient:
    """The process owner's browser, with a draft of the errand."""
    with store.transaction() as session:
        versions.store(session, "errand", files(), note="第一版")
    found = browser(company.people["process_owner"])
    found.post("/studio/errand/begin")
    return found
