"""Drafts in the studio: begun, kept while they are changed, never overwritten, published or put aside."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.company import people
from engine.company.people import Person
from engine.core import clock
from engine.core.settings import Settings
from engine.core.store import Store
from engine.history import Entry
from engine.operations.schedule import run_jobs
from engine.processes import process_drafts, versions
from engine.processes.process_drafts import ProcessDraft
from tests.engine.scenarios.errand import DIAGRAM, files
from tests.web.conftest import Company
from tests.web.processes.test_processes import Browser, words

PATH = "bpmn/errand/errand.bpmn"
KEPT = f"/studio/errand/files/{PATH}"
RENAMED = DIAGRAM.replace("跑腿", "帮忙跑腿").encode()


@pytest.fixture
def owner(browser: Browser, company: Company, store: Store) -> FlaskClient:
    """The process owner's browser; the errand is published."""
    with store.transaction() as session:
        versions.store(session, "errand", files(), note="第一版")
    return browser(company.people["process_owner"])


def begun(owner: FlaskClient) -> FlaskClient:
    assert owner.post("/studio/errand/begin").location == "/studio/errand"
    return owner


def test_a_draft_is_kept_as_it_is_typed_and_nobody_is_affected(owner: FlaskClient, store: Store) -> None:
    begun(owner)
    read = owner.get(KEPT)
    assert (read.headers["X-Seen"], read.data) == ("1", DIAGRAM.encode())
    kept = owner.post(KEPT, data=RENAMED, headers={"X-Seen": "1"})
    assert kept.json == {"revision": 2}
    assert owner.get(KEPT).data == RENAMED
    with store.reading() as session:
        newest = versions.latest(session, "errand")
        assert newest
        assert versions.files_of(session, newest.id)[PATH] == DIAGRAM.encode()


def test_a_broken_draft_is_kept_too(owner: FlaskClient) -> None:
    begun(owner)
    assert owner.post(KEPT, data=b"<not", headers={"X-Seen": "1"}).status_code == 200
    assert "草稿" in words(owner.get("/studio/errand"))


def test_nobody_overwrites_what_they_have_not_seen(owner: FlaskClient) -> None:
    begun(owner)
    owner.post(KEPT, data=RENAMED, headers={"X-Seen": "1"})
    late = owner.post(KEPT, data=DIAGRAM.encode().replace(b"urgent", b"late"), headers={"X-Seen": "1"})
    assert late.status_code == 409
    assert "刚才改过这个文件" in late.json["said"]  # type: ignore[index]
    assert owner.get(KEPT).data == RENAMED


def test_a_second_owner_is_led_to_the_draft_that_is_there(owner: FlaskClient) -> None:
    begun(owner)
    page = owner.post("/studio/errand/begin", follow_redirects=True)
    assert "已经在起草这个流程" in words(page)


@pytest.mark.parametrize("path", ["bpmn/complaint/x.bpmn", "bpmn/errand/../x.bpmn", "bpmn/errand/x.exe", "x.bpmn"])
def test_files_stay_within_their_process(owner: FlaskClient, path: str) -> None:
    begun(owner)
    answer = owner.post(f"/studio/errand/files/{path}", data=b"x", headers={"X-Seen": "0"})
    assert answer.status_code in {404, 422}


def test_a_discarded_draft_can_be_taken_up_again(owner: FlaskClient) -> None:
    begun(owner)
    owner.post(KEPT, data=RENAMED, headers={"X-Seen": "1"})
    page = owner.post("/studio/errand/discard", follow_redirects=True)
    assert "草稿已放弃" in words(page)
    assert owner.get("/studio/errand").status_code == 404
    undo = BeautifulSoup(page.text, "html.parser").select_one("form[action$=take-up]")
    assert undo
    owner.post(str(undo["action"]))
    assert owner.get(KEPT).data == RENAMED


def test_a_discarded_draft_goes_by_the_name_of_its_process(owner: FlaskClient) -> None:
    owner.post("/studio/errand/discard")
    assert "跑腿 errand" in words(owner.get("/processes?q=跑腿"))
    assert "放弃的草稿" not in words(owner.get("/processes?q=别的"))


