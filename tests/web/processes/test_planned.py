"""Publishing at a time, with somebody else's approval, restoring, and rights per process, on the pages."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from engine.casework import cases
from engine.company import people
from engine.company.people import Person
from engine.company.permissions import Permission
from engine.core import clock
from engine.core.settings import Settings
from engine.core.store import Store
from engine.operations.schedule import publish_planned, run_jobs
from engine.processes import four_eyes, versions
from engine.processes.planned import PlannedPublication
from engine.processes.rights import ProcessRight
from engine.processes.versions import Version
from tests.conftest import beginning
from tests.engine.scenarios.errand import DIAGRAM, files
from tests.web.conftest import Company
from tests.web.processes.test_processes import Browser, bring, soup, words

pytestmark = pytest.mark.slow

RENAMED = DIAGRAM.replace("跑腿", "帮忙跑腿").encode()


@pytest.fixture(autouse=True)
def still() -> Iterator[None]:
    """The clock stands still until it is turned."""
    with beginning():
        yield


@pytest.fixture
def owner(browser: Browser, company: Company, store: Store) -> FlaskClient:
    """The process owner's browser; the errand is published."""
    with store.transaction() as session:
        versions.store(session, "errand", files(), note="第一版")
    return browser(company.people["process_owner"])


@pytest.fixture
def second(browser: Browser, company: Company, store: Store) -> FlaskClient:
    """Another process owner's browser."""
    with store.transaction() as session:
        person = people.add(session, "second", "另一位负责人")
        people.hold(session, person, "process_owner", company.company)
    return browser(person)


def work(store: Store, settings: Settings, later: timedelta = timedelta()) -> None:
    """Time passes, and the schedule runs."""
    clock.turn(later)
    for _ in range(2):
        publish_planned(store)
        run_jobs(store, settings)
    publish_planned(store)


def ask(owner: FlaskClient, store: Store, settings: Settings, brought: bytes = RENAMED, **typed: str) -> str:
    """Ask for a publication on the page of its verdict; return the address of its own page."""
    verdict = bring(owner, ("errand.bpmn", brought)).location
    asked = owner.post(f"{verdict}/publish", data={"note": "换个名字", **typed})
    assert asked.status_code == 303, words(asked)
    work(store, settings)
    page = soup(owner.get(asked.location))
    return str(next(each["href"] for each in page.select("a[href^='/planned-publications/']")))


def number(store: Store) -> int:
    with store.reading() as session:
        newest = versions.latest(session, "errand")
        return newest.number if newest else 0


def approvals_on(store: Store) -> None:
    with store.transaction() as session:
        four_eyes.keep(session, four_eyes.EVERY, True)


def test_it_is_planned_listed_and_cancelled_or_published(owner: FlaskClient, store: Store, settings: Settings) -> None:
    tomorrow = f"{clock.now() + timedelta(days=1):%Y-%m-%d}T08:00"
    page = ask(owner, store, settings, when="later", at=tomorrow)
    assert "定时发布" in words(owner.get("/processes"))
    assert "明天 08:00" in words(owner.get(page))
    assert "帮忙跑腿" in words(owner.get(page))
    assert "定时发布" in words(owner.get("/processes/errand/1"))
    cancelled = owner.post(f"{page}/cancel", follow_redirects=True)
    assert "没有发布。 现用版本没有变化" in words(cancelled)
    work(store, settings, timedelta(days=2))
    assert number(store) == 1
    again = owner.post(f"{page}/again").location
    assert "检查结果" in words(owner.get(again))

    page = ask(owner, store, settings, when="later", at=f"{clock.now() + timedelta(days=1):%Y-%m-%d}T08:00")
    work(store, settings, timedelta(days=2))
    assert "已发布：第 2 版" in words(owner.get(page))


@pytest.mark.parametrize("at", ["", "gestern", "2001-01-01T08:00", "9999-12-31T23:59"])
def test_a_time_that_cannot_be_is_said_and_nothing_typed_is_lost(owner: FlaskClient, at: str) -> None:
    verdict = bring(owner, ("errand.bpmn", RENAMED)).location
    page = owner.post(f"{verdict}/publish", data={"note": "换个名字", "when": "later", "at": at})
    assert page.status_code == 422
    assert "换个名字" in page.text
    assert soup(page).select_one("input[name=when][value=later][checked]")


