"""The place: from lists or a poster's code; and options for those who would rather not type."""

from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from engine import files
from engine.casework import attendance
from engine.complaints.core.complaint import Complaint
from engine.complaints.homes import locations
from engine.complaints.homes.buildings import Building
from engine.complaints.homes.households import Household
from engine.complaints.homes.locations import Spot
from engine.complaints.limits import pauses
from engine.core import clock
from engine.core.settings import Settings
from engine.core.store import Store
from engine.files import File
from engine.files.limits import Limit
from tests.engine.files.test_videos import film
from tests.stories import acts
from tests.stories.hands import Hands
from tests.web.residents.seen import PHONE, photo, read, send, sent, words

pytestmark = pytest.mark.slow

FORM = "/complain?community=YGL&kind=repair&area=10"


@pytest.fixture
def homes(store: Store, hands: Hands) -> None:
    """Two buildings with entrances, one of them known only from its households."""
    community = hands.company.community.id
    with store.transaction() as session:
        session.add(Building(community_id=community, name="3", units=2, lifts=1))
        session.add(Building(community_id=community, name="东门", kind="public", units=1))
        for room in ("501", "502"):
            home = Household(community_id=community, building="12", unit="1", room=room, label=f"12栋1单元{room}")
            session.add(home)


def test_the_lists_offer_what_the_community_has(client: FlaskClient, homes: None) -> None:
    page = read(client.get(FORM))
    assert [each.get_text() for each in page.select("#f-at_building option")][1:] == ["3栋", "12栋", "东门"]
    assert [each.get_text() for each in page.select("#f-at_unit option")][1:] == ["1单元", "2单元"]


def test_a_home_that_was_chosen_is_known_to_the_desk_and_to_nobody_else(
    client: FlaskClient, store: Store, homes: None
) -> None:
    known = send(client, place_text="厨房", at_building="12", at_unit="1", at_room="0501室")
    unknown = send(client, text="没有这一户", place_text=None, at_building="12", at_unit="1", at_room="999")
    first, second = sent(store)
    assert (first.place_text, first.household_id is not None) == ("12栋1单元0501室 厨房", True)
    assert (second.place_text, second.household_id) == ("12栋1单元999", None)
    assert known.status_code == unknown.status_code == 303


def test_either_a_building_or_words_for_the_place(client: FlaskClient, store: Store, homes: None) -> None:
    answer = send(client, place_text=None)
    assert answer.status_code == 422
    assert "请选楼栋" in words(answer)
    assert sent(store) == []


@pytest.mark.parametrize(
    ("code", "chosen", "place"),
    [
        ("YGL/3/2/lift", ["3", "2"], "电梯"),
        ("ygl/东门", ["东门"], ""),
        ("YGL/99/1/lift", [], "电梯"),
        ("YGL///hall", [], "大堂"),
    ],
)
def test_the_code_on_a_poster_tells_where_it_is(
    client: FlaskClient, homes: None, code: str, chosen: list[str], place: str
) -> None:
    page = read(client.get("/complain", query_string={"at": code, "kind": "repair", "area": "10"}))
    assert [each["value"] for each in page.select("[id^=f-at_] option[selected]")] == chosen
    assert page.find(id="f-place_text")["value"] == place


def test_the_code_leads_past_the_question_for_the_community(client: FlaskClient, homes: None) -> None:
    page = read(client.get("/complain?at=YGL/3/2/lift"))
    assert "要做什么" in page.h1.get_text()
    assert "at=YGL" in page.select_one("a.tile")["href"]
    assert "哪个小区" in read(client.get("/complain?at=NOWHERE/1")).h1.get_text()


def test_places_are_said_as_people_say_them() -> None:
    assert Spot("YGL", "3", "2", "lift").said() == "3栋2单元电梯"
    assert Spot("YGL", "东门").said() == "东门"
    assert Spot("YGL", "A", "1").said("en") == "Building A, unit 1"
    assert locations.read(Spot("YGL", "", "", "desk").code) == Spot("YGL", "", "", "desk")
    assert locations.read("YGL/" + "x" * 30) is None


# ---- rather not type


