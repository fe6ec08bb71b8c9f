"""Many complaints moved to their community at once, with one reason, in the background, and moved back."""

from urllib.parse import parse_qs

from bs4 import BeautifulSoup
from sqlalchemy import select, update

from engine.casework.tasks import Task
from engine.company import places
from engine.complaints.changes import bulk_moves
from engine.complaints.core.complaint import Complaint
from engine.complaints.homes.households import Household
from engine.core import clock
from engine.history import Entry
from engine.operations.schedule import run_jobs
from tests.stories.pages import Browsers
from tests.web.lamp import begun, hands, lamp, numbers, spoken, words
from tests.web.lamp import soup as soup_of

__all__ = ["begun", "hands", "lamp", "spoken"]

REASON = "导入时没有写小区"


def homeless(hands: Browsers) -> list[int]:
    """Three past complaints, as imported from a file without communities."""
    with hands.store.transaction() as session:
        nowhere = places.unassigned(session).id
        rows = [
            Complaint(
                number=f"OLD-{each}", secret_hash=f"{each}", community_id=nowhere, channel="file", kind="complaint",
                category="2001", text=f"去年的垃圾 {each}", past=True, received_at=clock.now(), support=[], due={},
                status="closed", outcome="unknown",
            )
            for each in range(3)
        ]  # fmt: skip
        session.add_all(rows)
        session.flush()
        return [each.id for each in rows]


def soup(hands: Browsers, login: str, address: str) -> BeautifulSoup:
    path, _, query = address.partition("?")
    return soup_of(hands, login, path, **parse_qs(query))


def where(hands: Browsers, ids: list[int]) -> list[int]:
    with hands.store.reading() as session:
        return list(session.scalars(select(Complaint.community_id).where(Complaint.id.in_(ids)).order_by(Complaint.id)))


def begin(hands: Browsers, query: str, **typed: str) -> str:
    """Request the move, let a worker do it; returns the address of its page."""
    sent = hands.browser("board").post(f"/complaints/moves?{query}", data={"reason": REASON, **typed})
    assert sent.status_code == 303, sent.text
    assert run_jobs(hands.store, hands.app.extensions["bihuan"].settings) == 1
    return str(sent.location)


def ticked(ids: list[int]) -> str:
    return "&".join(f"complaint={each}" for each in ids)


def test_those_ticked_are_moved_each_with_its_entry_and_moved_back(lamp: Browsers) -> None:
    ids = homeless(lamp)
    nowhere, here = where(lamp, ids)[0], lamp.company.community.id
    asked = words(soup(lamp, "board", f"/complaints/moves?{ticked(ids[:2])}"))
    assert "未分配 2 件" in asked
    job = begin(lamp, ticked(ids[:2]), community=str(here))
    assert where(lamp, ids) == [here, here, nowhere]
    assert "已移动 2 件" in words(soup(lamp, "board", job))
    with lamp.store.reading() as session:
        facts = [each.facts for each in session.scalars(select(Entry).where(Entry.kind == "complaint.corrected"))]
    assert [(each["complaint"], each["to"]) for each in facts] == [
        (each, {"community_id": here}) for each in ids[1::-1]
    ]
    assert words(soup(lamp, "board", "/record")).count(REASON) == 2

    back = soup(lamp, "board", job).select_one(".job a[role=button]")
    assert back is not None
    assert "撤销移动" in words(soup(lamp, "board", str(back["href"])))
    begin(lamp, str(back["href"]).partition("?")[2])
    assert where(lamp, ids) == [nowhere] * 3


def test_all_that_fit_are_moved_up_to_a_bound(lamp: Browsers, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    ids = homeless(lamp)
    here = lamp.company.community.id
    monkeypatch.setattr(bulk_moves, "MOST", 2)
    query = f"all=yes&community={where(lamp, ids)[0]}"
    assert "符合的超过 2 件" in words(soup(lamp, "board", f"/complaints/moves?{query}"))
    begin(lamp, query, community=str(here))
    assert where(lamp, ids).count(here) == 2
    begin(lamp, query, community=str(here))
    assert where(lamp, ids) == [here] * 3
    assert numbers(lamp, "board", community=str(here), past="only", q="垃圾") != []


def test_an_open_one_takes_its_tasks_along_and_what_cannot_go_says_why(lamp: Browsers) -> None:
    open_one, elsewhere = lamp.complaint_id, lamp.company.neighbour.id
    ended = homeless(lamp)[0]
    with lamp.store.transaction() as session:
        session.execute(update(Complaint).where(Complaint.id == ended).values(past=False, closed_at=clock.now()))
    job = begin(lamp, ticked([open_one, ended]), community=str(elsewhere))
    page = words(soup(lamp, "board", job))
    assert "已移动 1 件" in page
    assert "OLD-0 已结案，不能再改" in page
    with lamp.store.reading() as session:
        waiting = session.scalars(select(Task.community_id).where(Task.case_id == lamp.case_id, Task.state == "open"))
        assert set(waiting) == {elsewhere}
    assert "已结案，不能再改" not in words(soup(lamp, "board", f"/complaints/moves?undo={job.rpartition('/')[2]}"))
    begin(lamp, f"undo={job.rpartition('/')[2]}")
    assert where(lamp, [open_one]) == [lamp.company.community.id]


def test_a_home_stays_behind_and_comes_back_with_the_way_back(lamp: Browsers) -> None:
    with lamp.store.transaction() as session:
        home = Household(community_id=lamp.company.community.id, label="5栋1单元302")
        session.add(home)
        session.flush()
        session.get_one(Complaint, lamp.complaint_id).household_id = kept = home.id
    job = begin(lamp, ticked([lamp.complaint_id]), community=str(lamp.company.neighbour.id))
    with lamp.store.reading() as session:
        assert session.get_one(Complaint, lamp.complaint_id).household_id is None
    begin(lamp, f"undo={job.rpartition('/')[2]}")
    with lamp.store.reading() as session:
        assert session.get_one(Complaint, lamp.complaint_id).household_id == kept


def test_a_reason_and_a_community_are_needed_and_what_was_typed_stays(lamp: Browsers) -> None:
    ids = homeless(lamp)
    board = lamp.browser("board")
    sent = board.post(f"/complaints/moves?{ticked(ids)}", data={"reason": REASON})
    assert sent.status_code == 422
    assert "请选择移到哪个小区" in sent.text
    assert REASON in sent.text
    sent = board.post(f"/complaints/moves?{ticked(ids)}", data={"community": str(lamp.company.community.id)})
    assert sent.status_code == 422
    assert "请写明为什么移动" in sent.text
    same = {"community": str(where(lamp, ids)[0]), "reason": REASON}
    assert board.post(f"/complaints/moves?{ticked(ids)}", data=same).status_code == 409
    assert board.get("/complaints/moves").status_code == 303


def test_only_who_may_put_right_in_both_places_moves(lamp: Browsers) -> None:
    ids = homeless(lamp)
    assert "移到别的小区" not in lamp.browser("manager").get("/complaints").text
    assert "移到别的小区" in lamp.browser("board").get("/complaints").text
    typed = {"community": str(lamp.company.community.id), "reason": REASON}
    assert lamp.browser("manager").post(f"/complaints/moves?{ticked(ids)}", data=typed).status_code == 409
    assert lamp.browser("engineer").post(f"/complaints/moves?{ticked(ids)}", data=typed).status_code == 403
    assert where(lamp, ids)[0] not in (lamp.company.community.id, lamp.company.neighbour.id)
