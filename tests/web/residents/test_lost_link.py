"""Finding a complaint by number and phone; and rules for every residents' page."""

from flask.testing import FlaskClient

from engine.complaints.resident import resident_acts
from engine.core import clock
from engine.core.store import Store
from tests.stories import acts
from tests.stories.hands import Hands
from tests.web.residents.seen import CHINESE, PHONE, read, send, sent, words


def test_number_and_phone_lead_back(client: FlaskClient, store: Store) -> None:
    place = send(client).headers["Location"].removesuffix("/receipt")
    number = sent(store)[0].number
    for typed in (f" {number.lower()} ", number.replace("-", ""), number.replace("-", "　").replace("0", "０")):
        answer = client.post("/lost-link", data={"number": typed, "phone": "+86 138-1234-5678"})
        assert (answer.status_code, answer.headers["Location"]) == (303, place)


def test_half_a_link_leads_to_number_and_phone(client: FlaskClient) -> None:
    answer = client.get("/c/half")
    assert answer.status_code == 404
    assert "/lost-link" in [each["href"] for each in read(answer).select("main a")]


def test_which_of_the_two_is_wrong_is_never_said(client: FlaskClient, store: Store) -> None:
    send(client)
    send(client, text="没留电话的一件", phone=None, no_phone="1")
    known, anonymous = (each.number for each in sent(store))
    answers = []
    for number, phone in ((known, "13900000000"), ("YGL-260302-9999", PHONE), (anonymous, ""), ("", "")):
        answer = client.post("/lost-link", data={"number": number, "phone": phone})
        answers.append((answer.status_code, read(answer).find(role="alert").get_text(strip=True)))
    assert set(answers) == {answers[0]}
    assert answers[0][0] == 422


def test_guessing_phones_has_to_wait_though_the_next_guess_were_right(client: FlaskClient, store: Store) -> None:
    send(client)
    number = sent(store)[0].number
    for guess in range(5):
        wrong = client.post("/lost-link", data={"number": number, "phone": f"1390000000{guess}"})
    answer = client.post("/lost-link", data={"number": number, "phone": PHONE})
    assert answer.status_code == wrong.status_code == 422
    assert read(answer).find(role="alert").get_text() == read(wrong).find(role="alert").get_text()
    assert read(answer).find(id="number")["value"] == number
    clock.turn(resident_acts.WINDOW)
    assert client.post("/lost-link", data={"number": number, "phone": PHONE}).status_code == 303


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
