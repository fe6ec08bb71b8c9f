"""Internal comments: who reads and writes them, who is notified, and what remains of a deleted one."""

import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from engine import comments
from engine.casework.cases import Case
from engine.comments import Comment, Mention
from engine.company.people import Person
from engine.complaints.core import links
from engine.complaints.core.complaint import Concerned
from engine.core import clock
from engine.files import File
from engine.history import Entry, verify
from engine.letters import Letter
from tests.stories.company import KEY
from tests.stories.pages import Browsers, jpeg
from tests.web.lamp import begun as begun
from tests.web.lamp import lamp as lamp
from tests.web.lamp import spoken as spoken

pytestmark = pytest.mark.slow


def say(hands: Browsers, login: str, text: str, **more: object) -> int:
    where = f"/comments/case/{hands.case_id}"
    sent = hands.browser(login).post(where, data={"text": text, **more}, content_type="multipart/form-data")
    return sent.status_code


def thread(hands: Browsers, login: str) -> str:
    return hands.browser(login).get(f"/comments/case/{hands.case_id}").text


def called(hands: Browsers, login: str) -> int:
    return int(json.loads(hands.browser(login).get("/inbox/count").text)["called"])


def last(hands: Browsers) -> Comment:
    with hands.store.reading() as session:
        found = session.scalar(select(Comment).order_by(Comment.id.desc()).limit(1))
        assert found is not None
        return found


def test_whoever_is_mentioned_is_told_and_reads_it(lamp: Browsers) -> None:
    assert say(lamp, "engineer", "@manager先生 和 @agent 请看：灯座也坏了") == 303
    for login in ("manager", "agent"):
        assert called(lamp, login) == 1
        assert "灯座也坏了" in lamp.browser(login).get("/comments").text
    assert called(lamp, "engineer") == called(lamp, "agent2") == 0
    with lamp.store.reading() as session:
        letters = session.scalars(select(Letter).where(Letter.template == "mentioned")).all()
        assert {each.to_ref for each in letters} == {lamp.person("manager").id, lamp.person("agent").id}
        assert not any("灯座" in json.dumps(each.facts, ensure_ascii=False) for each in letters)
    lamp.browser("manager").post(f"/comments/case/{lamp.case_id}/seen")
    assert (called(lamp, "manager"), called(lamp, "agent")) == (0, 1)


def test_whoever_works_on_it_hears_of_every_comment(lamp: Browsers) -> None:
    task = lamp.now().open["investigate"].id
    lamp.browser("engineer").post(f"/tasks/{task}/claim")
    say(lamp, "agent", "业主今晚在家")
    assert called(lamp, "engineer") == 1
    assert "业主今晚在家" in lamp.browser("engineer").get(f"/tasks/{task}").text


def test_a_name_that_nobody_has_is_said(lamp: Browsers) -> None:
    say(lamp, "engineer", "@张三丰 请看；写信到 a@manager.cn 也行")
    told = thread(lamp, "engineer")
    assert "没有通知到 @张三丰" in told
    assert called(lamp, "manager") == 0


def test_phones_are_hidden_from_whoever_may_not_see_them(lamp: Browsers) -> None:
    say(lamp, "agent", "业主换了电话 13911112222")
    assert "13911112222" in thread(lamp, "agent")
    assert "139****2222" in thread(lamp, "engineer2")
    assert "13911112222" not in thread(lamp, "engineer2")


def test_the_history_keeps_a_hash_and_never_the_words(lamp: Browsers) -> None:
    say(lamp, "engineer", "梯子在地下室")
    number = last(lamp).id
    lamp.browser("engineer").post(f"/comments/{number}/change", data={"text": "梯子在车库"})
    with lamp.store.reading() as session:
        entries = session.scalars(select(Entry).where(Entry.kind.startswith("comment."))).all()
        assert [each.kind for each in entries] == ["comment.added", "comment.changed"]
        assert len({each.facts["hash"] for each in entries}) == 2
        assert not any("梯子" in json.dumps(each.facts, ensure_ascii=False) or each.note_id for each in entries)
        assert not list(verify(session, None))
    assert "梯子在车库" in thread(lamp, "agent")
    assert "已修改" in thread(lamp, "agent")


