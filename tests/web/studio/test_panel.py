"""What the diagram's panel asks the server for: choices, sentences, findings, mending, comments."""

import json

import pytest
from flask.testing import FlaskClient

from engine.core.store import Store
from engine.history import Entry
from engine.processes import publishing, versions
from tests.engine.scenarios.errand import DIAGRAM, files
from tests.web.conftest import Company
from tests.web.processes.test_processes import Browser, words

PATH = "bpmn/errand/errand.bpmn"
KEPT = f"/studio/errand/files/{PATH}"


@pytest.fixture
def owner(browser: Browser, company: Company, store: Store) -> FlaskClient:
    """The process owner's browser, with a draft of the errand."""
    with store.transaction() as session:
        versions.store(session, "errand", files(), note="第一版")
    found = browser(company.people["process_owner"])
    found.post("/studio/errand/begin")
    return found


def keep(owner: FlaskClient, text: str, seen: int = 1) -> None:
    assert owner.post(KEPT, data=text.encode(), headers={"X-Seen": str(seen)}).status_code == 200


def test_print(owner: FlaskClient) -> None:
    print(json.dumps(owner.get("/studio/errand/choices").json, ensure_ascii=False, indent=1)[:9000])
    print(json.dumps(owner.get("/studio/errand/findings").json, ensure_ascii=False, indent=1)[:3000])
    print(DIAGRAM)
    assert 0
