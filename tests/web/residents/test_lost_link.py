"""Finding a complaint by number and phone; and rules for every residents' page."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.company.people import Person
from engine.complaints.core.complaint import Complaint
from engine.complaints.resident import resident_acts
from engine.core import clock
from engine.core.settings import Settings
from engine.core.store import Store
from engine.letters import Letter
from tests.stories import acts
from tests.stories.hands import Hands
from tests.web.residents.seen import CHINESE, PHONE, read, send, sent, words
from web.shell.current import Shared


@pytest.mark.fault(5)
def test_number_and_phone_show_the_state_and_nothing_else(client: FlaskClient, store: Store) -> None:
    place = send(client).headers["Location"].removesuffix("/receipt")
    number = sent(store)[0].number
    for typed in (f" {number.lower()} ", number.replace("-", ""), number.replace("-", "　").replace("0", "０")):
        answer = client.post("/lost-link", data={"number": typed, "phone": "+86 138-1234-5678"})
        assert answer.status_code == 200
        assert "现在： 已收到，等客服确认" in words(answer)
        assert place not in answer.text
        assert "三楼的灯不亮了" not in answer.text


def test_half_a_link_leads_to_number_and_phone(client: FlaskClient) -> None:
    answer = client.get("/c/half")
    assert answer.status_code == 404
    assert "/lost-link" in [each["href"] for each in read(answer).select("main a")]


@pytest.mark.fault(5)
def test_a_number_in_the_place_of_the_link_is_answered_like_any_other_word(client: FlaskClient, store: Store) -> None:
    send(client)
    number = sent(store)[0].number
    answers = {client.get(f"/c/{word}").text.replace(word, "") for word in (number, number.lower(), "YGL-260302-9999")}
    assert len(answers) == 1
    assert {client.get(f"/c/{word}").status_code for word in (number, "YGL-260302-9999")} == {404}


@pytest.mark.fault(5)
def test_a_link_that_was_mailed_a_wrong_phone_and_an_unknown_number_are_answered_alike(
    app: Flask, client: FlaskClient, store: Store
) -> None:
    send(client)
    send(client, text="没留电话的一件", phone=None, no_phone="1")
    known, anonymous = (each.number for each in sent(store))
    with store.transaction() as session:
        session.scalars(select(Complaint)).first().mail = "fang@example.test"
    post = replace(current_settings(app), smtp_url="smtp://localhost", public_url="https://care.test")
    app.extensions["bihuan"] = Shared(post, store)
    answers = []
    tries = ((known, PHONE), (known, "13900000000"), ("YGL-260302-9999", PHONE), (anonymous, ""), ("", ""))
    for number, phone in tries:
        answer = client.post("/lost-link", data={"number": number, "phone": phone})
        answers.append((answer.status_code, words(answer)))
    assert set(answers) == {answers[0]}
    with store.reading() as session:
        assert session.scalars(select(Letter.template).where(Letter.template == "own_link")).all() == ["own_link"]


def current_settings(app: Flask) -> Settings:
    return app.extensions["bihuan"].settings


@pytest.mark.fault(5)
def test_wrong_tries_of_others_lock_nobody_out(client: FlaskClient, store: Store) -> None:
    send(client)
    number = sent(store)[0].number
    for guess in range(10):
        client.post("/lost-link", data={"number": number, "phone": f"1390000000{guess}"})
    assert "现在：" not in words(client.post("/lost-link", data={"number": number, "phone": PHONE}))
    mine = {"REMOTE_ADDR": "10.9.8.7"}
    assert "现在：" in words(client.post("/lost-link", data={"number": number, "phone": PHONE}, environ_overrides=mine))
    clock.turn(resident_acts.WINDOW)
    assert "现在：" in words(client.post("/lost-link", data={"number": number, "phone": PHONE}))


@pytest.mark.fault(5)
def test_a_resident_replaces_a_link_that_somebody_saw(hands: Hands, client: FlaskClient) -> None:
    hands.complain()
    assert client.get(f"/c/{hands.secret}/link").status_code == 200
    fresh = client.post(f"/c/{hands.secret}/link", data={"act": "renew"}).headers["Location"]
    assert client.get(f"/c/{hands.secret}").status_code == 404
    assert client.get(fresh).status_code == 200
    client.post(fresh.replace("/receipt", "/link"), data={"act": "withdraw"})
    assert client.get(fresh).status_code == 404


@pytest.mark.fault(6)
def test_staff_who_open_a_residents_page_see_so_and_cannot_act(
    hands: Hands, client: FlaskClient, browser: Callable[[Person], FlaskClient]
) -> None:
    acts.handled(hands)
    staff, mine = browser(hands.person("agent")), f"/c/{hands.secret}"
    assert "您已登录为员工" in words(staff.get(mine))
    assert "您已登录为员工" not in words(client.get(mine))
    said = {"outcome": "solved", "score": "5"}
    for path, typed in (("callback", said), ("withdrawal", {}), ("words", {"words": "再加一句"}), ("link", {})):
        answer = staff.post(f"{mine}/{path}", data=typed)
        assert answer.status_code == 409, path
        assert "不能代业主操作" in answer.text
    assert client.post(f"{mine}/callback", data=said).status_code == 303


def test_in_english_nothing_chinese_is_left(hands: Hands, client: FlaskClient) -> None:
    acts.handled(hands)
    pages = ["/", "/complain", "/complain?community=YGL", "/complain?community=YGL&kind=repair", "/lost-link"]
    pages += ["/complain?community=YGL&kind=complaint&area=10"]
    pages += [f"/c/{hands.secret}{path}" for path in ("", "/receipt", "/callback", "/withdrawal", "/words")]
    own = {"楼道灯坏了三天", "晚上看不清", "更换灯具", "已修好"}
    for path in pages:
        page = client.get(path, query_string=None, headers={"Accept-Language": "en"})
        assert set(CHINESE.findall(words(page))) <= own, path


def test_no_page_carries_styles_or_scripts_of_its_own_and_every_field_has_a_label(
    hands: Hands, client: FlaskClient
) -> None:
    acts.handled(hands)
    pages = ["/", "/complain?community=YGL&kind=complaint&area=10", "/lost-link"]
    pages += [f"/c/{hands.secret}{path}" for path in ("", "/receipt", "/callback", "/withdrawal", "/words")]
    for path in pages:
        page = read(client.get(path))
        assert not page.find_all("style")
        assert not page.find_all(style=True)
        assert all(each.get("src") for each in page.find_all("script"))
        named = {each["for"] for each in page.find_all("label", attrs={"for": True})}
        for each in page.find("main").select("input:not([type=hidden]), textarea, select"):
            assert each.get("id") in named or each.find_parent("label"), (path, each)
        assert len({each["id"] for each in page.find_all(id=True)}) == len(page.find_all(id=True)), path