def test_asking_to_be_called_is_work_for_the_desk(client: FlaskClient, store: Store, hands: Hands) -> None:
    page = client.post("/complain/call-me", data={"community": "YGL", "phone": "138", "sent_as": "w"})
    assert page.status_code == 422
    assert "完整的电话" in words(page)
    given = {"community": "YGL", "phone": PHONE, "sent_as": "w"}
    answer = client.post("/complain/call-me", data=given)
    assert client.post("/complain/call-me", data=given).headers["Location"] == answer.headers["Location"]
    (complaint,) = sent(store)
    assert (complaint.kind, complaint.phone, complaint.category) == ("enquiry", PHONE, "9901")
    hands.number, hands.case_id = complaint.number, complaint.case_id or 0
    assert hands.inbox("agent") == ["acknowledge"]


def test_the_large_version_is_kept_and_asks_only_what_is_needed(client: FlaskClient) -> None:
    usual = {each["data-key"] for each in read(client.get(FORM)).select(".fields .field")}
    back = client.post("/large", data={"large": "1", "back": FORM})
    assert (back.status_code, back.headers["Location"]) == (303, FORM)
    page = read(client.get(FORM))
    asked = {each["data-key"] for each in page.select(".fields .field")}
    assert "large" in page.body["class"]
    assert usual - asked == {"happened_at", "wish", "person_name"}
    assert page.select_one("form[data-one-by-one]")
    assert "打电话给物业" in words(client.get("/"))
    client.post("/large", data={"large": ""})
    assert "large" not in read(client.get("/")).body["class"]
    assert client.post("/large", data={"back": "//evil.test"}).headers["Location"] == "/"


# ---- files one by one


def bring(client: FlaskClient, content: BytesIO, name: str) -> int:
    answer = client.post("/complain/files", data={"file": (content, name)})
    assert answer.status_code == 201
    return int(answer.get_json()["id"])


def test_files_sent_one_by_one_belong_to_the_browser_that_sent_them(app: Flask, store: Store) -> None:
    mine, other = app.test_client(), app.test_client()
    ids = [bring(mine, photo(), "灯.jpg"), bring(mine, BytesIO(film()), "灯.mov")]
    place = send(other, **{"evidence.kept": [str(each) for each in ids]}).headers["Location"]
    assert not read(other.get(place.removesuffix("/receipt"))).select(".own-files li")
    place = send(mine, text="灯坏了两盏", **{"evidence.kept": [str(each) for each in ids]}).headers["Location"]
    page = read(mine.get(place.removesuffix("/receipt")))
    assert page.select_one(".own-files img")["alt"] == "灯.jpg"
    video = page.select_one(".own-files video")["src"]
    with mine.get(video, headers={"Range": "bytes=4-7"}) as part:
        assert (part.status_code, part.data, part.mimetype) == (206, b"ftyp", "video/mp4")
        assert part.headers["X-Content-Type-Options"] == "nosniff"


def test_files_sent_at_the_same_moment_all_belong_to_the_form(client: FlaskClient) -> None:
    client.get(FORM)
    before = client.get_cookie(client.application.config["SESSION_COOKIE_NAME"])
    assert before is not None
    ids = []
    for name in ("门.jpg", "灯.jpg"):  # neither knows the answer to the other
        client.set_cookie(before.key, before.value)
        ids.append(str(bring(client, photo(), name)))
    again = read(send(client, phone="137", **{"evidence.kept": ids}))
    kept = again.select(".brought li img")
    assert [each["alt"] for each in kept] == ["门.jpg", "灯.jpg"]
    with client.get(str(kept[0]["src"])) as shown:
        assert shown.mimetype == "image/jpeg"
    assert client.application.test_client().get(str(kept[0]["src"])).status_code == 404


def test_a_file_that_is_not_taken_says_why(client: FlaskClient) -> None:
    answer = client.post("/complain/files", data={"file": (BytesIO(film(seconds=90)), "长.mp4")})
    assert answer.status_code == 422
    assert "最多 60 秒" in answer.get_json()["error"]
    assert client.post("/complain/files").status_code == 422


def noise(side: int = 700) -> BytesIO:
    """About a third of a megabyte, as stored."""
    drawn = BytesIO()
    Image.effect_noise((side, side), 80).convert("RGB").save(drawn, "JPEG", quality=95)
    return BytesIO(drawn.getvalue())


