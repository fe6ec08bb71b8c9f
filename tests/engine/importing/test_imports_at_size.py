"""Imports of 3,000 rows: every row is accounted for, twice changes nothing, and undoing takes all of it back."""

import pytest
from sqlalchemy import func, select

from engine.company.people import Person
from engine.complaints.homes.households import Household
from engine.core.store import Store
from engine.importing import Import, undoing
from tests.engine.importing.conftest import Reads, text_table
from tests.engine.importing.test_homes_as_companies_write_them import takes

pytestmark = [pytest.mark.slow, pytest.mark.long, pytest.mark.fault(33)]

__all__ = ["takes"]

ROWS = 3_000


def test_homes(begun: Store, admin: Person, takes: Reads) -> None:
    lines = [
        (f"{n % 30 + 1}#楼", f"{n // 1500 + 1}单元", f"{n:04d}", f"业主{n}", f"1380000{n:04d}") for n in range(ROWS)
    ]
    content = text_table(("楼栋", "单元", "房号", "姓名", "电话"), *lines)
    done = takes(content, kind="households", community="YGL")
    assert (done.counts["read"], done.counts["added"]) == (ROWS, ROWS)
    assert len(done.told["addresses"]) < ROWS
    assert takes(content, kind="households", community="YGL").counts["in"] == 0
    done = begun.attempt(lambda session: undoing.undo(session, admin, session.get_one(Import, 1)))
    assert done == {"household_removed": ROWS}
    with begun.reading() as session:
        assert session.scalar(select(func.count()).select_from(Household)) == 0


def test_people(begun: Store, takes: Reads) -> None:
    with begun.reading() as session:
        before = session.scalar(select(func.count()).select_from(Person)) or 0
    lines = [(f"员工{n}", f"1390000{n:04d}", "经办", "阳光里", "工程") for n in range(ROWS)]
    content = text_table(("姓名", "手机", "岗位", "小区", "部门"), *lines)
    done = takes(content, kind="people")
    assert (done.counts["read"], done.counts["added"], len(done.invited)) == (ROWS, ROWS, ROWS)
    with begun.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == before + ROWS
