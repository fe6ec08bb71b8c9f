"""Correcting a wrong registration: the case follows where possible, the reason is in the history."""

from sqlalchemy import select
from sqlalchemy.orm import make_transient

from engine.casework.tasks import Task
from engine.complaints.core.complaint import Complaint
from engine.complaints.homes.households import Household
from engine.complaints.limits import deadlines
from engine.history import Entry
from engine.letters import Letter
from tests.stories import acts
from tests.stories.conftest import begun, hands
from tests.stories.pages import Browsers

__all__ = ["begun", "hands"]


def complaint(hands: Browsers) -> Complaint:
    with hands.store.reading() as session:
        return session.get_one(Complaint, hands.complaint_id)


def send(hands: Browsers, login: str = "agent", **changed: str) -> tuple[int, str]:
    now = complaint(hands)
    typed = {
        "community": str(now.community_id),
        "household": str(now.household_id or ""),
        "kind": now.kind,
        "category": now.category,
        "place_text": now.place_text,
        "person_name": now.person_name,
        "reason": "听错了",
        **changed,
    }
    sent = hands.browser(login).post(f"/complaints/{hands.complaint_id}/corrections", data=typed)
    return sent.status_code, sent.text


def home(hands: Browsers, community_id: int, label: str = "5栋1单元302") -> int:
    with hands.store.transaction() as session:
        found = Household(community_id=community_id, label=label, name="赵先生", phone="13900001111")
        session.add(found)
        session.flush()
        return found.id


def test_before_the_judgement_another_category_is_judged_anew(hands: Browsers) -> None:
    hands.call(text="电梯停了", category="1004")
    assert complaint(hands).urgency == "normal"
    before = hands.now().deadline("resolve").due_at
    assert send(hands, category="1001")[0] == 303
    assert (complaint(hands).category, complaint(hands).urgency) == ("1001", "urgent")
    assert hands.now().deadline("resolve").due_at < before
    page = hands.browser("agent").get(f"/complaints/{hands.complaint_id}").text
    assert "更正：分类" in page
    assert "听错了" in page
    assert "听错了" not in hands.visitor.get(f"/c/{hands.secret}").text


def test_who_and_where_are_put_right_and_the_history_names_no_names(hands: Browsers) -> None:
    hands.call()
    here = home(hands, hands.company.community.id)
    found = hands.browser("agent").post(
        f"/complaints/{hands.complaint_id}/corrections/households",
        data={"find": "5-1-302", "community": str(hands.company.community.id)},
    )
    assert "5栋1单元302" in found.text
    assert (
        send(hands, household=str(here), person_name="赵先生", phone="139 0000 1111", place_text="5栋1单元302")[0]
        == 303
    )
    now = complaint(hands)
    assert (now.household_id, now.person_name, now.phone) == (here, "赵先生", "13900001111")
    beside = hands.browser("agent").post("/desk/beside", data={"phone": "13900001111"}).text
    assert f"/complaints/{now.id}" in beside
    assert hands.number in hands.browser("agent").get("/complaints?q=赵先生").text
    with hands.store.reading() as session:
        entry = session.scalars(select(Entry).where(Entry.kind == "complaint.corrected")).one()
    assert sorted(entry.facts["fields"]) == ["household", "person_name", "phone", "place_text"]
    assert "赵先生" not in str(entry.facts)
    assert "1111" not in str(entry.facts)


def test_a_reason_is_needed_and_something_has_to_change(hands: Browsers) -> None:
    hands.call()
    status, page = send(hands, category="2001", reason="")
    assert status == 422
    assert "请写明为什么更正" in page
    assert complaint(hands).category == "1004"
    status, page = send(hands)
    assert status == 409
    assert "没有改动" in page
    assert send(hands, category="0000")[0] == 422
    assert send(hands, household="99999")[0] == 409


def test_another_community_takes_the_open_tasks_along(hands: Browsers) -> None:
    hands.call()
    elsewhere = hands.company.neighbour.id
    assert send(hands, community=str(elsewhere))[0] == 409, "who works here alone cannot send it away"
    assert send(hands, "region_quality", community=str(elsewhere), reason="是湖滨苑的")[0] == 303
    assert complaint(hands).community_id == elsewhere
    with hands.store.reading() as session:
        waiting = session.scalars(select(Task).where(Task.case_id == hands.case_id, Task.state == "open")).all()
        told = session.scalars(select(Letter.to_ref).where(Letter.template == "dispatch")).all()
        open_now = [each for each in deadlines.every(session, complaint(hands)) if each.is_open]
    assert {task.community_id for task in waiting} == {elsewhere}
    assert {task.due_at for task in waiting} <= {each.due_at for each in open_now}
    assert hands.person("agent_2").id in told
    assert hands.inbox("agent") == []
    assert hands.inbox("agent_2") == ["confirm_triage"]


def test_after_the_judgement_the_kind_stays_and_the_page_says_what_to_do(hands: Browsers) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    page = hands.browser("agent").get(f"/complaints/{hands.complaint_id}/corrections").text
    assert "请主管在督办里改派" in page
    status, page = send(hands, kind="repair")
    assert status == 422
    assert complaint(hands).kind == "complaint"
    department = complaint(hands).department
    assert send(hands, category="2001")[0] == 303
    assert (complaint(hands).category, complaint(hands).department) == ("2001", department)


def test_only_who_may_puts_right(hands: Browsers) -> None:
    hands.call()
    for login in ("engineer", "caller", "agent_2"):
        form = hands.browser(login).get(f"/complaints/{hands.complaint_id}/corrections")
        assert form.status_code in (403, 404), login
        assert send(hands, login, category="2001")[0] in (403, 404), login
    assert complaint(hands).category == "1004"


def test_a_record_of_the_past_is_put_right_too(hands: Browsers) -> None:
    hands.call()
    with hands.store.transaction() as session:
        past = session.get_one(Complaint, hands.complaint_id)
        session.expunge(past)
        make_transient(past)
        past.id, past.number, past.secret_hash, past.case_id, past.past = None, "OLD-1", "0" * 64, None, True
        past.closed_at, past.outcome, past.status = past.received_at, "unknown", "closed"
        session.add(past)
        session.flush()
        hands.complaint_id = past.id
    elsewhere = hands.company.neighbour.id
    assert send(hands, "region_quality", kind="repair", category="2001", community=str(elsewhere))[0] == 303
    now = complaint(hands)
    assert (now.kind, now.category, now.community_id, now.case_id) == ("repair", "2001", elsewhere, None)
    with hands.store.reading() as session:
        entry = session.scalars(select(Entry).where(Entry.kind == "complaint.corrected")).one()
    assert (entry.case_id, entry.facts["complaint"]) == (0, now.id)


def test_of_two_who_correct_at_once_neither_undoes_the_other(hands: Browsers) -> None:
    hands.call()
    form = hands.browser("agent").get(f"/complaints/{hands.complaint_id}/corrections").text
    seen = form.partition('name="seen" value="')[2].partition('"')[0]
    assert send(hands, place_text="5栋1单元302", seen=seen)[0] == 303
    status, page = send(hands, person_name="赵先生", place_text="", seen=seen)
    assert status == 409
    assert "别人更正了这件" in page
    assert "赵先生" in page
    assert complaint(hands).place_text == "5栋1单元302"
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    assert send(hands, person_name="赵先生", seen=seen)[0] == 303
    assert (complaint(hands).person_name, complaint(hands).place_text) == ("赵先生", "5栋1单元302")
