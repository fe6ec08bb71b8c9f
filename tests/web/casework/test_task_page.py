"""A task's page in use: drafts, standard texts, photo uploads, attendance, handover, the next task."""

import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from engine.casework import cases, drafts, phrases
from engine.casework.attendance import Attendance
from engine.casework.phrases import Phrase, PhraseUse
from engine.casework.tasks import Answer
from engine.casework.tasks.rows import TaskDraft
from engine.company import people
from engine.complaints.core.complaint import Complaint
from engine.core import clock
from engine.files import File
from engine.history import Entry, NewEntry
from tests.stories import acts
from tests.stories.pages import Browsers, jpeg
from tests.web.lamp import begun as begun
from tests.web.lamp import lamp as lamp
from tests.web.lamp import spoken as spoken

FOUND = {
    "looked_at": "site",
    "facts": "灯具老化",
    "finding": "own_fault",
    "responsible": "engineering",
    "cause": "equipment",
}


def where(hands: Browsers, element: str = "investigate") -> str:
    return f"/tasks/{hands.now().open[element].id}"


def page(hands: Browsers, login: str = "engineer", element: str = "investigate") -> str:
    return hands.browser(login).get(where(hands, element)).text


def type_in(hands: Browsers, typed: list[list[object]], login: str = "engineer") -> int:
    return hands.browser(login).post(f"{where(hands)}/draft", json={"typed": typed}).status_code


def kept_draft(hands: Browsers, login: str = "engineer") -> list[str]:
    with hands.store.reading() as session:
        found = drafts.find(session, hands.person(login), hands.now().open["investigate"].id)
        return [each.value for each in found[0]] if found else []


# ---- drafts


def test_what_was_typed_on_the_phone_is_there_at_the_desk(lamp: Browsers) -> None:
    assert type_in(lamp, [["facts", "灯座进水", None], ["looked_at", "site", True]]) == 200
    assert "灯座进水" in page(lamp)
    assert "灯座进水" not in page(lamp, "engineer2")


def test_a_draft_goes_when_it_is_discarded_emptied_or_the_task_is_done(lamp: Browsers) -> None:
    type_in(lamp, [["facts", "灯座进水", None]])
    lamp.browser("engineer").post(f"{where(lamp)}/draft/discard")
    assert kept_draft(lamp) == []
    type_in(lamp, [["facts", "灯座进水", None]])
    type_in(lamp, [["facts", "", None], ["looked_at", "site", False]])
    assert kept_draft(lamp) == []
    type_in(lamp, [["facts", "灯座进水", None]])
    type_in(lamp, [["facts", "看过了", None]], "engineer2")
    lamp.do("engineer", "investigate", **FOUND)
    with lamp.store.reading() as session:
        assert session.scalars(select(TaskDraft)).all() == []
        assert not any("灯座进水" in str(each.facts) for each in session.scalars(select(Entry)))


def test_a_draft_of_a_task_that_ended_otherwise_is_swept(lamp: Browsers) -> None:
    type_in(lamp, [["facts", "灯座进水", None]])
    lamp.store.attempt(lambda session: drafts.sweep(session))
    assert kept_draft(lamp) == ["灯座进水"]
    clock.turn(timedelta(days=31))
    lamp.store.attempt(lambda session: drafts.sweep(session))
    assert kept_draft(lamp) == []


def test_nonsense_is_no_draft(lamp: Browsers) -> None:
    nonsense: list[object] = [[], {"typed": "x"}, {"typed": [["a", 1, None], ["b"], "c"]}]
    for sent in nonsense:
        assert lamp.browser("engineer").post(f"{where(lamp)}/draft", json=sent).status_code == 200
    assert kept_draft(lamp) == []
    long = [["facts", "长" * drafts.LARGEST, None]]
    assert type_in(lamp, long) in (400, 409, 422)


