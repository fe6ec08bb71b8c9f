"""Households are found by phone, address and name as people type them, the same on both stores."""

import pytest
from sqlalchemy import event, insert

from engine.company import places
from engine.complaints.homes import addresses, households
from engine.complaints.homes.households import Household
from engine.core.store import Store

HOMES = (
    ("3栋2单元501", "王小明", "138 0000 1234"),
    ("3栋1单元501", "赵女士", "13900005678"),
    ("3栋2单元1501", "李先生", ""),
    ("12栋101", "陈女士", "0571-88881234"),
    ("A座1203", "Smith", "+86 13700007777"),
    ("桂花苑3号楼502室", "周先生", "13600000000"),
)


@pytest.fixture
def here(each_store: Store) -> int:
    """A community with these households, half of them added in bulk as an import would."""
    with each_store.transaction() as session:
        root = places.add(session, "company", None, "c", "公司")
        here = places.add(session, "community", root, "ygl", "阳光里").id
        rows = [{"community_id": here, "label": label, "name": name, "phone": phone} for label, name, phone in HOMES]
        session.add_all(Household(**row) for row in rows[:3])
        session.execute(insert(Household), rows[3:])
    return here


def found(store: Store, here: int, words: str) -> list[str]:
    with store.reading() as session:
        return [each.label for each in households.search(session, [here], words).rows]


TYPED = (
    ("3-2-501", ["3栋2单元501"]),
    ("3栋2单元501", ["3栋2单元501"]),
    ("三号楼二单元0501室", ["3栋2单元501"]),
    ("3 501", ["3栋1单元501", "3栋2单元501"]),
    ("2单元15", ["3栋2单元1501"]),
    ("1单元501", ["3栋1单元501"]),
    ("501", ["3栋1单元501", "3栋2单元501"]),
    ("十二栋", ["12栋101"]),
    ("a1203", ["A座1203"]),
    ("3号楼502", ["桂花苑3号楼502室"]),
    ("1234", ["3栋2单元501", "12栋101"]),
    ("13800001234", ["3栋2单元501"]),
    ("+86 138-0000-1234", ["3栋2单元501"]),
    ("88881234", ["12栋101"]),
    ("王", ["3栋2单元501"]),
    ("王小明", ["3栋2单元501"]),
    ("smi", ["A座1203"]),
    ("栋", []),
    ("%", []),
    ("9-9-999", []),
    ("", []),
)


def test_as_people_type_it(each_store: Store, here: int) -> None:
    assert {words: found(each_store, here, words) for words, _ in TYPED} == dict(TYPED)
    assert {words: found(each_store, here + 1, words) for words, _ in TYPED} == {words: [] for words, _ in TYPED}


def test_a_home_that_changes_is_found_by_what_it_is_now(store: Store) -> None:
    with store.transaction() as session:
        root = places.add(session, "company", None, "c", "公司")
        here = places.add(session, "community", root, "ygl", "阳光里").id
        session.add(Household(community_id=here, label="3栋2单元501", name="王小明", phone="13800001234"))
    with store.transaction() as session:
        home = session.query(Household).one()
        home.label, home.phone, home.name = "4栋1单元102", "13911112222", "孙女士"
    assert found(store, here, "3-2-501") == found(store, here, "1234") == found(store, here, "王") == []
    assert found(store, here, "4-1-102") == found(store, here, "2222") == found(store, here, "孙") == ["4栋1单元102"]


def test_many_fit_a_few_are_shown_in_one_statement(each_store: Store, here: int) -> None:
    with each_store.transaction() as session:
        session.execute(
            insert(Household), [{"community_id": here, "label": f"7栋1单元{number}"} for number in range(100, 400)]
        )
    seen: list[str] = []
    event.listen(each_store.engine, "before_cursor_execute", lambda *said: seen.append(said[2]))
    with each_store.reading() as session:
        seen.clear()
        some = households.search(session, [here], "7栋")
    assert (len(some.rows), some.more, len(seen)) == (8, True, 1)


@pytest.mark.parametrize(
    ("said", "building"),
    [("3栋2单元501", "3-2-"), ("3栋2单元", "3-2-"), ("3-2-501", "3-2-"), ("3栋2单元电梯里", "3-2-"), ("大门口", "")],
)
def test_the_building_of_a_place(said: str, building: str) -> None:
    assert addresses.building_of(said) == building