def test_somebody_else_approves_and_whoever_asked_cannot(
    owner: FlaskClient, second: FlaskClient, store: Store, settings: Settings, browser: Browser, company: Company
) -> None:
    approvals_on(store)
    page = ask(owner, store, settings)
    assert "自己要发布的、自己改过的，自己不能批准" in words(owner.get(page))
    assert owner.post(f"{page}/approve").status_code == 403
    assert "1 份请您批准" in words(second.get("/processes"))
    assert browser(company.people["analyst"]).get(page).status_code == 403
    assert second.post(f"{page}/refuse", data={"reason": " "}).status_code == 422
    second.post(f"{page}/approve")
    late = second.post(f"{page}/refuse", data={"reason": "不行"}, follow_redirects=True)
    assert "刚才已经有了结果" in words(late)
    work(store, settings)
    assert number(store) == 2
    assert "另一位负责人" in words(owner.get(page))


def test_a_refusal_says_why(owner: FlaskClient, second: FlaskClient, store: Store, settings: Settings) -> None:
    approvals_on(store)
    page = ask(owner, store, settings)
    second.post(f"{page}/refuse", data={"reason": "名字不好"})
    assert "另一位负责人没有批准：名字不好" in words(owner.get(page))
    assert number(store) == 1


def test_an_earlier_version_is_restored_in_one_step(owner: FlaskClient, store: Store, settings: Settings) -> None:
    with store.transaction() as session:
        versions.store(session, "errand", {**files(), "bpmn/errand/errand.bpmn": RENAMED}, note="改坏了")
    assert "恢复这一版" not in words(owner.get("/processes/errand/2"))
    assert "恢复这一版" in words(owner.get("/processes/errand/1"))
    asked = owner.post("/processes/errand/1/restore", data={"note": "恢复第 1 版：改坏了", "seen": "2"})
    work(store, settings)
    assert "已发布：第 3 版" in words(owner.get(asked.location))
    with store.reading() as session:
        newest = versions.latest(session, "errand")
        assert newest
        assert versions.files_of(session, newest.id) == files()
    stale = owner.post("/processes/errand/2/restore", data={"note": "x", "seen": "2"}, follow_redirects=True)
    assert "刚才有人发布了" in words(stale)


def test_cases_are_counted_where_they_stand_and_lead_to_help(
    owner: FlaskClient, store: Store, company: Company
) -> None:
    with store.transaction() as session:
        for key in ("E-1", "E-2"):
            cases.start(session, "errand", {}, business_key=key, place_id=company.community.id)
    page = owner.get("/processes/errand/1")
    assert "在办案件停在哪里 看急不急 2 件" in words(page)
    there = owner.get("/processes/errand/1/cases?at=judge")
    assert "E-1" in words(there)
    assert soup(there).select("a[href^='/cases/']")
    assert owner.get("/processes/errand/1/cases?at=nowhere").status_code == 404


def test_roles_named_for_a_process_are_confirmed_first_and_then_hold_where_the_draft_is_read(
    owner: FlaskClient, browser: Browser, store: Store, company: Company
) -> None:
    with store.transaction() as session:
        session.add(Permission(role="analyst", act="process.draft", scope="company"))
    administrator, analyst = browser(company.people["administrator"]), browser(company.people["analyst"])
    owner.post("/studio/errand/begin")
    asked = {"process.draft": "analyst"}
    shown = words(administrator.post("/process-rights/errand", data=asked))
    assert "不再可以：本区流程负责人" in shown
    assert owner.get("/studio/errand").status_code == 200
    administrator.post("/process-rights/errand", data={**asked, "do": "keep"})
    assert owner.get("/studio/errand").status_code == 403
    assert owner.post("/studio/errand/discard").status_code == 403
    assert "接着改" not in words(owner.get("/processes"))
    assert analyst.get("/studio/errand").status_code == 200
    assert "起草有规定" in words(administrator.get("/process-rights"))
    with store.transaction() as session:  # the last analyst leaves: the rule does not lock the company out
        people.retire(session, session.get_one(Person, company.people["analyst"].id))
    assert owner.get("/studio/errand").status_code == 200


def test_who_may_not_publish_this_process_cannot_by_any_way(
    owner: FlaskClient, second: FlaskClient, store: Store, settings: Settings, company: Company
) -> None:
    page = ask(owner, store, settings, when="later", at=f"{clock.now() + timedelta(days=1):%Y-%m-%d}T08:00")
    with store.transaction() as session:
        session.add(Permission(role="analyst", act="process.publish", scope="company"))
        session.add(ProcessRight(process="errand", act="process.publish", role="analyst"))
        session.add(ProcessRight(process="complaint", act="process.publish", role="analyst"))
    assert bring(owner, ("errand.bpmn", RENAMED)).status_code == 403
    assert owner.post("/processes/errand/1/restore", data={"note": "x"}).status_code == 403
    assert second.post(f"{page}/cancel").status_code == 403
    work(store, settings, timedelta(days=2))
    assert number(store) == 1
    assert "您没有权限" in words(owner.get(page))