@pytest.mark.fault(10)
def test_json_that_is_nested_too_deeply_is_malformed(lamp: Browsers) -> None:
    client = lamp.browser("engineer")
    for text in ("[" * 100_000, '{"typed": ' + "[" * 100_000 + "]" * 100_000 + "}", "{", "\udcff"):
        sent = text.encode("utf-8", "surrogateescape")
        answer = client.post(f"{where(lamp)}/draft", data=sent, content_type="application/json")
        assert answer.status_code == 400, text[:20]


# ---- photos


def bring(hands: Browsers, login: str = "engineer", content: bytes | None = None) -> tuple[int, dict[str, object]]:
    sent = {"file": (io.BytesIO(jpeg() if content is None else content), "灯.jpg")}
    answer = hands.browser(login).post(f"{where(hands)}/photos", data=sent, content_type="multipart/form-data")
    return answer.status_code, json.loads(answer.text)


def test_a_photo_sent_before_the_form_belongs_to_the_task_when_it_is_done(lamp: Browsers) -> None:
    status, photo = bring(lamp)
    assert status == 201
    with lamp.browser("engineer").get(str(photo["url"])) as shown:
        assert shown.status_code == 200
    assert lamp.browser("engineer2").get(str(photo["url"])).status_code == 404
    task_id = lamp.now().open["investigate"].id
    refused = lamp.browser("engineer").post(where(lamp), data={"evidence.kept": photo["id"]})
    assert f'name="evidence.kept" value="{photo["id"]}"' in refused.text
    lamp.do("engineer", "investigate", **FOUND, **{"evidence.kept": photo["id"]})
    with lamp.store.reading() as session:
        file = session.get_one(File, photo["id"])
        assert (file.task_id, file.complaint_id) == (task_id, lamp.complaint_id)
        assert session.scalars(select(Answer).where(Answer.task_id == task_id)).one().values["evidence"] == [file.id]


def test_nobody_attaches_what_somebody_else_brought(lamp: Browsers) -> None:
    _status, photo = bring(lamp, "engineer2")
    lamp.do("engineer", "investigate", **FOUND, **{"evidence.kept": photo["id"]})
    with lamp.store.reading() as session:
        assert session.get_one(File, photo["id"]).task_id is None


def test_a_bad_photo_is_said_and_one_brought_with_a_wrong_form_stays(lamp: Browsers) -> None:
    status, said = bring(lamp, content=b"no picture")
    assert status == 422
    assert "灯.jpg" in str(said["error"])
    sent = {"facts": "灯座", "evidence": (io.BytesIO(jpeg()), "x.jpg")}
    wrong = lamp.browser("engineer").post(where(lamp), data=sent, content_type="multipart/form-data")
    assert wrong.status_code == 422
    assert "evidence.kept" in wrong.text


def test_photos_of_a_draft_come_back_with_it(lamp: Browsers) -> None:
    _status, photo = bring(lamp)
    type_in(
        lamp, [["facts", "灯座", None], ["evidence.kept", str(photo["id"]), None], ["evidence.kept", "99999", None]]
    )
    assert f'name="evidence.kept" value="{photo["id"]}"' in page(lamp)
    assert "99999" not in page(lamp).split("</script>")[-1]


# ---- standard texts


def seeded(hands: Browsers) -> None:
    with hands.store.transaction() as session:
        phrases.seed(session)
        complaint = session.get_one(Complaint, hands.complaint_id)
        complaint.place_text, complaint.person_name = "3栋2单元", "王小明"


def phrase_id(hands: Browsers, code: str) -> int:
    with hands.store.reading() as session:
        return session.scalars(select(Phrase.id).where(Phrase.code == code)).one()


def test_texts_are_offered_with_the_facts_filled_in(lamp: Browsers) -> None:
    seeded(lamp)
    told = page(lamp, "engineer2")
    assert "常用语" in told
    assert "到3栋2单元查看" in told
    assert "受理告知" not in told
    assert "王小明" not in told
    assert "业主您好" in told
    assert "王小明您好" in page(lamp, "engineer")