def test_words_can_be_changed_by_their_author_for_ten_minutes(lamp: Browsers) -> None:
    say(lamp, "engineer", "先换灯泡")
    where = f"/comments/{last(lamp).id}/change"
    assert lamp.browser("engineer2").post(where, data={"text": "别换"}).status_code == 409
    clock.turn(timedelta(minutes=11))
    assert lamp.browser("engineer").post(where, data={"text": "先换灯座"}).status_code == 409
    assert last(lamp).text == "先换灯泡"


def test_deleting_takes_words_and_photos_and_says_who_did_it(lamp: Browsers) -> None:
    say(lamp, "engineer", "@agent 拍错了", photos=(io.BytesIO(jpeg()), "a.jpg"))
    with lamp.store.reading() as session:
        file = session.scalars(select(File).where(File.comment_id.is_not(None))).one()
    with lamp.browser("agent").get(f"/files/{file.id}") as shown:
        assert shown.status_code == 200
    assert lamp.browser("guard").get(f"/files/{file.id}").status_code == 404
    number = last(lamp).id
    assert lamp.browser("engineer2").post(f"/comments/{number}/delete").status_code == 403
    assert lamp.browser("manager").post(f"/comments/{number}/delete").status_code == 303
    told = thread(lamp, "agent")
    assert "拍错了" not in told
    assert "已删除 · manager先生" in told
    assert called(lamp, "agent") == 0
    assert lamp.browser("agent").get(f"/files/{file.id}").status_code == 404


def test_photos_of_comments_are_not_the_residents_to_see(lamp: Browsers) -> None:
    say(lamp, "engineer", "配电箱", photos=(io.BytesIO(jpeg()), "box.jpg"))
    page = lamp.visitor.get(f"/c/{links.secret(KEY, lamp.number)}").text
    assert "box.jpg" not in page
    assert "配电箱" not in page


def test_whom_it_is_about_neither_sees_nor_hears_of_it(lamp: Browsers) -> None:
    say(lamp, "agent", "@engineering_head 请处理")
    assert called(lamp, "engineering_head") == 1
    with lamp.store.transaction() as session:
        session.add(Concerned(complaint_id=lamp.complaint_id, person_id=lamp.person("engineering_head").id))
    assert called(lamp, "engineering_head") == 0
    assert lamp.browser("engineering_head").get(f"/comments/case/{lamp.case_id}").status_code == 404
    assert "请处理" not in lamp.browser("engineering_head").get("/comments").text
    say(lamp, "agent", "@engineering_head 这是关于他的")
    with lamp.store.reading() as session:
        told = select(Mention).where(
            Mention.comment_id == last(lamp).id, Mention.person_id == lamp.person("engineering_head").id
        )
        assert session.scalar(told) is None
    assert "engineering_head" not in lamp.browser("agent").get(f"/comments/case/{lamp.case_id}/people").text


def test_an_empty_comment_and_one_from_elsewhere_are_refused(lamp: Browsers) -> None:
    assert say(lamp, "engineer", "  ") == 422
    assert say(lamp, "engineer", "长" * 2001) == 422
    assert say(lamp, "agent_2", "从别的小区") == 404


def test_whoever_may_be_mentioned_may_see_the_case(lamp: Browsers) -> None:
    """The list of names comes from permissions, the right to see from a condition: they must agree."""
    with lamp.store.reading() as session:
        case = session.get_one(Case, lamp.case_id)
        named = {each.person.id for each in comments.readers(session, case)}
        every = session.scalars(select(Person)).all()
        seeing = {
            each.id
            for each in every
            if session.scalar(select(Case.id).where(Case.id == case.id, comments.sees(session, each, Case.id)))
        }
    assert named
    assert named <= seeing
    login = {each.id: each.login for each in every}
    assert {login[each] for each in seeing - named} <= {"administrator"}


def test_reading_costs_the_same_however_many_there_are(lamp: Browsers) -> None:
    for number in range(3):
        say(lamp, "engineer", f"第 {number} 条")
    _statements(lamp)  # the first request fills the process's cache
    few = _statements(lamp)
    for number in range(25):
        say(lamp, "agent", f"又一条 {number}")
    assert _statements(lamp) == few


def _statements(hands: Browsers) -> int:
    seen: list[str] = []

    def note(*said: object) -> None:
        seen.append(str(said[2]))

    event.listen(hands.store.engine, "before_cursor_execute", note)
    thread(hands, "engineer")
    event.remove(hands.store.engine, "before_cursor_execute", note)
    return len(seen)
