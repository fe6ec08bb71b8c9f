"""Administration pages: changes take effect at once, are recorded, and cannot lock anybody out."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import event, select

from engine import complaints, letters
from engine.administration import dangers
from engine.company import calendars, people, permissions, roles
from engine.company.people import Person
from engine.company.permissions import Permission
from engine.company.places import Place
from engine.complaints.core.categories import Category
from engine.complaints.homes.buildings import Building
from engine.complaints.homes.households import Household
from engine.complaints.intake import danger
from engine.complaints.intake.danger_patterns import DangerPattern, shipped
from engine.complaints.limits import pauses, thresholds
from engine.complaints.lists import sizes
from engine.complaints.resident import callback_questions
from engine.core.settings import Settings
from engine.core.store import Store
from engine.letters import texts
from tests.web.conftest import Company
from tests.web.logged_in import log_in
from web import create_app

pytestmark = pytest.mark.slow

Browser = Callable[[Person | None], FlaskClient]


@pytest.fixture
def admin(browser: Browser, company: Company, store: Store) -> FlaskClient:
    with store.transaction() as session:
        complaints.seed(session)
        calendars.seed(session)
        letters.seed(session)
    return browser(company.people["administrator"])


def words(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(BeautifulSoup(answer.data, "html.parser").get_text(" ").split())


def send(client: FlaskClient, path: str, status: int = 303, **typed: object) -> str:
    answer = client.post(path, data=typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == status, page
    return page


# ---- the hub ---------------------------------------------------------------------------------------------------------


def test_the_hub_leads_to_every_page_of_administration(admin: FlaskClient) -> None:
    page = BeautifulSoup(admin.get("/settings").data, "html.parser")
    links = [each["href"] for each in page.select(".hub a")]
    assert {"/permissions", "/roles", "/categories", "/tables", "/record", "/households"} <= set(links)
    assert all(admin.get(each).status_code == 200 for each in links)
    assert words(admin, "/settings?q=节假日").count("工作日历") == 1
    assert "没有找到这样的设置" in words(admin, "/settings?q=火箭")


def test_only_who_may_change_something_finds_the_hub(browser: Browser, company: Company) -> None:
    agent, manager = (browser(company.people[each]) for each in ("agent", "project_manager"))
    assert agent.get("/settings").status_code == 403
    assert "/settings" not in agent.get("/account").get_data(as_text=True)
    links = [each["href"] for each in BeautifulSoup(manager.get("/settings").data, "html.parser").select(".hub a")]
    assert "/households" in links
    assert "/permissions" not in links


# ---- roles and permissions -------------------------------------------------------------------------------------------


def test_a_role_of_ones_own_is_given_and_may_what_another_may(
    admin: FlaskClient, company: Company, store: Store, browser: Browser
) -> None:
    typed = {"code": "night_desk", "name": "夜班客服", "held_at": "community", "like": "agent"}
    send(admin, "/roles/role", **typed)
    guard = company.people["handler"]
    send(admin, f"/people/{guard.id}/roles", role="night_desk", place=company.community.id)
    assert "夜班客服" in words(admin, f"/people/{guard.id}")
    assert browser(guard).get("/desk").status_code == 200
    page = send(admin, "/roles/role/night_desk", 409, do="retire")
    assert "有 1 人任职" in page
    assert "有 1 人任职" in words(admin, "/roles/role/night_desk")


def test_a_department_of_ones_own_can_be_set_up_and_named(admin: FlaskClient, company: Company, store: Store) -> None:
    send(admin, "/roles/department", code="pool", name="泳池")
    send(admin, f"/organisation/{company.community.id}/departments", code="pool")
    send(admin, "/roles/department/pool", name="泳池会所", name_en="Pool")
    assert "泳池会所" in words(admin, "/organisation")
    with store.reading() as session:
        assert roles.of(session).departments["pool"].name == "泳池会所"


@pytest.mark.parametrize("typed", [{"code": "desk", "name": "又一个"}, {"code": "Pool", "name": "x"}, {"code": "p2"}])
def test_a_wrong_department_is_said_at_the_field(admin: FlaskClient, typed: dict[str, str]) -> None:
    page = BeautifulSoup(send(admin, "/roles/department", 422, **typed), "html.parser")
    assert page.select_one(".field-error") is not None


@pytest.mark.parametrize("demo", [True, False])
def test_turning_the_clock_is_a_permission_only_where_it_can_be_turned(
    admin: FlaskClient, company: Company, store: Store, tmp_path: Path, demo: bool
) -> None:
    made = create_app(Settings(home=tmp_path / "home", demo=demo), store)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    client = made.test_client()
    boss = company.people["administrator"]
    log_in(client, boss)
    for path in ("/permissions", "/permissions/administrator"):
        assert ("调整演示时钟" in words(client, path)) == demo


def test_a_permission_is_shown_before_it_changes(
    admin: FlaskClient, company: Company, browser: Browser, store: Store
) -> None:
    path = "/permissions/agent"
    shown = send(admin, path, 200, **{"complaint.register": ""})
    assert "登记投诉" in shown
    assert "本区首接人" in shown, "who loses it is named"
    assert browser(company.people["agent"]).get("/desk").status_code == 200, "nothing is kept before it is confirmed"
    send(admin, path, do="keep", **{"complaint.register": ""})
    assert browser(company.people["agent"]).get("/desk").status_code == 403
    told = words(admin, "/record?noun=permission")
    assert "登记投诉 本小区 → 不可以" in told


def test_nobody_can_lock_the_company_out(admin: FlaskClient, store: Store) -> None:
    page = send(admin, "/permissions/administrator", 409, do="keep", **{"people.edit": ""})
    assert "至少要有一位" in page
    with store.reading() as session:
        kept = select(Permission).where(Permission.role == "administrator", Permission.act == "people.edit")
        assert session.scalar(kept) is not None


# ---- rules -----------------------------------------------------------------------------------------------------------


def listed(admin: FlaskClient) -> list[str]:
    page = BeautifulSoup(admin.get("/categories").data, "html.parser")
    return [each.get_text() for each in page.select("li.category a")]


def test_a_category_is_added_moved_and_retired(admin: FlaskClient, store: Store) -> None:
    send(admin, "/categories", parent="10", name="泳池", name_en="Pool", words="泳池、游泳")
    with store.reading() as session:
        made = session.scalar(select(Category).where(Category.name == "泳池"))
        assert made is not None
        assert (made.parent, made.code[:2]) == ("10", "10")
    before = listed(admin)
    send(admin, f"/categories/{made.code}", do="up")
    assert listed(admin).index("泳池") == before.index("泳池") - 1
    send(admin, f"/categories/{made.code}", do="retire")
    assert "泳池" not in words(admin, "/categories"), "never used: deleted"
    page = send(admin, "/categories/9901", 409, do="retire")
    assert "未分类" in page


def test_a_danger_pattern_is_added_changed_and_retired(admin: FlaskClient, store: Store) -> None:
    said = "大堂水晶灯歪了，底下有人"
    typed = {"name": "水晶灯", "name_en": "Chandelier", "who": "水晶灯", "what": "歪"}
    send(admin, "/dangers", kind="danger", **typed)
    with store.reading() as session:
        made = session.scalar(select(DangerPattern).where(DangerPattern.name == "水晶灯"))
        assert made is not None
        assert danger.found(session, said)
    assert "水晶灯" in words(admin, "/dangers?q=水晶灯")
    assert "电梯里有人出不来" not in words(admin, "/dangers?q=水晶灯")
    send(admin, f"/dangers/{made.id}", **{**typed, "what": "摇晃"})
    with store.reading() as session:
        assert not danger.found(session, said)
        assert danger.found(session, "水晶灯摇晃")
    send(admin, f"/dangers/{made.id}", do="retire")
    with store.reading() as session:
        assert not danger.found(session, "水晶灯摇晃")
    record = words(admin, "/record")
    assert all(each in record for each in ("添加了危险的说法", "修改了危险的说法", "停用了危险的说法"))


def test_no_more_danger_patterns_come_back_than_may_be_in_use(
    admin: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.reading() as session:
        in_use = dangers.every(session)
    send(admin, f"/dangers/{in_use[0].id}", do="retire")
    monkeypatch.setattr(dangers, "MOST", len(in_use) - 1)
    assert "请先停用" in send(admin, f"/dangers/{in_use[0].id}", 409, do="return")


def test_a_danger_pattern_that_matches_anything_is_refused(admin: FlaskClient) -> None:
    for what, why in (("", "至少写一个词"), ("…", "太短"), ("a…b…c…d", "太长"), ("字" * 50, "太长")):
        assert why in send(admin, "/dangers", 422, kind="danger", name="什么都行", what=what)


def test_every_shipped_pattern_can_be_saved_as_it_is(admin: FlaskClient, store: Store) -> None:
    with store.reading() as session:
        longest = max(session.scalars(select(DangerPattern)), key=lambda each: len(each.what))
    send(
        admin, f"/dangers/{longest.id}", name=longest.name, name_en=longest.name_en, who=longest.who, what=longest.what
    )
    for each in shipped():
        dangers.checked(asdict(each))


@pytest.mark.fault(2)
def test_a_text_is_tried_and_the_answer_explained(admin: FlaskClient) -> None:
    page = send(admin, "/dangers/try", 200, text="电梯关人了，快来")
    assert "算危险：按特急办" in page
    assert "电梯 … 关人" in page
    page = send(admin, "/dangers/try", 200, text="去年电梯困过人")
    assert "不算危险" in page
    assert "不算：以前的事“去年”" in page
    assert "没有找到危险的说法" in send(admin, "/dangers/try", 200, text="灯坏了")


def test_a_place_has_hours_of_its_own_and_gives_them_back(admin: FlaskClient, company: Company, store: Store) -> None:
    path = f"/calendars/{company.community.id}"
    send(admin, path, **{"sat.0.from": "09:00", "sat.0.to": "12:00"})
    with store.reading() as session:
        assert list(calendars.of(session, company.departments["desk"].id).hours[5]) != []
        assert calendars.of(session, company.other_community.id).hours.get(5, ()) == ()
    send(admin, f"{path}/days", day="2026-03-07", name="停电", closed="on")
    assert "停电" in words(admin, f"{path}?month=2026-03")
    assert "先后有序" in send(
        admin, path, 422, **{"mon.0.from": "09:00", "mon.0.to": "12:00", "mon.1.from": "11:00", "mon.1.to": "13:00"}
    )
    send(admin, path, do="drop")
    with store.reading() as session:
        assert calendars.of(session, company.community.id).hours.get(5, ()) == ()


def test_the_preview_knows_holidays_and_make_up_days(admin: FlaskClient) -> None:
    page = BeautifulSoup(admin.get("/calendars/company?month=2026-10").data, "html.parser")
    assert len(page.select("td.is-holiday")) >= 7
    assert len(page.select("td.is-make_up")) >= 1


def test_reasons_to_pause_are_the_companys(admin: FlaskClient, store: Store) -> None:
    send(admin, "/reasons", do="add", code="parts", name="等配件", name_en="Waiting for parts", days="20")
    send(admin, "/reasons", code="weather", do="retire")
    with store.reading() as session:
        known = pauses.reasons(session)
        assert (known["parts"].zh, known["parts"].most.days) == ("等配件", 20)
        assert known["weather"].retired
    assert "1 到 730 天" in send(admin, "/reasons", 422, code="parts", name="等配件", days="9999")


def test_what_counts_as_a_repeat_or_a_group_is_the_companys(admin: FlaskClient, store: Store) -> None:
    with store.reading() as session:
        known = {code: str(value) for code, value in thresholds.of(session).items()}
    assert "1 到 365 之间" in send(admin, "/thresholds", 422, **{**known, "repeat_days": "很多", "idle_days": "8"})
    with store.reading() as session:
        assert str(thresholds.of(session)["idle_days"]) == known["idle_days"]
    send(admin, "/thresholds", **{**known, "repeat_days": "45"})
    with store.reading() as session:
        assert thresholds.of(session)["repeat_days"] == 45
    assert "30 → 45" in words(admin, "/record")


def test_which_communities_are_large_is_the_companys(admin: FlaskClient, store: Store) -> None:
    with store.reading() as session:
        known = {code: str(value) for code, value in thresholds.of(session).items()}
    crossed = send(admin, "/thresholds", 422, **{**known, "homes_middle": "900", "homes_large": "900"})
    assert "大小区的户数要比中等小区的多" in crossed
    send(admin, "/thresholds", **{**known, "homes_middle": "200", "homes_large": "2000"})
    with store.reading() as session:
        said = [each.said() for each in sizes.of(session).values()]
    assert said == ["200 户以下", "200 至 1999 户", "2000 户以上"]


# ---- words -----------------------------------------------------------------------------------------------------------


def test_a_message_is_looked_at_kept_and_put_back(admin: FlaskClient, store: Store) -> None:
    typed = {"subject": "收到啦 {number}", "text": "{name}，收到了。[[请等到 {due}。]]"}
    assert "王女士，收到了" in send(admin, "/texts/receipt/zh", 200, do="look", **typed)
    send(admin, "/texts/receipt/zh", **typed)
    with store.reading() as session:
        assert texts.find(session, "receipt", "zh")[0] == "收到啦 {number}"
    assert "没有“{weather}”" in send(admin, "/texts/receipt/zh", 422, subject="x", text="{weather}")
    send(admin, "/texts/receipt/zh", do="reset", subject="x", text="y")
    with store.reading() as session:
        ours = texts.shipped()["receipt"]["zh"]
        assert texts.find(session, "receipt", "zh") == (ours["subject"], ours["text"])


def test_questions_are_asked_in_the_companys_words(admin: FlaskClient, store: Store) -> None:
    with store.reading() as session:
        ours = callback_questions.of(session)
    typed = {f"{code}_zh": each.zh for code, each in ours.questions.items()}
    typed |= {f"scale_{score}_zh": said[0] for score, said in ours.scale.items()}
    typed |= {"speed_asked": "on", "attitude_asked": "on", "score_zh": "您给几颗星？", "scale_5_zh": "非常好"}
    send(admin, "/questions", **typed)
    with store.reading() as session:
        asked = callback_questions.of(session)
    assert asked.questions["score"].zh == "您给几颗星？"
    assert set(asked.rated) == {"speed", "attitude"}, "the result is no longer rated apart"
    assert asked.questions["outcome"].asked, "what steers is always asked"
    assert asked.scale[5][0] == "非常好"


# ---- homes -----------------------------------------------------------------------------------------------------------


def test_a_home_is_added_changed_and_retired_with_its_history(
    admin: FlaskClient, company: Company, store: Store
) -> None:
    typed = {"building": "3", "unit": "2", "room": "501", "name": "王女士", "phone": "13812345678"}
    send(admin, "/households/new", community=company.community.id, **typed)
    with store.reading() as session:
        home = session.scalars(select(Household)).one()
    path = f"/households/{home.id}"
    assert "已经有了" in send(admin, "/households/new", 422, community=company.community.id, **typed)
    send(admin, path, **{**typed, "phone": "13900001111"})
    for page in (path, "/households?q=1111", "/record?noun=household"):
        assert "13900001111" not in words(admin, page), "numbers are masked, in the form and in what was changed too"
    assert "138****5678 → 139****1111" in words(admin, path)
    send(admin, path, **{**typed, "phone": "", "name": "王先生"})
    assert "139****1111" in words(admin, "/households?q=1111"), "left empty it stays"
    send(admin, path, **{**typed, "phone": "", "no_phone": "yes"})
    assert "139****1111" not in words(admin, "/households?q=501")
    send(admin, path, do="retire")
    assert "没有找到" in words(admin, "/households?q=501")
    assert "3栋2单元501" in words(admin, f"/households?community={company.community.id}&state=retired")
    told = words(admin, "/record?noun=household")
    assert "修改了住户" in told


def test_a_long_list_of_homes_is_paged_by_place(admin: FlaskClient, company: Company, store: Store) -> None:
    with store.transaction() as session:
        mine = [
            {"building": "1", "unit": "1", "room": f"{room:04}", "label": f"1栋1单元{room:04}"} for room in range(120)
        ]
        session.add_all([Household(community_id=company.community.id, **each) for each in mine])
    seen: list[str] = []
    path: str | None = f"/households?community={company.community.id}"
    while path:
        page = BeautifulSoup(admin.get(path).data, "html.parser")
        seen += [each.get_text() for each in page.select("td.card-title")]
        following = page.select_one('a[rel="next"]')
        path = str(following["href"]) if following else None
    assert len(seen) == len(set(seen)) == 120


def test_buildings_are_made_from_the_homes(admin: FlaskClient, company: Company, store: Store) -> None:
    with store.transaction() as session:
        rooms = (("1", "1"), ("1", "2"), ("2", "1"))
        homes = [{"building": one, "unit": unit, "label": f"{one}-{unit}"} for one, unit in rooms]
        session.add_all([Household(community_id=company.community.id, room="101", **each) for each in homes])
    send(admin, "/buildings", community=company.community.id, do="fill")
    with store.reading() as session:
        found = {each.name: each.units for each in session.scalars(select(Building))}
    assert found == {"1": 2, "2": 1}


# ---- places and people -----------------------------------------------------------------------------------------------


def test_a_community_moves_to_another_region_with_its_people(
    admin: FlaskClient, company: Company, store: Store
) -> None:
    quality = company.people["region_quality"]
    with store.reading() as session:
        assert permissions.reach(session, quality, "complaint.see").covers(company.community.path)
    send(admin, f"/organisation/{company.community.id}/move", parent=company.other_region.id)
    with store.reading() as session:
        desk = session.get_one(Place, company.departments["desk"].id)
        assert desk.region_id == company.other_region.id
        assert desk.path.startswith(session.get_one(Place, company.other_region.id).path)
        assert not permissions.reach(session, quality, "complaint.see").covers(desk.path)


def test_a_closed_community_opens_again_with_its_departments(
    admin: FlaskClient, company: Company, store: Store
) -> None:
    with store.transaction() as session:
        ids = [each.id for each in session.scalars(select(Place).where(Place.community_id == company.community.id))]
        for each in session.scalars(people.current().where(people.Holding.place_id.in_(ids))):
            people.release(session, each)
    send(admin, f"/organisation/{company.community.id}/close")
    assert "已停用的" in words(admin, "/organisation")
    send(admin, f"/organisation/{company.community.id}/open")
    with store.reading() as session:
        assert session.get_one(Place, company.departments["desk"].id).retired_at is None


def test_a_role_is_given_to_several_at_once(admin: FlaskClient, company: Company, store: Store) -> None:
    ids = [company.people[each].id for each in ("agent", "handler", "head")]
    send(admin, "/people/roles", person=ids, role="callback", place=company.community.id)
    with store.reading() as session:
        held = select(people.Holding.person_id).where(people.Holding.role == "callback")
        assert set(ids) <= set(session.scalars(held))


def test_contact_is_changed_and_old_words_stay_out_of_the_facts(admin: FlaskClient, company: Company) -> None:
    path = f"/people/{company.people['agent'].id}"
    send(admin, path, name="周新名", phone="13700007777")
    assert "周新名" in words(admin, path)
    told = words(admin, "/record?noun=person")
    assert "改了哪些 名称、电话" in told
    assert "13800000000 → 13700007777" in told


def test_old_numbers_are_not_for_everybody_who_reads_the_record(
    admin: FlaskClient, company: Company, browser: Browser
) -> None:
    send(admin, f"/people/{company.people['agent'].id}", name="周新名", phone="13700007777")
    assessor = browser(company.people["assessor"])
    assert "修改了人员" in words(assessor, "/record")
    assert "13700007777" not in words(assessor, "/record")
    assert "13700007777" not in assessor.get("/record/all.csv").get_data(as_text=True)


# ---- the record ------------------------------------------------------------------------------------------------------


def test_the_record_is_filtered_paged_and_exported(admin: FlaskClient, company: Company) -> None:
    for number in range(60):
        send(admin, f"/organisation/{company.region.id}", name=f"华东{number}")
    page = BeautifulSoup(admin.get("/record").data, "html.parser")
    assert len(page.select("ol.record > li")) == 50
    following = page.select_one('a[rel="next"]')
    assert following is not None
    assert len(BeautifulSoup(admin.get(str(following["href"])).data, "html.parser").select("ol.record > li")) == 10
    assert "没有符合条件的记录" in words(admin, "/record?noun=category")
    assert "没有符合条件的记录" in words(admin, "/record?until=2020-01-01")
    table = admin.get("/record/all.csv?noun=place").get_data(as_text=True)
    assert table.count("\r\n") == 61
    assert "名称: 华东58 → 华东59" in table


def test_what_a_spreadsheet_would_run_is_plain_text(admin: FlaskClient, company: Company) -> None:
    send(admin, f"/organisation/{company.region.id}", name="=cmd")
    table = admin.get("/record/all.csv").get_data(as_text=True)
    assert ',"=' not in table
    assert ",=" not in table


def test_the_record_costs_no_more_statements_when_it_is_long(
    admin: FlaskClient, company: Company, store: Store
) -> None:

    seen: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *said: seen.append(said[2]))

    def statements() -> int:
        seen.clear()
        assert admin.get("/record").status_code == 200
        return len(seen)

    send(admin, f"/organisation/{company.region.id}", name="一")
    before = statements()
    for number in range(12):
        send(admin, f"/organisation/{company.community.id}", name=f"阳光里{number}")
    assert statements() == before