def test_which_text_an_answer_was_written_with_is_kept_and_how_much_of_it(lamp: Browsers) -> None:
    seeded(lamp)
    number = phrase_id(lamp, "apology")
    facts = {**FOUND, "facts": "给您带来不便，我们深表歉意。灯座进水", "_phrase.facts": [number, 424242]}
    lamp.do("engineer", "investigate", **facts)
    with lamp.store.reading() as session:
        use = session.scalars(select(PhraseUse)).one()
        assert (use.phrase_id, use.field, use.kept) == (number, "facts", 100)
        assert phrases.uses(session) == {number: (1, 100)}
    assert phrases.share_kept("给您带来不便", "完全不同的话") == 0


def test_the_company_changes_its_texts(lamp: Browsers) -> None:
    seeded(lamp)
    admin = lamp.browser("administrator")
    assert "受理告知" in admin.get("/phrases").text
    number = phrase_id(lamp, "site_found")
    typed = {"title": "现场", "text": "到{place}，{weather}", "elements": "investigate"}
    wrong = admin.post(f"/phrases/{number}", data=typed)
    assert wrong.status_code == 422
    assert "没有“{weather}”这个字段" in wrong.text
    assert "到{place}，{weather}" in wrong.text
    shown = admin.post(f"/phrases/{number}", data={**typed, "text": "到{place}看了", "preview": "1"})
    assert "到3栋2单元看了" in shown.text
    assert admin.post(f"/phrases/{number}", data={**typed, "text": "到{place}看了"}).status_code == 303
    assert "到3栋2单元看了" in page(lamp)
    assert admin.post(f"/phrases/{number}/retire").status_code == 303
    assert "到3栋2单元看了" not in page(lamp)
    assert "现场" in admin.get("/phrases?state=retired").text
    fresh = {
        "code": "rain",
        "title": "雨天",
        "text": "[[下雨，{due} 前来不了。]]改天再来",
        "title_en": "",
        "text_en": "",
    }
    assert admin.post("/phrases/new", data=fresh).status_code == 303
    assert admin.post("/phrases/new", data=fresh).status_code == 422
    assert "雨天" in page(lamp)
    assert lamp.browser("engineer").get("/phrases").status_code == 403
    with lamp.store.reading() as session:
        kinds = session.scalars(select(Entry.kind).where(Entry.kind.startswith("phrase."))).all()
        assert sorted(kinds) == ["phrase.added", "phrase.changed", "phrase.retired"]


def test_our_texts_ask_for_nothing_that_is_not_there() -> None:
    for each in phrases.shipped():
        for text in (each["text"], each["text_en"]):
            assert set(phrases.FIELD.findall(text)) <= phrases.FIELDS.keys(), each["code"]
            assert text.count("[[") == text.count("]]")


# ---- on the way


def tapped(hands: Browsers) -> list[tuple[str, bool]]:
    with hands.store.reading() as session:
        rows = session.scalars(select(Attendance).order_by(Attendance.id))
        return [(each.kind, each.undone_at is None) for each in rows]


def test_one_tap_says_that_somebody_is_coming_and_takes_the_task(lamp: Browsers) -> None:
    engineer, going = lamp.browser("engineer"), f"{where(lamp)}/going"
    assert "我在路上" in page(lamp)
    assert engineer.post(f"{going}/on_way").status_code == 303
    assert engineer.post(f"{going}/on_way").status_code == 303
    assert lamp.now().open["investigate"].assignee_id == lamp.person("engineer").id
    assert lamp.browser("engineer2").post(f"{going}/on_site").status_code in (403, 409)
    clock.turn(timedelta(minutes=20))
    engineer.post(f"{going}/on_site")
    assert tapped(lamp) == [("on_way", True), ("on_site", True)]
    assert "已到场“调查与定责”" in engineer.get(f"/complaints/{lamp.complaint_id}").text
    assert engineer.post(f"{going}/nowhere").status_code == 404


