"""A resident's own complaint: its status, and what can be answered."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from engine import files
from engine.complaints.core import feedback, links
from engine.complaints.core.complaint import Complaint
from engine.complaints.resident import resident_acts
from engine.core.settings import Settings
from tests.stories import acts
from tests.stories.hands import Hands
from tests.web.residents.seen import photo, read, words

pytestmark = pytest.mark.slow


def test_the_page_tells_where_it_stands_and_nothing_of_what_goes_on_inside(hands: Hands, client: FlaskClient) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    hands.later(hours=37)
    acts.in_contact(hands)
    page = client.get(f"/c/{hands.secret}")
    marked = read(page).select_one("[aria-current=step]").get_text()
    assert "调查" in marked
    assert "负责的部门已和您联系" in words(page)
    for inner in ("先生", "engineer", "督办", "业主说明了情况", "越过"):
        assert inner not in page.get_data(as_text=True)


def test_nobody_comes_in_without_the_secret(hands: Hands, client: FlaskClient) -> None:
    hands.complain()
    for path in ("", "/receipt", "/plan", "/callback", "/appeal", "/withdrawal", "/words"):
        answer = client.get(f"/c/{hands.secret[:-1]}{path}")
        assert answer.status_code == 404
        assert hands.number not in answer.get_data(as_text=True)


def test_files_of_others_and_of_the_staff_stay_hidden(hands: Hands, client: FlaskClient, settings: Settings) -> None:
    hands.complain()
    mine = hands.secret
    scene = files.prepare(photo(), "现场.jpg", files.limits.USUAL)
    elsewhere = files.prepare(photo("blue"), "别家.jpg", files.limits.USUAL)
    with hands.store.transaction() as session:
        inner = files.keep(session, settings.files, scene, complaint_id=hands.complaint_id, task_id=1)
    hands.complain("别人的事")
    with hands.store.transaction() as session:
        others = files.keep(session, settings.files, elsewhere, complaint_id=hands.complaint_id)
    assert "现场.jpg" not in client.get(f"/c/{mine}").get_data(as_text=True)
    for each in (inner, others):
        assert client.get(f"/c/{mine}/files/{each.id}").status_code == 404


def test_the_plan_is_shown_and_accepted_once(hands: Hands, client: FlaskClient) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)
    acts.planned(hands)
    path = f"/c/{hands.secret}/plan"
    assert read(client.get(f"/c/{hands.secret}")).select_one(f".asked a[href='{path}']")
    page = client.get(path)
    assert "更换灯具" in words(page)
    assert "3月5日" in words(page)
    assert not read(page).find_all(checked=True)
    assert client.post(path, data={}).status_code == 422
    refused = client.post(path, data={"accepted": "no"})
    assert "不同意的原因" in read(refused).find(id="words-error").get_text()
    client.post(path, data={"accepted": "yes"})
    again = client.post(path, data={"accepted": "yes"}, follow_redirects=True)
    assert "已不需要这一步" in words(again)
    assert "carry_out" in hands.now().open
    assert "您同意了方案" in words(client.get(f"/c/{hands.secret}"))


def test_an_objection_to_the_plan_keeps_its_words(hands: Hands, client: FlaskClient) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)
    acts.planned(hands)
    client.post(f"/c/{hands.secret}/plan", data={"accepted": "no", "words": "白天没人在家"})
    assert "carry_out" not in hands.now().open
    page = words(client.get(f"/c/{hands.secret}"))
    assert "您对方案提出了意见" in page
    assert "白天没人在家" in page
    assert "方案（还没有定下来）" in page


def test_a_department_that_sends_the_work_back_is_not_said_to_have_accepted_it(
    hands: Hands, client: FlaskClient
) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    hands.do("engineer", "accept_work", objected=True, objection="not_ours", objection_words="不归我们")
    page = words(client.get(f"/c/{hands.secret}"))
    assert "正在换更合适的部门来办" in page
    assert "已接手" not in page


def test_the_callback_presets_nothing_and_a_bad_word_needs_a_reason(hands: Hands, client: FlaskClient) -> None:
    acts.handled(hands)
    path = f"/c/{hands.secret}/callback"
    assert not read(client.get(path)).find_all(checked=True)
    missing = read(client.post(path, data={}))
    assert missing.find(id="outcome-error")
    assert missing.find(id="score-error")
    bad = client.post(path, data={"outcome": "partly_solved", "score": "2", "attitude": "4"})
    assert bad.status_code == 422
    assert "哪里没有做好" in read(bad).find(id="words-error").get_text()
    ticked = {(each["name"], each["value"]) for each in read(bad).find_all(checked=True)}
    assert ticked == {("outcome", "partly_solved"), ("score", "2"), ("attitude", "4")}
    done = client.post(
        path, data={"outcome": "solved", "score": "5", "speed": "3", "attitude": "x"}, follow_redirects=True
    )
    assert done.status_code == 422
    done = client.post(path, data={"outcome": "solved", "score": "5", "speed": "3"}, follow_redirects=True)
    assert "谢谢您的评价" in words(done)
    assert "已解决" in words(done)
    with hands.store.reading() as session:
        kept = feedback.of(session, session.get_one(Complaint, hands.complaint_id))
    assert [(each.score, each.speed, each.attitude, each.by_id) for each in kept] == [(5, 3, None, None)]


def test_unfounded_can_be_appealed(hands: Hands, client: FlaskClient) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)
    acts.investigated(hands, finding="unfounded")
    hands.do("engineering_head", "head_confirms", head_agrees="yes", words="现场正常", evidence=acts.PHOTO)
    hands.do("inspector", "quality_confirms", quality_agrees="yes", words="复查一致", evidence=acts.PHOTO)
    hands.do("quality_head", "process_check", process_state="sound", words="流程没有问题")
    path = f"/c/{hands.secret}/appeal"
    assert "复查一致" in words(client.get(path))
    assert client.post(path, data={"words": " "}).status_code == 422
    client.post(path, data={"words": "我有照片"})
    assert "review_appeal" in hands.now().open


def test_withdrawing_is_asked_first(hands: Hands, client: FlaskClient) -> None:
    hands.complain()
    path = f"/c/{hands.secret}/withdrawal"
    assert "确定撤回" in words(client.get(path))
    assert hands.now().outcome is None
    assert "已撤回" in words(client.post(path, follow_redirects=True))
    assert hands.now().outcome == "withdrawn"
    assert path not in client.get(f"/c/{hands.secret}").get_data(as_text=True)
    assert client.get(path).status_code == 303


def test_words_and_photos_are_added_until_it_ends(hands: Hands, client: FlaskClient) -> None:
    hands.complain()
    path = f"/c/{hands.secret}/words"
    assert client.post(path, data={}).status_code == 422
    bad = client.post(path, data={"words": "又坏了一盏", "photos": (BytesIO(b"nothing"), "x.jpg")})
    assert "x.jpg" in read(bad).find(id="photos-error").get_text()
    assert read(bad).find("textarea").get_text(strip=True) == "又坏了一盏"
    done = client.post(path, data={"words": "又坏了一盏", "photos": (photo(), "x.jpg")}, follow_redirects=True)
    assert "又坏了一盏" in words(done)
    assert read(done).select_one(".own-files img[alt='x.jpg']")
    assert "业主补充了内容" in hands.staff_reads()
    hands.withdraw()
    assert "已经结案" in words(client.post(path, data={"words": "还有"}, follow_redirects=True))


def test_a_page_costs_the_same_however_much_happened(hands: Hands, client: FlaskClient, settings: Settings) -> None:
    def statements() -> int:
        seen: list[str] = []

        def note(*said: object) -> None:
            seen.append(str(said[2]))

        event.listen(hands.store.engine, "before_cursor_execute", note)
        assert client.get(f"/c/{hands.secret}").status_code == 200
        event.remove(hands.store.engine, "before_cursor_execute", note)
        return len(seen)

    hands.complain()
    statements()
    before = statements()
    shown = files.prepare(photo(), "x.jpg", files.limits.USUAL)
    with hands.store.transaction() as session:
        complaint = links.enter(session, hands.secret)
        for number in range(30):
            resident_acts.add(session, complaint, f"第 {number} 次补充")
            files.keep(session, settings.files, shown, complaint_id=complaint.id)
    assert statements() == before
    assert len(read(client.get(f"/c/{hands.secret}")).select(".own-files img")) == 30


@pytest.mark.parametrize("named", ["9" * 30, "9" * 6000])
def test_ids_that_no_store_holds_are_passed_over(hands: Hands, client: FlaskClient, named: str) -> None:
    hands.complain()
    sent = client.post(f"/c/{hands.secret}/words", data={"words": "还是不亮", "photos.kept": named})
    assert sent.status_code == 303
    whole = {
        "community": hands.company.community.code,
        "kind": "complaint",
        "area": "10",
        "text": "灯不亮",
        "photos.kept": named,
    }
    assert client.post("/complain", data=whole).status_code < 500


def test_a_plan_says_what_agreeing_costs_and_what_silence_means(hands: Hands, client: FlaskClient) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)
    acts.planned(hands)
    page = words(client.get(f"/c/{hands.secret}/plan"))
    assert "同意不收钱" in page
    assert "等您到 明天 09:00" in page
    assert "我们就先按方案动手" in page
    assert "等您答复，最晚到 明天 09:00" in words(client.get(f"/c/{hands.secret}"))
    hands.later(days=3, minutes=1)
    assert "carry_out" in hands.now().open


def test_silence_on_what_is_not_the_companys_fault_brings_a_visit(hands: Hands, client: FlaskClient) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)
    acts.planned(hands, finding="outside_cause")
    assert "我们不会自己动手，会上门和您商量" in words(client.get(f"/c/{hands.secret}/plan"))
    hands.later(days=3, minutes=1)
    assert "visit" in hands.now().open


def test_a_passed_limit_is_said_with_an_apology_and_what_comes_next(hands: Hands, client: FlaskClient) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    assert "现在： 已安排工程部处理" in words(client.get(f"/c/{hands.secret}"))
    assert "很抱歉" not in words(client.get(f"/c/{hands.secret}"))
    hands.later(hours=25)
    late = read(client.get(f"/c/{hands.secret}")).select_one(".late-now").get_text(" ", strip=True)
    for said in (
        "很抱歉，我们晚了",
        "负责的人和您谈",
        "已经报到上一级",
        "怎么加快，最晚 今天 12:00 决定",
        "整件事仍然最晚",
    ):
        assert said in late
    acts.in_contact(hands)
    assert "很抱歉" not in words(client.get(f"/c/{hands.secret}"))


def test_a_late_matter_with_a_plan_says_which_day_it_is_expected(hands: Hands, client: FlaskClient) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)
    acts.planned(hands, consent="not_needed")
    hands.later(days=3, hours=1)
    assert "按方案，现在预计 3月5日 办完" in words(client.get(f"/c/{hands.secret}"))
    hands.later(days=2)
    hands.later(hours=3)
    assert "哪天能办好，现在还说不准" in words(client.get(f"/c/{hands.secret}"))
