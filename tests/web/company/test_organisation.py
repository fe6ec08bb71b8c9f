from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.company.people import Person
from engine.company.permissions import Permission
from engine.company.places import Place
from engine.core.store import Store
from engine.history import Entry
from tests.web.conftest import FOREIGN_NAME, Company

Browser = Callable[[Person | None], FlaskClient]


@pytest.fixture
def admin(browser: Browser, company: Company) -> FlaskClient:
    return browser(company.people["administrator"])


def by_code(store: Store, code: str) -> Place | None:
    with store.reading() as session:
        return session.scalar(select(Place).where(Place.code == code))


def test_a_community_is_added_with_its_departments(admin: FlaskClient, company: Company, store: Store) -> None:
    typed = {"kind": "community", "parent": str(company.region.id), "name": "和悦园", "code": "hyy"}
    answer = admin.post("/organisation/new", data={**typed, "departments": ["desk", "security"]})
    assert answer.status_code == 303
    place = by_code(store, "hyy")
    assert place is not None
    page = admin.get(f"/organisation/{place.id}").get_data(as_text=True)
    assert "客服" in page
    assert "和悦园" in admin.get("/organisation").get_data(as_text=True)
    with store.reading() as session:
        assert session.scalars(select(Entry.kind)).all() == ["place.added"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"name": " "}, "name"), ({"code": "和悦"}, "code"), ({"code": "ygl"}, "code"), ({"kind": "street"}, "kind")],
)
def test_what_is_wrong_stands_at_the_field(
    admin: FlaskClient, company: Company, store: Store, changed: dict[str, str], field: str
) -> None:
    typed = {"kind": "community", "parent": str(company.region.id), "name": "和悦园", "code": "hyy", "name_en": "Yue"}
    answer = admin.post("/organisation/new", data={**typed, **changed})
    page = BeautifulSoup(answer.data, "html.parser")
    assert answer.status_code == 422
    assert page.find(id=f"{field}-error") is not None
    assert page.find(id="name_en")["value"] == "Yue"
    assert by_code(store, "hyy") is None


def test_a_place_is_renamed(admin: FlaskClient, company: Company) -> None:
    path = f"/organisation/{company.community.id}"
    assert admin.post(path, data={"name": "阳光新里", "name_en": "New Lane"}).status_code == 303
    assert "阳光新里" in admin.get("/organisation").get_data(as_text=True)
    assert admin.post(path, data={"name": "", "name_en": ""}).status_code == 422


def test_a_place_closes_when_nobody_works_there(admin: FlaskClient, company: Company, store: Store) -> None:
    assert admin.post(f"/organisation/{company.community.id}/close").status_code == 409
    empty = company.departments["legal"]
    assert admin.post(f"/organisation/{empty.id}/close").status_code == 303
    assert admin.get(f"/organisation/{empty.id}").status_code == 404
    assert admin.post(f"/organisation/{company.community.id}/departments", data={"code": "legal"}).status_code == 303
    assert admin.get(f"/organisation/{empty.id}").status_code == 200  # the same one, with its past
    assert admin.post(f"/organisation/{company.company.id}/close").status_code == 409
    twice = admin.post(f"/organisation/{company.community.id}/departments", data={"code": "legal"})
    assert twice.status_code == 409


def test_who_edits_a_region_meets_no_other(browser: Browser, company: Company, store: Store) -> None:
    with store.transaction() as session:
        session.add(Permission(role="region_quality", act="company.edit", scope="region"))
    editor = browser(company.people["region_quality"])
    page = editor.get("/organisation").get_data(as_text=True)
    assert "阳光里" in page
    assert FOREIGN_NAME not in page
    for path in (f"/organisation/{company.other_community.id}", f"/organisation/{company.company.id}"):
        assert editor.get(path).status_code == 404
        assert editor.post(f"{path}/close").status_code == 404
    typed = {"kind": "community", "parent": str(company.other_region.id), "name": "越界", "code": "yuejie"}
    assert editor.post("/organisation/new", data=typed).status_code == 404


def test_what_comes_first_stands_first(admin: FlaskClient, company: Company) -> None:
    page = BeautifulSoup(admin.get("/organisation").data, "html.parser")
    names = [each.get_text() for each in page.select(".tree-head a")]
    assert names[0] == "阳光物业"
    assert names.index("华东") + 1 == names.index("阳光里")


def test_a_region_is_added_without_the_departments_of_a_community(
    admin: FlaskClient, company: Company, store: Store
) -> None:
    typed = {"kind": "region", "parent": str(company.company.id), "name": "城南", "code": "south"}
    assert admin.post("/organisation/new", data={**typed, "departments": ["desk", "security"]}).status_code == 303
    made = by_code(store, "south")
    assert made is not None
    with store.reading() as session:
        assert session.scalars(select(Place).where(Place.parent_id == made.id)).all() == []
