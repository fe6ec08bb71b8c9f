"""The draft tried on closed complaints, as its owner sees it: numbers, the list behind each, and when it is old."""

from flask.testing import FlaskClient
from sqlalchemy import select

from engine.complaints.core.complaint import find
from engine.complaints.resident import resident_acts
from engine.history import Entry, Note
from tests.stories.pages import Browsers
from tests.web.lamp import begun, lamp, spoken, words
from tests.web.lamp import soup as page_of
from tests.web.processes.test_processes import soup
from tests.web.processes.test_processes import words as text

__all__ = ["begun", "lamp", "spoken"]

AT = "/studio/complaint/replay"
LIMITS = "/studio/complaint/files/bpmn/complaint/limits.dmn"


def withdrawn(lamp: Browsers) -> None:
    """The resident withdraws the complaint, which closes it."""
    lamp.store.attempt(lambda session: resident_acts.withdraw(session, find(session, lamp.complaint_id)))


def changed(owner: FlaskClient, old: bytes, new: bytes) -> None:
    """The draft's limits are changed."""
    kept = owner.get(LIMITS)
    answer = owner.post(LIMITS, data=kept.data.replace(old, new), headers={"X-Seen": kept.headers["X-Seen"]})
    assert answer.status_code == 200


def tried(lamp: Browsers, **asked: str) -> str:
    """What the page says after a replay."""
    assert lamp.browser("owner").post(AT, data=asked).location == AT
    lamp.finish_jobs()
    return words(page_of(lamp, "owner", AT))


def test_each_number_opens_its_complaints_with_the_rule_that_differs(lamp: Browsers) -> None:
    withdrawn(lamp)
    owner = lamp.browser("owner")
    owner.post("/studio/complaint/begin")
    changed(owner, b'"PT24H"', b'"PT12H"')
    said = tried(lamp)
    assert "试了 1 件" in said
    assert "会有不同 1 · 没有不同 0 · 不知道 0" in said
    number = page_of(lamp, "owner", AT).select_one(".replay-verdict a")
    assert number
    listed = text(owner.get(str(number["href"])))
    assert lamp.number in listed
    assert "表“时限” 第 11 行：一般 · 首次响应 · 1 天" in listed
    assert "第 11 行：一般 · 首次响应 · 12 小时" in listed
    assert lamp.number not in text(owner.get(f"{number['href']}&q=nothing"))
    export = soup(owner.get(f"{number['href']}&q={lamp.number}")).select_one("form[action*=export]")
    assert export
    job = owner.post(str(export["action"]), data={"format": "csv"}).location
    lamp.finish_jobs()
    assert "已完成" in text(owner.get(job))
    with lamp.store.reading() as session:
        exported = select(Entry.facts, Note.text).join(Note, Note.id == Entry.note_id)
        facts, searched = session.execute(exported.where(Entry.kind == "complaints.exported")).one()
        assert (facts["rows"], searched) == (1, lamp.number)
    changed(owner, b'"PT12H"', b'"PT11H"')
    assert "草稿后来又改过" in words(page_of(lamp, "owner", AT))


def test_what_nothing_fits_or_does_not_run_says_so(lamp: Browsers) -> None:
    owner = lamp.browser("owner")
    owner.post("/studio/complaint/begin")
    nothing = owner.post(AT, data={})
    assert nothing.status_code == 409
    assert "没有符合条件" in nothing.text
    withdrawn(lamp)
    changed(owner, b"<decision ", b"<decision")
    assert "草稿现在还走不通" in tried(lamp)


def test_a_replay_is_its_owners_and_can_be_stopped(lamp: Browsers) -> None:
    withdrawn(lamp)
    owner = lamp.browser("owner")
    owner.post("/studio/complaint/begin")
    owner.post(AT, data={})
    stop = page_of(lamp, "owner", AT).select_one("#replay form[action$=cancel]")
    assert stop
    assert lamp.browser("manager").get(AT).status_code == 403
    owner.post(str(stop["action"]))
    lamp.finish_jobs()
    assert "已取消" in words(page_of(lamp, "owner", AT))