def test_of_many_discarded_drafts_the_latest_are_listed_and_the_search_finds_the_rest(
    owner: FlaskClient, store: Store
) -> None:
    with store.transaction() as session:
        by = session.scalars(select(Person.id)).first()
        about = {"based_on": 0, "begun_by_id": by, "begun_at": clock.now(), "changed_by_id": by}
        for number in range(3_000):
            ended = clock.now() - timedelta(minutes=number)
            session.add(ProcessDraft(process=f"p{number}", changed_at=ended, ended_at=ended, **about))
    page = owner.get("/processes")
    assert len(BeautifulSoup(page.text, "html.parser").select("form[action$=take-up]")) == 25
    assert "放弃的草稿 (3000)" in words(page)
    assert "只列出最近的 25 份" in words(page)
    assert "p2777" not in page.text
    assert "p2777" in words(owner.get("/processes?q=p2777"))


def test_the_record_says_who_changed_a_draft_when_once_a_sitting(
    owner: FlaskClient, store: Store, browser: Browser, company: Company
) -> None:
    with store.transaction() as session:
        second = people.add(session, "second", "李二", phone="13700000000")
        people.hold(session, second, "process_owner", company.company)
    other = browser(second)

    def keep(client: FlaskClient, seen: int) -> None:
        client.post(KEPT, data=RENAMED + b" " * seen, headers={"X-Seen": str(seen)})

    begun(owner)
    keep(owner, 1)
    keep(other, 2)
    keep(other, 3)
    clock.turn(process_drafts.SITTING + timedelta(seconds=1))
    keep(other, 4)
    keep(owner, 5)
    with store.reading() as session:
        entries = session.scalars(select(Entry).where(Entry.kind == "process.draft_changed").order_by(Entry.id))
        assert [each.by_id for each in entries] == [second.id, second.id, company.people["process_owner"].id]


def test_the_verdict_on_a_draft_leads_back_to_it(owner: FlaskClient) -> None:
    begun(owner)
    owner.post(KEPT, data=DIAGRAM.replace("engineering", "nobody_at_all").encode(), headers={"X-Seen": "1"})
    page = owner.get(owner.post("/studio/errand/propose").location)
    assert "请按下面的说明改草稿" in words(page)
    back = BeautifulSoup(page.text, "html.parser").find("a", string="回到草稿")
    assert back
    assert back["href"] == "/studio/errand"  # type: ignore[index]


def test_a_draft_ends_when_it_is_published(owner: FlaskClient, store: Store, settings: Settings) -> None:
    begun(owner)
    owner.post(KEPT, data=RENAMED, headers={"X-Seen": "1"})
    verdict = owner.post("/studio/errand/propose").location
    owner.post(f"{verdict}/publish", data={"note": "换个名字"})
    run_jobs(store, settings)
    with store.reading() as session:
        newest = versions.latest(session, "errand")
        assert newest
        assert newest.number == 2
        assert process_drafts.find(session, "errand") is None


def test_a_process_of_ones_own_begins_with_a_start_and_an_end(owner: FlaskClient) -> None:
    wrong = owner.post("/studio/new", data={"process": "1 x", "name": ""})
    assert wrong.status_code == 422
    assert owner.post("/studio/new", data={"process": "errand", "name": "x"}).status_code == 422
    begun = owner.post("/studio/new", data={"process": "key_loan", "name": '借<钥匙>"&'})
    assert begun.location == "/studio/key_loan"
    assert "key_loan" in words(owner.get("/processes"))
    assert "借<钥匙>" in words(owner.get("/studio/key_loan"))
    assert b'id="key_loan"' in owner.get("/studio/key_loan/files/bpmn/key_loan/key_loan.bpmn").data


def test_who_may_not_draft_sees_no_draft(owner: FlaskClient, browser: Browser, company: Company) -> None:
    begun(owner)
    manager = browser(company.people["project_manager"])
    assert manager.get("/studio/errand").status_code == 403
    assert manager.post("/studio/errand/begin").status_code == 403
    assert manager.post(KEPT, data=b"x", headers={"X-Seen": "1"}).status_code == 403
    assert "修改" not in words(manager.get("/processes"))
