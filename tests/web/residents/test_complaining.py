"""Residents complain without a log-in, one question at a time."""

import json
import re
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from engine import files
from engine.complaints.resident import resident_acts
from engine.core import clock
from engine.core.settings import Settings
from engine.core.store import Store
from engine.operations.schedule import prune
from engine.processes import publishing, versions
from tests.web.residents.seen import PHONE, photo, read, send, sent, typed, words
from web import create_app

pytestmark = pytest.mark.slow


def test_the_start_shows_what_to_do_and_whom_to_call(client: FlaskClient) -> None:
    page = read(client.get("/"))
    ways = {each["href"] for each in page.find_all("a")}
    assert {"/complain", "/lost-link", "/login", "tel:400-800-1234", "tel:119"} <= ways


def test_one_question_at_a_time_leads_to_the_form(client: FlaskClient) -> None:
    path = "/complain"
    for question, answer in (("哪个小区", "阳光里"), ("要做什么", "报修"), ("和什么有关", "工程维修")):
        page = read(client.get(path))
        assert question in page.h1.get_text()
        assert page.select_one(".danger-box a[href='tel:400-800-1234']")
        path = next(each["href"] for each in page.select("a.tile") if answer in each.get_text())
    form = read(client.get(path)).find("form", action="/complain")
    named = {each["name"] for each in form.find_all(attrs={"name": True})}
    assert {"category", "text", "place_text", "phone", "no_phone", "evidence", "csrf_token"} <= named


def test_what_is_not_sorted_yet_is_no_answer_and_other_comes_last(client: FlaskClient) -> None:
    areas = read(client.get("/complain?community=YGL&kind=repair")).select("main .tile strong")
    assert areas[-1].get_text() == "其他"
    form = read(client.get("/complain?community=YGL&kind=repair&area=99"))
    assert "未分类" not in form.get_text()
    assert send(client, area="99", category=None).status_code == 303


def test_a_community_is_found_by_a_part_of_its_name(client: FlaskClient) -> None:
    assert "湖滨苑" not in words(client.get("/complain?q=阳光"))
    assert "没有找到" in words(client.get("/complain?q=月亮"))


def test_nonsense_in_the_address_asks_again(client: FlaskClient) -> None:
    for path in ("/complain?community=nowhere&kind=x&area=99", "/complain?community=YGL&kind=%27&area=1"):
        assert client.get(path).status_code == 200
    assert send(client, community="nowhere").status_code == 303
    assert send(client, area="1004").status_code == 303


def test_what_was_sent_is_there_and_the_receipt_says_what_comes_next(client: FlaskClient, store: Store) -> None:
    answer = send(client, wish="今天修好", person_name="王女士", evidence=(photo(), "灯.jpg"))
    assert answer.status_code == 303
    (complaint,) = sent(store)
    assert (complaint.text, complaint.category, complaint.kind) == ("三楼的灯不亮了", "1004", "repair")
    assert (complaint.place_text, complaint.wish, complaint.person_name) == ("3栋2单元", "今天修好", "王女士")
    assert (complaint.phone, complaint.anonymous, complaint.channel, complaint.language) == (PHONE, False, "web", "zh")
    receipt = client.get(answer.headers["Location"])
    page = read(receipt)
    link = page.find(id="link")["value"]
    assert complaint.number in page.get_text()
    assert "受理 最晚 今天 09:15" in re.sub(r"\s+", " ", page.get_text())
    assert page.select_one("img.code")["src"].startswith("data:image/svg+xml")
    shown = client.get(link.removeprefix("http://localhost"))
    assert "三楼的灯不亮了" in words(shown)
    assert "138****5678" in words(shown)
    assert PHONE not in shown.get_data(as_text=True)
    image = client.get(read(shown).select_one(".own-files img")["src"])
    assert image.mimetype == "image/jpeg"
    assert image.headers["Content-Disposition"].startswith("attachment")
    image.close()