def test_an_approval_that_nobody_could_give_is_refused_when_it_is_switched_on(
    owner: FlaskClient, browser: Browser, company: Company, store: Store
) -> None:
    administrator = browser(company.people["administrator"])
    refused = administrator.post("/process-rights", data={"four_eyes": "yes"}, follow_redirects=True)
    assert "至少要有两个人能发布" in words(refused)
    with store.reading() as session:
        assert not four_eyes.needed(session, "errand")


def test_the_list_finds_a_process_by_a_step_and_by_its_draft(owner: FlaskClient) -> None:
    def found(query: str) -> str:
        return " ".join(each.get_text(" ") for each in soup(owner.get(f"/processes{query}")).select("tbody"))

    assert "errand" in found("?q=看急不急")
    assert "errand" not in found("?q=没有这样的步骤")
    assert "errand" not in found("?only=draft")
    owner.post("/studio/errand/begin")
    assert "errand" in found("?only=draft&q=errand")


def test_one_person_alone_cannot_end_an_approval(
    owner: FlaskClient, second: FlaskClient, browser: Browser, company: Company, store: Store
) -> None:
    administrator = browser(company.people["administrator"])
    administrator.post("/process-rights", data={"four_eyes": "yes"})
    rules = {"four_eyes": "yes", "do": "keep"}
    administrator.post("/process-rights/errand", data=rules)
    for page, data in (("/process-rights", {}), ("/process-rights/errand", {"do": "keep"})):
        administrator.post(page, data=data)
        of = page.removeprefix("/process-rights").strip("/")
        assert administrator.post("/process-rights/end/decide", data={"of": of, "do": "agree"}).status_code == 403
        assert "请求不再要求另一个人批准" in words(administrator.get(page))
    assert four_eyes_of(store) == {"", "errand"}
    assert browser(company.people["analyst"]).post("/process-rights/end/decide", data={"of": ""}).status_code == 403

    administrator.post("/process-rights/end/decide", data={"of": "", "do": "keep"})  # takes it back
    assert "请求不再要求" not in words(second.get("/process-rights"))
    late = second.post("/process-rights/end/decide", data={"of": "", "do": "agree"}, follow_redirects=True)
    assert "没有人在请求关掉" in words(late)
    second.post("/process-rights/end/decide", data={"of": "errand", "do": "agree"})
    assert four_eyes_of(store) == {""}


def four_eyes_of(store: Store) -> set[str]:
    with store.reading() as session:
        return set(four_eyes.all_of(session))


def draw(owner: FlaskClient) -> None:
    owner.post("/studio/errand/begin")
    path = "/studio/errand/files/bpmn/errand/errand.bpmn"
    assert owner.post(path, data=RENAMED, headers={"X-Seen": "1"}).status_code == 200


def add_third_owner(store: Store, company: Company) -> None:
    with store.transaction() as session:
        third = people.add(session, "third", "第三位负责人")
        people.hold(session, third, "process_owner", company.company)


def test_who_drew_a_change_cannot_approve_it_when_somebody_else_asks(
    owner: FlaskClient, second: FlaskClient, store: Store, settings: Settings, company: Company
) -> None:
    approvals_on(store)
    draw(second)
    verdict = owner.post("/studio/errand/propose").location
    assert "现在没有这样的人" in words(owner.get(verdict))
    add_third_owner(store, company)
    asked = owner.post(f"{verdict}/publish", data={"note": "换个名字"})
    work(store, settings)
    page = str(soup(owner.get(asked.location)).select("a[href^='/planned-publications/']")[0]["href"])
    assert "第三位负责人" in words(owner.get(page))
    assert "自己改过的，自己不能批准" in words(second.get(page))
    assert second.post(f"{page}/approve").status_code == 403
    work(store, settings)
    assert number(store) == 1


def test_who_drew_a_change_cannot_approve_it_by_discarding_the_draft_meanwhile(
    owner: FlaskClient, second: FlaskClient, store: Store, settings: Settings, company: Company
) -> None:
    approvals_on(store)
    draw(second)
    add_third_owner(store, company)
    verdict = owner.post("/studio/errand/propose").location
    asked = owner.post(f"{verdict}/publish", data={"note": "换个名字"})
    second.post("/studio/errand/discard")  # before its scenarios are played
    work(store, settings)
    page = str(soup(owner.get(asked.location)).select("a[href^='/planned-publications/']")[0]["href"])
    assert second.post(f"{page}/approve").status_code == 403
    work(store, settings)
    assert number(store) == 1


