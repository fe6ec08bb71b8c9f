"""Trial runs: begun, played as anybody, the clock turned, steps taken back, saved as a scenario that holds."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from engine.casework.cases import Case
from engine.core.settings import Settings
from engine.core.store import Store
from engine.letters import Letter
from engine.operations.schedule import run_jobs
from engine.processes import process_drafts, versions
from engine.scenarios import script
from tests.engine.scenarios.errand import DIAGRAM, FORM, SCENARIO, files
from tests.web.conftest import Company
from tests.web.processes.test_processes import Browser, words

TRIAL = "/studio/errand/trial"
STARTED = DIAGRAM.replace(
    '<startEvent id="asked" name="有人要"/>',
    '<startEvent id="asked" name="有人要"><extensionElements><camunda:properties>'
    '<camunda:property name="started_by" value="desk"/></camunda:properties></extensionElements></startEvent>',
)


@pytest.fixture
def owner(browser: Browser, company: Company, store: Store) -> FlaskClient:
    """The process owner's browser; a draft of the errand, which the desk starts, is open."""
    with store.transaction() as session:
        versions.store(session, "errand", files(STARTED), note="第一版")
    client = browser(company.people["process_owner"])
    client.post("/studio/errand/begin")
    return client


def seen(client: FlaskClient) -> str:
    page = BeautifulSoup(client.get(TRIAL).text, "html.parser")
    field = page.select_one("input[name=seen]")
    assert field, page.text
    return str(field["value"])


def post(client: FlaskClient, to: str, **typed: object) -> TestResponse:
    return client.post(f"{TRIAL}/{to}", data={"seen": seen(client), **typed}, follow_redirects=True)


def task(client: FlaskClient, name: str) -> str:
    page = BeautifulSoup(client.get(TRIAL).text, "html.parser")
    card = next(each for each in page.select(".trial-tasks li") if name in each.text)
    link = card.select_one("a")
    assert link
    return str(link["href"]).removeprefix(f"{TRIAL}/")


def begun(client: FlaskClient) -> TestResponse:
    return post(client, "begin", kind="start", by="agent")


def test_first(owner: FlaskClient) -> None:
    page = begun(owner)
    Path("/tmp/trial.html").write_text(page.text)
    assert "看急不急" in words(page)
    page = post(owner, task(owner, "看急不急"), by="agent", urgent="true")
    assert "马上去" in words(page)