def test_a_link_is_kept_by_no_cache_and_no_search_engine(client: FlaskClient) -> None:
    headers = client.get(send(client).headers["Location"]).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"text": ""}, "text", "请填写"),
        ({"text": "灯"}, "text", "至少写"),
        ({"place_text": " "}, "place_text", "请填写"),
        ({"phone": None}, "phone", "我不留电话"),
        ({"phone": "12"}, "phone", "电话号码不对"),
        ({"no_phone": "1"}, "phone", "二选一"),
        ({"category": None}, "category", "请选择"),
        ({"category": "2002"}, "category", "重新选择"),
        ({"happened_at": "2026-03-02T23:00"}, "happened_at", "不能晚于现在"),
        ({"happened_at": "yesterday"}, "happened_at", "请填日期"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_what_was_typed_stays(
    client: FlaskClient, store: Store, wrong: dict[str, object], field: str, said: str
) -> None:
    answer = send(client, **{"wish": "今天修好", **wrong})
    page = read(answer)
    assert answer.status_code == 422
    assert said in page.find(id=f"f-{field}-error").get_text()
    assert page.select_one(f".notice-error a[href='#f-{field}']")
    assert page.find(id="f-wish").get_text(strip=True) == "今天修好"
    assert page.find("input", attrs={"name": "sent_as"})["value"] == "a-random-word"
    assert sent(store) == []


@pytest.mark.parametrize("content", [b"", b"#!/bin/sh", b"\xff\xd8\xff not really a photo"])
def test_a_file_that_is_none_is_refused_and_nothing_is_written(
    client: FlaskClient, store: Store, settings: Settings, content: bytes
) -> None:
    answer = send(client, evidence=(BytesIO(content), "照片.jpg"))
    assert answer.status_code == 422
    assert "照片.jpg" in read(answer).find(id="f-evidence-error").get_text()
    assert sent(store) == []


def test_every_file_that_is_not_taken_is_named(client: FlaskClient) -> None:
    bad = [(BytesIO(b"words"), "甲.txt"), (BytesIO(b"more words"), "乙.txt"), (photo(), "灯.jpg")]
    said = words(send(client, evidence=bad))
    assert "甲.txt" in said
    assert "乙.txt" in said


def test_photos_need_not_be_taken_again_when_something_else_was_wrong(
    client: FlaskClient, store: Store, app: Flask
) -> None:
    first = send(client, text="", evidence=(photo(), "a.jpg"))
    kept = read(first).find("input", attrs={"name": "evidence.kept"})["value"]
    assert read(first).select_one(".brought img")["alt"] == "a.jpg"
    send(app.test_client(), text="别人的一件", **{"evidence.kept": kept})
    send(client, evidence=(photo("blue"), "b.jpg"), **{"evidence.kept": kept})
    others, mine = sent(store)
    with store.reading() as session:
        assert files.of_complaint(session, others.id) == []
        assert [each.original_name for each in files.of_complaint(session, mine.id)] == ["a.jpg", "b.jpg"]


def test_a_bad_file_does_not_cost_the_good_ones(client: FlaskClient) -> None:
    both = [(photo(), "gut.jpg"), (BytesIO(b"no photo"), "bad.jpg")]
    page = read(send(client, evidence=both))
    assert "bad.jpg" in page.find(id="f-evidence-error").get_text()
    assert len(page.find_all("input", attrs={"name": "evidence.kept"})) == 1


def test_photos_of_forms_that_were_never_sent_are_thrown_away(
    client: FlaskClient, store: Store, settings: Settings
) -> None:
    send(client, evidence=(photo(), "a.jpg"))
    send(client, text="", evidence=(photo("blue"), "b.jpg"))
    clock.turn(timedelta(hours=25))
    prune(store, settings)
    with store.reading() as session:
        assert [each.original_name for each in session.scalars(select(files.File))] == ["a.jpg"]
    assert len(list(settings.files.glob("*/*"))) == 1


def test_without_a_phone_one_is_told_to_keep_the_link(client: FlaskClient, store: Store) -> None:
    receipt = client.get(send(client, phone=None, no_phone="1").headers["Location"])
    assert sent(store)[0].anonymous
    assert "没有留电话" in words(receipt)


def test_danger_shows_the_phone_again_after_sending(client: FlaskClient, store: Store) -> None:
    receipt = read(client.get(send(client, danger="yes").headers["Location"]))
    assert sent(store)[0].danger
    assert receipt.select_one(".danger-box a[href='tel:400-800-1234']")


@pytest.mark.fault(2)
def test_the_question_about_danger_stands_beside_the_text_and_need_not_be_answered(
    client: FlaskClient, store: Store
) -> None:
    page = read(client.get("/complain?community=YGL&kind=repair&area=10"))
    keys = [each["data-key"] for each in page.select(".fields > .field")]
    assert keys[keys.index("text") + 1] == "danger"
    assert [each["value"] for each in page.select("[name=danger]")] == ["yes", "no", "unsure"]
    assert not page.select("[name=danger][checked]")
    send(client, text="电梯关人了，快来", danger=None)
    assert sent(store)[-1].danger, "not answered: the words decide"
    send(client, text="灯坏了，晚上看不清", danger="unsure")
    assert (sent(store)[-1].danger, sent(store)[-1].asks_danger) == (False, True)
    send(client, text="电梯又关人了，快来", danger="no")
    assert (sent(store)[-1].danger, sent(store)[-1].asks_danger) == (False, True)


@pytest.mark.fault(2)
def test_danger_is_preset_while_a_resident_writes_and_they_are_told_to_telephone(client: FlaskClient) -> None:
    chosen = {"community": "YGL", "kind": "repair", "area": "10"}
    page = read(client.post("/complain/danger", data={**chosen, "text": "电梯关人了"}))
    assert [each["value"] for each in page.select("[name=danger][checked]")] == ["yes"]
    assert page.select_one("a[href='tel:119']")
    page = read(client.post("/complain/danger", data={**chosen, "text": "电梯关人了", "danger": "no"}))
    assert [each["value"] for each in page.select("[name=danger][checked]")] == ["no"]
    assert not read(client.post("/complain/danger", data={**chosen, "text": "灯坏了"})).select("[name=danger][checked]")
    assert client.post("/complain/danger", data={"text": "电梯关人了"}).status_code == 404


def test_sending_twice_is_sending_once_but_other_words_are_another_complaint(client: FlaskClient, store: Store) -> None:
    places = [send(client, evidence=(photo(), "a.jpg")).headers["Location"] for _ in range(2)]
    assert places[0] == places[1]
    assert len(sent(store)) == 1
    with store.reading() as session:
        assert len(files.of_complaint(session, sent(store)[0].id)) == 1
    send(client, text="四楼的灯也不亮了")
    assert len(sent(store)) == 2
    send(client, phone="13812345679")  # back to the page, to correct the phone
    assert [each.phone for each in sent(store)] == [PHONE, PHONE, "13812345679"]


def test_the_eleventh_from_one_phone_has_to_wait(client: FlaskClient, store: Store) -> None:
    answers = [send(client, text=f"第 {number} 盏灯不亮") for number in range(11)]
    assert [each.status_code for each in answers] == [303] * 10 + [429]
    assert "分钟后再试" in words(answers[-1])
    assert "第 10 盏灯不亮" in words(answers[-1])
    assert send(client, text="别人家的灯不亮", phone="13900000000").status_code == 303
    clock.turn(resident_acts.WINDOW)
    assert send(client, text="第 11 盏灯不亮").status_code == 303


@pytest.mark.fault(3)
@pytest.mark.parametrize("said", [{"danger": "yes"}, {"text": "着火了，老人被困"}], ids=["answer", "words"])
def test_trifles_in_somebodys_name_do_not_silence_their_emergency(
    client: FlaskClient, store: Store, said: dict[str, str]
) -> None:
    for number in range(10):
        send(client, text=f"第 {number} 盏灯不亮")
    refused = send(client, text="第 10 盏灯不亮")
    assert refused.status_code == 429
    assert "急事请打 400-800-1234" in words(refused)
    asked = client.post("/complain/call-me", data={"community": "YGL", "phone": PHONE, "sent_as": "another"})
    assert asked.status_code == 429
    assert "急事请打 400-800-1234" in words(asked)
    assert send(client, **said).status_code == 303
    assert sent(store)[-1].danger


def test_a_company_may_ask_more_but_never_for_one_of_its_people(client: FlaskClient, store: Store) -> None:
    shipped = publishing.read_folder(publishing.SHIPPED)["complaint"]
    form = json.loads(shipped["forms/complaint/complain.json"])
    form["components"] += [
        {"type": "text", "key": "plate", "label": {"zh": "车牌号", "en": "Number plate"}},
        {"type": "select", "key": "whom", "label": {"zh": "谁", "en": "Whom"}, "valuesFrom": "people"},
    ]
    with store.transaction() as session:
        changed = {**shipped, "forms/complaint/complain.json": json.dumps(form).encode()}
        versions.store(session, "complaint", changed)
    page = client.get("/complain?community=YGL&kind=repair&area=10")
    assert read(page).find(id="f-plate")
    assert "先生" not in words(page)
    send(client, plate="京A12345", whom="agent")
    assert sent(store)[0].text == "三楼的灯不亮了\n车牌号：京A12345"


def test_a_form_from_elsewhere_is_refused(settings: Settings, store: Store) -> None:
    made = create_app(settings, store)
    client = made.test_client()
    assert client.post("/complain", data=typed()).status_code == 400
    page = read(client.get("/complain?community=YGL&kind=repair&area=10"))
    token = page.find("form", action="/complain").find(attrs={"name": "csrf_token"})["value"]
    assert client.post("/complain", data=typed(csrf_token=token)).status_code == 303


def test_going_back_to_a_fresh_page_and_sending_the_same_leads_to_what_is_there(
    client: FlaskClient, store: Store, app: Flask
) -> None:
    send(client, evidence=(photo(), "a.jpg"))
    again = send(client, sent_as="another-page", evidence=(photo("blue"), "b.jpg"))
    (there,) = sent(store)
    assert "已经收到，没有重复登记" in words(again)
    assert there.number in words(again)
    assert client.get(read(again).select_one("a.main-way")["href"]).status_code == 200

    form = {each["name"]: each["value"] for each in read(again).select("main form input")}
    assert client.post("/complain", data=form).status_code == 303
    assert client.post("/complain", data=form).status_code == 303
    first, second = sent(store)
    assert (second.text, second.place_text, second.phone) == (first.text, first.place_text, first.phone)
    with store.reading() as session:
        assert [each.original_name for each in files.of_complaint(session, second.id)] == ["b.jpg"]

    assert send(app.test_client(), sent_as="another-browser").status_code == 303
    assert send(client, sent_as="a-third-page", text="四楼的灯也不亮了").status_code == 303
    clock.turn(timedelta(minutes=31))
    assert send(client, sent_as="much-later").status_code == 303
    assert len(sent(store)) == 5


def test_asking_twice_to_be_called_is_asking_once(client: FlaskClient, store: Store) -> None:
    given = {"community": "YGL", "phone": PHONE}
    places = [client.post("/complain/call-me", data={**given, "sent_as": page}).location for page in ("one", "two")]
    assert places[0] == places[1]
    assert len(sent(store)) == 1


@pytest.mark.fault(26)
def test_three_characters_and_a_category_are_enough(client: FlaskClient, store: Store) -> None:
    assert send(client, text="没水了").status_code == 303
    assert sent(store)[-1].text == "没水了"


@pytest.mark.fault(26)
@pytest.mark.parametrize("phone", ["+49 30 901820", "+852 2123 4567", "87654321", "（０５７１）８７６５４３２１"])
def test_foreign_and_eight_digit_numbers_are_taken(client: FlaskClient, store: Store, phone: str) -> None:
    assert send(client, phone=phone).status_code == 303
    asked = client.post("/complain/call-me", data={"community": "YGL", "phone": phone, "sent_as": "w"})
    assert asked.status_code == 303
    assert len({each.phone for each in sent(store)[-2:]}) == 1


@pytest.mark.fault(24)
def test_a_name_over_the_limit_is_said_on_the_page_for_a_call(client: FlaskClient) -> None:
    name = "欧" * 61
    given = {"community": "YGL", "phone": "13812345678", "person_name": name, "sent_as": "w"}
    refused = client.post("/complain/call-me", data=given)
    assert refused.status_code == 422
    assert name in refused.text
    assert "最多 60 个字" in refused.text
