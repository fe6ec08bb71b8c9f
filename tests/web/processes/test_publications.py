"""Publishing with scenarios, on the pages: progress, what differs, accepting it, and going back to mend it."""

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.core.settings import Settings
from engine.core.store import Store
from engine.operations.schedule import run_jobs
from engine.processes import versions
from tests.engine.scenarios.errand import DIAGRAM, SCENARIO, files
from tests.web.conftest import Company
from tests.web.processes.test_processes import Browser, bring, soup, words

pytestmark = pytest.mark.slow

NEVER_URGENT = DIAGRAM.replace("=urgent<", "=urgent = false<").encode()


@pytest.fixture
def owner(browser: Browser, company: Company, store: Store) -> FlaskClient:
    """The process owner's browser; the errand is published."""
    with store.transaction() as session:
        versions.store(session, "errand", files(), note="第一版")
    return browser(company.people["process_owner"])


def published(owner: FlaskClient, store: Store, settings: Settings, diagram: bytes) -> TestResponse:
    """The job's page after an upload was published with that diagram and the worker has run."""
    verdict = bring(owner, ("errand.bpmn", diagram)).location
    sent = {str(each["name"]): str(each["value"]) for each in soup(owner.get(verdict)).select("form input[name=seen]")}
    asked = owner.post(f"{verdict}/publish", data={**sent, "note": "改了谁去"})
    assert asked.status_code == 303
    assert "排队中" in words(owner.get(asked.location))
    assert run_jobs(store, settings) == 1
    return owner.get(asked.location)


def number(store: Store) -> int:
    with store.reading() as session:
        newest = versions.latest(session, "errand")
        return newest.number if newest else 0


def test_the_job_plays_and_publishes(owner: FlaskClient, store: Store, settings: Settings) -> None:
    page = published(owner, store, settings, DIAGRAM.replace("跑腿", "帮忙跑腿").encode())
    assert "已发布：第 2 版" in words(page)
    assert "演过 1 个场景" in words(page)
    version = words(owner.get("/processes/errand/2"))
    assert "急的马上去" in version
    assert SCENARIO in version


def test_what_differs_is_shown_in_words_and_accepted_with_a_reason(
    owner: FlaskClient, store: Store, settings: Settings
) -> None:
    page = published(owner, store, settings, NEVER_URGENT)
    told = words(page)
    assert "1 个场景中有 1 个和原来不同" in told
    assert "第 2 步 办理 看急不急 (客服小安)" in told
    assert "应在等“马上去” → guard，实际在等“得空去 walk” → engineering" in told
    assert "这一步做不了了" in told
    assert number(store) == 1

    form = soup(page).select_one("form[action$=accept]")
    assert form is not None
    unsaid = owner.post(str(form["action"]), data={"reason": ""}, follow_redirects=True)
    assert "请写明为什么这样才对" in words(unsaid)
    accepted = owner.post(str(form["action"]), data={"reason": "以后都由工程去"})
    run_jobs(store, settings)
    told = words(owner.get(accepted.location))
    assert "已发布：第 2 版" in told
    assert "其中 1 个接受了新的结果" in told
    again = owner.post(str(form["action"]), data={"reason": "再来"})
    assert again.status_code == 409


def test_going_back_leads_to_the_upload_which_is_still_there(
    owner: FlaskClient, store: Store, settings: Settings
) -> None:
    page = published(owner, store, settings, NEVER_URGENT)
    back = soup(page).find("a", string="回去修改")
    assert back is not None
    assert owner.get(back["href"]).status_code == 200  # type: ignore[index]


def test_it_is_told_in_english(owner: FlaskClient, store: Store, settings: Settings) -> None:
    verdict = bring(owner, ("errand.bpmn", NEVER_URGENT)).location
    asked = owner.post(f"{verdict}/publish", data={"note": "changed"})
    run_jobs(store, settings)
    page = owner.get(f"{asked.location}?lang=en")
    assert "went differently" in words(page)
    assert "expected to wait" in words(page)


def test_nobody_else_sees_or_accepts_it(
    owner: FlaskClient, browser: Browser, company: Company, store: Store, settings: Settings
) -> None:
    page = published(owner, store, settings, NEVER_URGENT)
    action = str(soup(page).select_one("form[action$=accept]")["action"])  # type: ignore[index]
    for role, status in (("administrator", 404), ("handler", 403)):
        assert browser(company.people[role]).post(action, data={"reason": "我来"}).status_code == status
    assert number(store) == 1


def test_a_scenario_is_uploaded_like_any_file_and_a_wrong_one_is_said(owner: FlaskClient) -> None:
    verdict = bring(owner, ("slow.json", b'{"title": "x", "steps": [{"doo": 1}]}'), process="errand").location
    told = words(owner.get(verdict))
    assert "bpmn/errand/scenarios/slow.json" in told
    assert "场景第 1 步：不认识 doo" in told
    assert "还不能发布" in told


def test_what_a_stranger_writes_into_a_title_is_only_text(owner: FlaskClient, store: Store, settings: Settings) -> None:
    text = b'{"title": "<script>alert(1)</script>", "steps": [{"start": "errand", "then": {"ended": true}}]}'
    verdict = bring(owner, ("bad.json", text), process="errand").location
    asked = owner.post(f"{verdict}/publish", data={"note": "x"})
    run_jobs(store, settings)
    page = owner.get(asked.location)
    assert "alert(1)" in words(page)
    assert not BeautifulSoup(page.data, "html.parser").find("script", string="alert(1)")
