"""Incidents: a step failed; a manager reads why, has the cause fixed, and runs it again."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import delete, select

from engine.casework import cases, tasks
from engine.casework.cases import Case, Incident, domain
from engine.company import absences
from engine.company.permissions import Permission
from engine.complaints.core.complaint import Concerned
from engine.complaints.process import row_sync
from engine.complaints.process.after_step import after_step
from engine.core import clock
from engine.core.errors import StepFailed
from tests.stories.conftest import begun as begun
from tests.stories.conftest import hands as hands
from tests.stories.hands import Hands
from tests.stories.pages import Browsers

pytestmark = pytest.mark.slow


@pytest.fixture
def broken(hands: Browsers, monkeypatch: pytest.MonkeyPatch) -> Browsers:
    """A complaint in which the step after the acknowledgement has failed."""

    def fail(*_: object) -> None:
        raise StepFailed("judge", "研判", "判定表缺少一行。", "the table lacks a row.")

    Hands.complain(hands)
    monkeypatch.setitem(domain._domains, "complaint", cases.Domain(fail))
    where = f"/tasks/{hands.now().open['acknowledge'].id}"
    assert hands.browser("agent").post(where, data={"told_how": "phone"}).status_code == 303
    return hands


def mend(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(domain._domains, "complaint", cases.Domain(after_step, row_sync.due_of))


def incident(hands: Browsers) -> Incident:
    with hands.store.reading() as session:
        return session.scalars(select(Incident)).one()


def cards(hands: Browsers, login: str, **asked: str) -> list[str]:
    page = hands.browser(login).get("/incidents", query_string=asked)
    assert page.status_code == 200
    return [each.get_text(" ", strip=True) for each in BeautifulSoup(page.text, "html.parser").select(".card")]


@pytest.mark.parametrize("login", ["owner", "administrator", "manager", "region_quality", "board"])
def test_those_in_charge_read_what_failed_and_why(broken: Browsers, login: str) -> None:
    [card] = cards(broken, login)
    for words in ("研判", "判定表缺少一行", broken.number):
        assert words in card
    assert "the table lacks a row" not in card
    assert "the table lacks a row" in " ".join(cards(broken, login, lang="en"))


def test_whom_a_complaint_is_about_does_not_meet_it_here(broken: Browsers) -> None:
    """Neither among incidents nor among cases; nor does their substitute see it through them."""
    store, substitute = broken.store, broken.company.people["engineering_head"]
    manager = broken.company.people["manager"]
    with store.transaction() as session:
        session.add(Concerned(complaint_id=broken.complaint_id, person_id=manager.id))
        now = clock.now()
        absences.add(session, manager, substitute, now, now + timedelta(days=1), manager)
    for login in ("manager", "engineering_head"):
        browser = broken.browser(login)
        assert cards(broken, login) == []
        assert broken.number not in browser.get("/cases").text
        assert browser.post(f"/incidents/{incident(broken).id}/retry").status_code == 404
    assert len(cards(broken, "region_quality")) == 1


@pytest.mark.parametrize("login", ["agent", "engineer", "engineering_head"])
def test_others_have_no_such_page(broken: Browsers, login: str) -> None:
    assert broken.browser(login).get("/incidents").status_code == 403
    assert broken.browser(login).post(f"/incidents/{incident(broken).id}/retry").status_code == 403


def test_the_neighbours_manager_does_not_see_it(broken: Browsers) -> None:
    assert cards(broken, "manager_2") == []


def test_the_manager_lets_it_run_again_the_neighbours_does_not(
    broken: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = f"/incidents/{incident(broken).id}/retry"
    assert broken.browser("manager_2").post(where).status_code == 404
    assert "重新执行" in " ".join(cards(broken, "manager"))
    mend(monkeypatch)
    assert broken.browser("manager").post(where).status_code == 303
    assert incident(broken).solved_at is not None


def test_who_only_sees_may_not_retry(broken: Browsers) -> None:
    with broken.store.transaction() as session:
        may = delete(Permission).where(Permission.role == "project_manager", Permission.act == "incident.retry")
        session.execute(may)
    assert "重新执行" not in " ".join(cards(broken, "manager"))
    assert broken.browser("manager").post(f"/incidents/{incident(broken).id}/retry").status_code == 403
    assert incident(broken).tries == 1


def test_a_retry_that_fails_again_is_said_and_counted(broken: Browsers) -> None:
    answer = broken.browser("owner").post(f"/incidents/{incident(broken).id}/retry", follow_redirects=True)
    assert "还是失败" in answer.text
    assert "试过 2 次" in answer.text
    assert broken.now().open == {}


def test_once_mended_the_case_goes_on_where_it_stood(broken: Browsers, monkeypatch: pytest.MonkeyPatch) -> None:
    mend(monkeypatch)
    number = incident(broken).id
    for _ in range(2):
        answer = broken.browser("owner").post(f"/incidents/{number}/retry", follow_redirects=True)
        assert "案件继续" in answer.text
    assert set(broken.now().open) == {"confirm_triage"}
    assert cards(broken, "owner") == []
    assert len(cards(broken, "owner", state="solved")) == 1
    with broken.store.reading() as session:
        assert session.get_one(Case, broken.case_id).status == "running"
        told = [task for task in tasks.of_case(session, broken.case_id) if task.element == "acknowledge"]
    assert [(task.state, task.closed_by_id) for task in told] == [("done", broken.person("agent").id)]


def test_it_is_searched_by_step_and_reason(broken: Browsers) -> None:
    for text in ("研判", "缺少", "lacks"):
        assert len(cards(broken, "owner", q=text)) == 1
    assert cards(broken, "owner", q="%") == []


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999"])
def test_a_number_that_is_no_incident_is_no_page(hands: Browsers, number: str) -> None:
    assert hands.browser("owner").post(f"/incidents/{number}/retry").status_code == 404


def test_a_withdrawn_case_closes_its_incident(broken: Browsers, monkeypatch: pytest.MonkeyPatch) -> None:
    mend(monkeypatch)
    broken.withdraw()
    assert broken.now().outcome == "withdrawn"
    answer = broken.browser("owner").post(f"/incidents/{incident(broken).id}/retry", follow_redirects=True)
    assert answer.status_code == 200
    assert cards(broken, "owner") == []
    with broken.store.reading() as session:
        assert session.get_one(Case, broken.case_id).status == "ended"
        assert cases.variables(session, session.get_one(Case, broken.case_id))