def test_a_slip_of_the_finger_is_taken_back_within_a_minute(lamp: Browsers) -> None:
    engineer, going = lamp.browser("engineer"), f"{where(lamp)}/going"
    engineer.post(f"{going}/on_site")
    assert f'action="{going}/undo"' in page(lamp)
    assert engineer.post(f"{going}/undo").status_code == 303
    assert tapped(lamp) == [("on_site", False)]
    engineer.post(f"{going}/on_way")
    clock.turn(timedelta(minutes=2))
    assert engineer.post(f"{going}/undo").status_code == 409
    assert tapped(lamp)[-1] == ("on_way", True)


def test_nobody_goes_out_to_write_a_plan(lamp: Browsers) -> None:
    acts.investigated(lamp)
    assert "我在路上" not in page(lamp, element="plan")


# ---- handing over, and going on


def test_words_for_the_next_one_stand_on_top_until_it_is_done(lamp: Browsers) -> None:
    engineer = lamp.browser("engineer")
    engineer.post(f"{where(lamp)}/claim")
    engineer.post(f"{where(lamp)}/unclaim", data={"handover": "钥匙在前台，业主电话13911112222"})
    told = page(lamp, "engineering_head")
    assert "交接说明" in told
    assert "钥匙在前台，业主电话13911112222" in told
    assert "钥匙在前台，业主电话139****2222" in page(lamp, "engineer2")
    lamp.browser("engineering_head").post(
        f"{where(lamp)}/assign", data={"person": lamp.person("engineer2").id, "handover": "先去看灯座"}
    )
    told = page(lamp, "engineer2")
    assert told.index("先去看灯座") < told.index("调查与定责</h2>")
    lamp.do("engineer2", "investigate", **FOUND)
    assert 'id="handover"' not in page(lamp, "engineer2", "plan")


def test_what_comes_next_is_the_next_task_or_the_list_as_one_likes(lamp: Browsers) -> None:
    engineer = lamp.browser("engineer")
    on = engineer.post(where(lamp), data={**FOUND, "then": "next"})
    assert on.headers["Location"] == where(lamp, "plan")
    assert "这是您的下一件" in engineer.get(on.headers["Location"]).text
    plan = {"steps": "换灯", "start_on": "2026-03-02", "finish_on": "2026-03-05", "cost": "100", "consent": "ask"}
    back = engineer.post(where(lamp, "plan"), data={**plan, "then": "list"})
    assert back.headers["Location"] == "/inbox"
    with lamp.store.reading() as session:
        assert people.find(session, lamp.person("engineer").id).goes_back


# ---- what it costs


def statements(hands: Browsers, path: str) -> int:
    seen: list[str] = []

    def note(*said: object) -> None:
        seen.append(str(said[2]))

    event.listen(hands.store.engine, "before_cursor_execute", note)
    assert hands.browser("engineering_head").get(path).status_code == 200
    event.remove(hands.store.engine, "before_cursor_execute", note)
    return len(seen)


def test_a_long_history_costs_no_more_statements(lamp: Browsers) -> None:
    paths = (where(lamp), f"/complaints/{lamp.complaint_id}")
    by_id = lamp.person("engineer").id
    facts = {"task": lamp.now().open["investigate"].id}
    with lamp.store.transaction() as session:
        cases.record(session, lamp.case_id, NewEntry("task.returned", by_id, "investigate", facts, "还没办完"))
    _first, few = ([statements(lamp, path) for path in paths] for _ in range(2))  # the first request fills the cache
    with lamp.store.transaction() as session:
        for _ in range(60):
            cases.record(session, lamp.case_id, NewEntry("task.returned", by_id, "investigate", facts, "还没办完"))
    assert [statements(lamp, path) for path in paths] == few
