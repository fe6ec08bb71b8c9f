from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import event, select

from engine.company import people, places
from engine.company.people import Person
from engine.company.permissions import Permission
from engine.core.store import Store
from engine.history import Entry
from tests.web.conftest import FOREIGN_NAME, Company


@pytest.fixture
def admin(browser: Callable[[Person | None], FlaskClient], company: Company) -> FlaskClient:
    return browser(company.people["administrator"])


def names(client: FlaskClient, **asked: str) -> list[str]:
    page = BeautifulSoup(client.get("/people", query_string=asked).data, "html.parser")
    return [each.get_text(strip=True) for each in page.select("td.card-title")]


def test_people_are_found_filtered_and_sorted(admin: FlaskClient, company: Company) -> None:
    assert len(names(admin)) == 16
    assert names(admin, q="项目") == ["本区项目经理"]
    assert names(admin, q="%") == []
    assert names(admin, role="head") == ["本区部门主管"]
    assert names(admin, place=str(company.other_region.id)) == [FOREIGN_NAME]
    assert names(admin, sort="-name") == list(reversed(names(admin, sort="name")))
    assert names(admin, sort="password", page="9999", role="king", place="x") == names(admin)
    assert "没有符合条件的人员" in admin.get("/people?q=nobody").get_data(as_text=True)


def test_a_list_costs_the_same_however_long(admin: FlaskClient, company: Company, store: Store) -> None:
    def statements() -> int:
        seen: list[str] = []
        event.listen(store.engine, "before_cursor_execute", lambda *said: seen.append(said[2]))
        admin.get("/people")
        return len(seen)

    before = statements()
    with store.transaction() as session:
        for number in range(40):
            people.hold(
                session, people.add(session, f"p{number}", f"员工{number}"), "agent", company.departments["desk"]
            )
    assert statements() == before
    page = admin.get("/people").get_data(as_text=True)
    assert "第 1 页，共 3 页" in page


def test_someone_is_added_and_sets_a_password(admin: FlaskClient, client: FlaskClient, company: Company) -> None:
    typed = {"name": "李梅", "login": "limei", "role": "handler", "place": str(company.departments["security"].id)}
    page = BeautifulSoup(admin.post("/people/new", data=typed).data, "html.parser")
    link = page.select_one("input[data-select]")["value"]
    assert "角色" in page.get_text()
    path = link.removeprefix("http://127.0.0.1:8000")
    assert client.post(path, data={"password": "brand-new-26", "again": "brand-new-26"}).status_code == 303
    assert "阳光里 · 安保" in client.get("/account").get_data(as_text=True)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"login": "agent"}, "login"),
        ({"login": "two words"}, "login"),
        ({"name": ""}, "name"),
        ({"role": ""}, "role"),
        ({"role": "project_manager"}, "role"),
        ({"phone": "1" * 31}, "phone"),
    ],
)
def test_what_is_wrong_stands_at_the_field_and_what_was_typed_stays(
    admin: FlaskClient, company: Company, store: Store, changed: dict[str, str], field: str
) -> None:
    place = str(company.departments["security"].id)
    typed = {"name": "李梅", "login": "limei", "mail": "li@example.com", "role": "handler", "place": place, **changed}
    answer = admin.post("/people/new", data=typed)
    page = BeautifulSoup(answer.data, "html.parser")
    assert answer.status_code == 422
    assert page.find(id=f"{field}-error") is not None
    assert page.find(id="mail")["value"] == "li@example.com"
    with store.reading() as session:
        assert session.scalar(select(Person).where(Person.mail == "li@example.com")) is None


def test_roles_are_given_and_ended(admin: FlaskClient, company: Company, store: Store) -> None:
    person = company.people["handler"]
    place = company.departments["engineering"]
    admin.post(f"/people/{person.id}/roles", data={"role": "head", "place": str(place.id)})
    with store.reading() as session:
        held = {each.role: each.id for each in people.holdings(session, person.id)}
    assert set(held) == {"handler", "head"}
    assert admin.post(f"/people/{person.id}/roles/{held['handler']}/end").status_code == 303
    assert admin.post(f"/people/{person.id}/roles/{held['handler']}/end").status_code == 404
    wrong = admin.post(f"/people/{person.id}/roles", data={"role": "agent", "place": str(place.id)})
    assert wrong.status_code == 409


def test_every_change_stands_in_the_record(admin: FlaskClient, company: Company, store: Store) -> None:
    person = company.people["head"]
    admin.post(f"/people/{person.id}/reset")
    admin.post(f"/people/{person.id}/retire")
    with store.reading() as session:
        entries = session.scalars(select(Entry).where(Entry.case_id == 0).order_by(Entry.number)).all()
    assert [each.kind for each in entries] == ["password.link", "person.retired"]
    assert {each.by_id for each in entries} == {company.people["administrator"].id}
    assert not [each for each in entries if person.name in str(each.facts)]


def test_the_last_administrator_cannot_leave(admin: FlaskClient, company: Company) -> None:
    answer = admin.post(f"/people/{company.people['administrator'].id}/retire")
    assert answer.status_code == 409
    assert admin.get("/people").status_code == 200


def test_someone_leaves_and_comes_back(admin: FlaskClient, company: Company) -> None:
    person = company.people["head"]
    admin.post(f"/people/{person.id}/retire")
    assert person.name not in names(admin)
    assert names(admin, state="retired") == [person.name]
    assert admin.post(f"/people/{person.id}/reset").status_code == 409
    admin.post(f"/people/{person.id}/return")
    assert person.name in names(admin)


def test_who_edits_people_of_a_region_meets_no_others(
    browser: Callable[[Person | None], FlaskClient], company: Company, store: Store
) -> None:
    with store.transaction() as session:
        session.add(Permission(role="region_quality", act="people.edit", scope="region"))
    editor = browser(company.people["region_quality"])
    found = names(editor)
    assert "本区经办" in found
    assert FOREIGN_NAME not in found
    assert "本区系统管理员" not in found  # nor anybody with a role outside: their password would open that too
    assert company.foreigner is not None
    for person in (company.foreigner, company.people["administrator"]):
        assert editor.get(f"/people/{person.id}").status_code == 404
        assert editor.post(f"/people/{person.id}/reset").status_code == 404
    mine = company.people["handler"].id
    for place in (company.other_departments["engineering"], company.company):
        assert editor.post(f"/people/{mine}/roles", data={"role": "handler", "place": str(place.id)}).status_code == 404
    assert FOREIGN_NAME not in editor.get("/people").get_data(as_text=True)


def test_departments_to_choose_from_stand_under_their_community_with_its_name(
    admin: FlaskClient, company: Company, store: Store
) -> None:
    with store.transaction() as session:
        for number in range(30):
            places.add(session, "community", company.region, f"c{number}", f"小区{number}")
        places.add_department(session, company.community, "cleaning")
    page = BeautifulSoup(admin.get("/people/new").data, "html.parser")
    offered = [" ".join(each.get_text(" ").split()) for each in page.select("#place option")]
    here = offered.index("阳光里")
    assert offered[here + 1 : here + 7] == [
        f"阳光里 · {name}" for name in ("客服", "工程", "安保", "保洁绿化", "品质", "法务")
    ]