@pytest.mark.parametrize(
    "brought",
    [
        pytest.param(RENAMED + b"\n", id="saved with one line more"),
        pytest.param(RENAMED.replace(b"><", b">\n  <"), id="laid out by another program"),
        pytest.param(RENAMED.replace(b"<startEvent", b"<!-- mine --><startEvent"), id="with a remark"),
        pytest.param(RENAMED.replace("没办".encode(), "没有办".encode()), id="with a change of their own as well"),
    ],
)
def test_who_drew_a_change_cannot_approve_it_when_somebody_else_brings_it_as_a_file(
    owner: FlaskClient, second: FlaskClient, store: Store, settings: Settings, company: Company, brought: bytes
) -> None:
    approvals_on(store)
    draw(second)
    add_third_owner(store, company)
    assert brought != RENAMED
    page = ask(owner, store, settings, brought)
    assert second.post(f"{page}/approve").status_code == 403
    work(store, settings)
    assert number(store) == 1


def test_who_drew_something_else_may_approve(
    owner: FlaskClient, second: FlaskClient, store: Store, settings: Settings
) -> None:
    approvals_on(store)
    draw(second)
    page = ask(owner, store, settings, DIAGRAM.replace("跑腿", "代办").encode())
    assert second.post(f"{page}/approve").status_code == 303
    work(store, settings)
    assert number(store) == 2


def test_the_rules_are_read_by_those_whom_they_are_about(
    owner: FlaskClient, browser: Browser, company: Company
) -> None:
    assert owner.get("/process-rights").status_code == 200
    assert owner.get("/process-rights/errand").status_code == 200
    assert owner.post("/process-rights", data={"four_eyes": "yes"}).status_code == 403
    assert owner.post("/process-rights/errand", data={"do": "keep"}).status_code == 403
    assert browser(company.people["agent"]).get("/process-rights").status_code == 403
    administrator = browser(company.people["administrator"])
    assert administrator.post("/process-rights/nothing", data={"do": "keep"}).status_code == 404
    assert administrator.post("/process-rights/errand", data={"process.draft": "x", "do": "keep"}).status_code == 422


def test_only_so_many_publications_of_a_process_wait(owner: FlaskClient, store: Store, settings: Settings) -> None:
    at = f"{clock.now() + timedelta(days=1):%Y-%m-%d}T08:00"
    page = ask(owner, store, settings, when="later", at=at)
    with store.transaction() as session:
        row = session.get_one(PlannedPublication, int(page.rpartition("/")[2]))
        known = {column.name: getattr(row, column.name) for column in PlannedPublication.__table__.columns}
        session.add_all(PlannedPublication(**{**known, "id": None}) for _ in range(19))
    verdict = bring(owner, ("errand.bpmn", RENAMED)).location
    asked = owner.post(f"{verdict}/publish", data={"note": "换个名字", "when": "later", "at": at})
    work(store, settings)
    assert "已经有 20 份等着发布" in words(owner.get(asked.location))


def test_many_versions_are_listed_a_page_at_a_time(owner: FlaskClient, store: Store) -> None:
    about = {"process": "errand", "calls": [], "published_at": clock.now()}
    with store.transaction() as session:
        session.add_all(Version(number=number, hash=str(number), **about) for number in range(2, 61))
    page = soup(owner.get("/processes/errand/1"))
    assert len(page.select("#versions li")) == 25
    older = soup(owner.get(str(page.select("#versions > p a")[0]["href"])))
    assert "第 35 版" in older.select("#versions li")[0].get_text(" ")
    assert len(older.select("#versions li")) == 25


def test_the_verdict_on_a_draft_names_its_files_and_steps_as_people_call_them(owner: FlaskClient) -> None:
    owner.post("/studio/errand/begin")
    wrong = DIAGRAM.replace("=urgent<", "=urgnt<").encode()
    owner.post("/studio/errand/files/bpmn/errand/errand.bpmn", data=wrong, headers={"X-Seen": "1"})
    page = soup(owner.get(owner.post("/studio/errand/propose").location))
    said = page.select(".findings")[0].get_text(" ")
    assert "急？ → 马上去" in said
    assert not page.select(".findings")[0].select("code")
    assert "bpmn/errand" not in said
