import pytest
from sqlalchemy.orm import Session

from engine.company import places
from engine.company.places import BadGroup, Group, NoSuchPlace, Place
from engine.core.errors import Conflict
from engine.core.store import Store


def tree(session: Session) -> dict[str, Place]:
    company = places.add(session, "company", None, "yg", "阳光物业", "Sunshine")
    region = places.add(session, "region", company, "east", "华东")
    home = places.add(session, "community", region, "ygl", "阳光里", "Sunshine Lane")
    other = places.add(session, "community", region, "hyy", "和悦园")
    return {
        "company": company,
        "region": region,
        "home": home,
        "other": other,
        "desk": places.add_department(session, home, "desk"),
        "quality": places.add_department(session, region, "quality"),
        "legal": places.add_department(session, company, "legal"),
    }


@pytest.mark.parametrize(
    ("group", "place", "role"),
    [
        ("desk", "desk", None),
        ("desk/agent", "desk", "agent"),
        ("agent", "desk", "agent"),
        ("project_manager", "home", "project_manager"),
        ("region:callback", "region", "callback"),
        ("callback", "home", "callback"),
        ("region_quality", "region", "region_quality"),
        ("headquarters", "company", "headquarters"),
        ("region:quality/head", "quality", "head"),
        ("company:legal", "legal", None),
    ],
)
def test_a_group_means_a_place_and_a_role(session: Session, group: str, place: str, role: str | None) -> None:
    found = tree(session)
    assert places.resolve(session, group, found["home"].id) == (found[place].id, role)


@pytest.mark.parametrize(
    "group", ["", "nobody", "desk/nobody", "street:desk", "head", "analyst/desk", "region:analyst", "desk/analyst"]
)
def test_a_group_that_names_nothing_is_said(group: str) -> None:
    with pytest.raises(BadGroup, match=group or "names no"):
        places.read_group(group)


def test_a_group_that_the_company_does_not_have_is_said(session: Session) -> None:
    found = tree(session)
    with pytest.raises(NoSuchPlace) as refused:
        places.resolve(session, "engineering", found["home"].id)
    assert "阳光里" in refused.value.text("zh")
    assert places.read_group("region:desk") == Group("region", "desk", None)


def test_what_the_community_lacks_is_done_by_who_is_above_it(session: Session) -> None:
    found = tree(session)
    assert places.resolve(session, "legal", found["home"].id) == (found["legal"].id, None)
    assert places.resolve(session, "quality/head", found["home"].id) == (found["quality"].id, "head")


def test_retired_departments_get_no_work(session: Session) -> None:
    found = tree(session)
    places.retire(session, found["desk"])
    session.flush()
    with pytest.raises(NoSuchPlace):
        places.resolve(session, "desk", found["home"].id)


def test_the_tree_knows_what_is_around_and_below(each_store: Store) -> None:
    with each_store.transaction() as session:
        found = tree(session)
        for number in range(40):  # ids of one and two digits, whose paths start the same
            places.add(session, "community", found["region"], f"c{number}", f"小区{number}")
        below = {place.id for place in places.below(session, found["home"])}
        assert below == {found["home"].id, found["desk"].id}
        assert [place.name for place in places.ancestors(session, found["desk"])] == [
            "阳光物业",
            "华东",
            "阳光里",
            "客服",
        ]
        assert len(places.below(session, found["company"], "community")) == 42
        titles = places.titles(session, [found["desk"], found["home"]])
        assert titles[found["desk"].id].name == "阳光里 · 客服"
        assert titles[found["desk"].id].name_en == "Sunshine Lane · Service desk"


def test_places_stand_where_they_may(session: Session) -> None:
    found = tree(session)
    with pytest.raises(Conflict):
        places.add(session, "region", found["home"], "x", "倒置")
    with pytest.raises(Conflict, match="already"):
        places.add_department(session, found["home"], "desk")
    with pytest.raises(Conflict):
        places.add(session, "department", found["home"], "kitchen", "厨房")
    with pytest.raises(Conflict):
        places.add(session, "community", None, "x", "孤岛")
