"""Search by words is the same on both stores, also after complaints are corrected, closed or removed."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from engine import complaints
from engine.company import places
from engine.complaints.core import links
from engine.complaints.core.complaint import Complaint
from engine.complaints.homes.households import Household
from engine.complaints.lists import word_index
from engine.core import clock
from engine.core.store import Store

pytestmark = pytest.mark.slow

KEY = b"a key for searching, thirty-two b"

Write = Callable[..., Complaint]


@pytest.fixture
def write(each_store: Store) -> Write:
    """Writes complaints of one community as they are after registering."""
    numbers = iter(range(1, 1000))
    with each_store.transaction() as session:
        complaints.seed(session)
        root = places.add(session, "company", None, "yg", "阳光")
        home = places.add(session, "community", root, "ygl", "阳光里")
        session.add(Household(community_id=home.id, label="3栋2单元501"))

    def make(text: str = "", **more: Any) -> Complaint:
        number = f"YGL-260302-{next(numbers):04d}"
        phone = more.pop("phone", "")
        given = {"community_id": home.id, "channel": "web", "kind": "complaint", "category": "2001", **more}
        with each_store.transaction() as session:
            complaint = Complaint(
                number=number, secret_hash=number, text=text, received_at=clock.now(), phone=phone,
                phone_hash=links.phone_hash(KEY, phone), support=[], due={}, **given,
            )  # fmt: skip
            session.add(complaint)
            session.flush()
            return complaint

    return make


def found(store: Store, words: str, **narrowed: Any) -> list[str]:
    with store.reading() as session:
        fits = word_index.matching(session, words, key=KEY, **narrowed)
        return list(session.scalars(select(Complaint.text).where(fits).order_by(Complaint.id)))


def test_words_find_what_holds_them(each_store: Store, write: Write) -> None:
    write("电梯里有人被困，快来", place_text="3栋2单元", person_name="欧阳明")
    write("被水淹了，人很困难；电灯也灭了", place_text="2栋3单元", wish="尽快修好 WiFi", reference="SJ-778899")
    lift, water = "电梯里有人被困，快来", "被水淹了，人很困难；电灯也灭了"
    assert found(each_store, "电梯") == [lift]
    assert found(each_store, "电") == [lift, water]
    assert found(each_store, "灭了") == found(each_store, "了") == [water]
    assert found(each_store, "有人被困") == [lift]
    assert found(each_store, "人被水困") == []  # each pair of letters may occur, the word does not
    assert found(each_store, "3栋2单元") == [lift]
    assert found(each_store, "2栋3单元") == [water]
    assert found(each_store, "欧阳明") == found(each_store, "欧阳 电梯") == [lift]
    assert found(each_store, "修好 wifi") == found(each_store, "WIF") == found(each_store, "sj-778") == [water]
    assert found(each_store, "电梯 wifi") == []
    assert found(each_store, "ygl-260302-0001") == found(each_store, "YGL2603020001") == found(each_store, "0001")
    assert found(each_store, "ygl-260302-0001") == [lift]
    assert found(each_store, "") == found(each_store, "  ") == found(each_store, "ygl") == [lift, water]


@pytest.mark.parametrize(
    "typed", ["%", "'", '"', "\\", "a' OR 1", 'x" OR "y', "NEAR(电 梯)", "😀", "-", "*", "\ue000o"]
)
def test_nothing_that_is_typed_breaks_it(each_store: Store, write: Write, typed: str) -> None:
    write("路灯不亮")
    assert found(each_store, typed) == []


def test_phone_household_and_category_find_it(each_store: Store, write: Write) -> None:
    write("一", phone="+86 139 1111 2222", household_id=1)
    write("二", phone="13800001234", category="1011")
    assert found(each_store, "139 1111 2222") == found(each_store, "13911112222") == ["一"]
    assert found(each_store, "3栋2单元501") == found(each_store, "501") == found(each_store, "3-2-501") == ["一"]
    assert found(each_store, "1391111") == []
    assert found(each_store, "电梯") == ["二"]  # the name of its category


def test_it_is_narrowed_by_marks(each_store: Store, write: Write) -> None:
    here = write("路灯不亮").community_id
    write("路灯又不亮", closed_at=clock.now(), category="1004")
    assert found(each_store, "路灯", is_open=True) == ["路灯不亮"]
    assert found(each_store, "路灯", is_open=False) == ["路灯又不亮"]
    assert found(each_store, "路灯", category="10") == found(each_store, "路灯", category="1004") == ["路灯又不亮"]
    assert len(found(each_store, "路灯", communities=[here])) == 2
    assert found(each_store, "路灯", communities=[here + 1]) == found(each_store, "路灯", communities=[]) == []


def test_what_changes_is_found_as_it_is_now(each_store: Store, write: Write) -> None:
    made = write("路灯不亮", person_name="王小明")
    with each_store.transaction() as session:
        complaint = complaints.find(session, made.id)
        complaint.person_name, complaint.text, complaint.closed_at = "", "门禁坏了", clock.now()
    assert found(each_store, "路灯") == found(each_store, "王小明") == found(each_store, "门禁", is_open=True) == []
    assert found(each_store, "门禁", is_open=False) == ["门禁坏了"]
    with each_store.transaction() as session:
        session.delete(complaints.find(session, made.id))
    assert found(each_store, "门禁") == []


def test_the_whole_index_can_be_written_anew(each_store: Store, write: Write) -> None:
    ids = [write(f"路灯{number}号不亮").id for number in range(3)]
    with each_store.transaction() as session:
        word_index.forget(session, ids)
    assert found(each_store, "路灯") == []
    told: list[int] = []
    with each_store.transaction() as session:
        assert word_index.rebuild(session, told.append, missing=True) == sum(told) == 3
        assert word_index.rebuild(session, missing=True) == 0
    assert len(found(each_store, "路灯")) == 3


def test_of_very_many_the_newest_are_found(each_store: Store, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_index, "MOST_HITS", 2)
    for number in range(4):
        write(f"路灯{number}")
    assert found(each_store, "路灯") == ["路灯2", "路灯3"]