def waiting(store: Store) -> list[str]:
    with store.reading() as session:
        return list(session.scalars(select(File.original_name).where(File.brought_as.is_not(None)).order_by(File.id)))


@pytest.mark.fault(9)
def test_who_uploads_too_much_loses_their_own_oldest_files(app: Flask, store: Store, settings: Settings) -> None:
    with store.transaction() as session:
        files.limits.change(session, "waiting", Limit(1))
    resident, stranger = app.test_client(), app.test_client()
    stranger.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    kept = bring(resident, noise(), "灯.jpg")
    for number in range(6):
        bring(stranger, noise(), f"{number}.jpg")
    left = waiting(store)
    assert left[0] == "灯.jpg", "others at other addresses keep theirs"
    assert left[-1] == "5.jpg", "the newest is taken"
    assert 2 <= len(left) <= 5, "together they are below a megabyte"
    assert len(list(settings.files.glob("*/*"))) == len(left)
    lost = send(stranger, text="单元门坏了", sent_as="another-random-word", **{"evidence.kept": "2"})
    assert "有 1 个文件没有保存下来" in stranger.get(lost.headers["Location"]).text
    stranger.environ_base["REMOTE_ADDR"] = "192.0.2.8"
    bring(stranger, noise(), "elsewhere.jpg")
    assert waiting(store) == [*left, "elsewhere.jpg"]
    place = send(resident, **{"evidence.kept": str(kept)}).headers["Location"]
    assert read(resident.get(place.removesuffix("/receipt"))).select_one(".own-files img")["alt"] == "灯.jpg"


@pytest.mark.fault(9)
def test_a_visitor_with_many_addresses_is_one(app: Flask, store: Store) -> None:
    with store.transaction() as session:
        files.limits.change(session, "waiting", Limit(1))
    stranger = app.test_client()
    for number in range(6):
        stranger.environ_base["REMOTE_ADDR"] = f"2001:db8:1:2::{number}"
        bring(stranger, noise(), f"{number}.jpg")
    assert 1 <= len(waiting(store)) <= 4


@pytest.mark.fault(9)
def test_when_all_is_full_the_address_that_holds_most_makes_room(
    app: Flask, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files.limits, "MOST_WAITING", 1)
    resident, stranger = app.test_client(), app.test_client()
    stranger.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    for number in range(5):
        bring(stranger, noise(), f"{number}.jpg")
    bring(resident, noise(), "灯.jpg")
    bring(resident, photo(), "门.jpg")
    left = waiting(store)
    assert left[-2:] == ["灯.jpg", "门.jpg"]
    assert "0.jpg" not in left


def test_what_was_sent_before_can_be_added_later_too(client: FlaskClient, hands: Hands, store: Store) -> None:
    hands.complain()
    kept = bring(client, photo(), "夜里.jpg")
    client.post(f"/c/{hands.secret}/words", data={"words": "又拍了一张", "photos.kept": str(kept)})
    with store.reading() as session:
        assert [each.original_name for each in files.of_complaint(session, hands.complaint_id)] == ["夜里.jpg"]


# ---- the current situation


def test_who_is_on_the_way_why_it_rests_and_what_comes_next(client: FlaskClient, hands: Hands, store: Store) -> None:
    acts.acknowledged(hands)
    assert "交给负责的部门" in words(client.get(f"/c/{hands.secret}"))
    acts.judged(hands)
    acts.in_contact(hands)
    with store.transaction() as session:
        task = session.merge(hands.now().open["investigate"])
        attendance.note(session, task, "on_way", session.merge(hands.person("engineer")))
    page = client.get(f"/c/{hands.secret}")
    assert "工程的同事正在路上" in words(page)
    assert "先生" not in words(page)
    assert read(page).select_one("#standing[hx-get]")
    clock.turn(timedelta(hours=13))
    assert "正在路上" not in words(client.get(f"/c/{hands.secret}"))
    with store.transaction() as session:
        complaint = session.get_one(Complaint, hands.complaint_id)
        by = session.merge(hands.person("manager"))
        pauses.begin(session, complaint, "third_party", timedelta(days=2), by=by, note="等厂家发货，内部")
    page = client.get(f"/c/{hands.secret}")
    assert "暂停中：等待第三方" in words(page)
    assert "等厂家发货" not in words(page)
