"""`bihuan history verify` on real cases: exit code 1 and the place of any tampering, on both stores."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from engine.casework import cases
from engine.casework.cases import Case
from engine.core.store import Store
from engine.history import NewEntry
from engine.operations.cli import bihuan
from engine.operations.schedule import seal_history
from tests.engine.casework.cases.company import build, publish

pytestmark = pytest.mark.slow

NAP = """
<startEvent id="begin"/><sequenceFlow id="f1" sourceRef="begin" targetRef="nap"/>
<intermediateCatchEvent id="nap"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>
<sequenceFlow id="f2" sourceRef="nap" targetRef="done"/><endEvent id="done"/>
"""


@pytest.fixture
def verify(each_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Result]:
    """A company with three sealed cases, and the command to verify its record."""
    monkeypatch.setenv("BIHUAN_HOME", str(tmp_path))
    monkeypatch.setenv("BIHUAN_DATABASE_URL", each_store.url.render_as_string(hide_password=False))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    with each_store.transaction() as session:
        company = build(session)
    publish(each_store, nap=NAP)
    for number in range(1, 4):
        with each_store.transaction() as session:
            case = cases.start(session, "nap", {}, business_key=f"N-{number}", place_id=company.community.id)
            for word in ("会漏水", "已到场", "修好了"):
                cases.record(session, case.id, NewEntry("said", element="nap", facts={"round": 1}, note=word))
    seal_history(each_store, tmp_path / "seals.log")
    return lambda: CliRunner().invoke(bihuan, ["history", "verify"])


def length(store: Store) -> int:
    with store.reading() as session:
        return session.scalars(select(Case.entries).where(Case.id == 2)).one()


def tamper(store: Store, *statements: str) -> None:
    with store.transaction() as session:
        for statement in statements:
            session.connection().exec_driver_sql(statement)


def test_a_record_that_nobody_touched_verifies(verify: Callable[[], Result]) -> None:
    result = verify()
    assert result.exit_code == 0, result.output
    assert "entries verify" in result.output


def test_a_changed_entry(verify: Callable[[], Result], each_store: Store) -> None:
    tamper(each_store, "update entries set facts = '{\"round\":2}' where case_id = 2 and number = 3")
    result = verify()
    assert result.exit_code == 1
    assert "case 2, entry 3 was changed" in result.output


def test_an_entry_removed(verify: Callable[[], Result], each_store: Store) -> None:
    last = length(each_store)
    tamper(each_store, f"delete from entries where case_id = 2 and number in (2, {last})")
    result = verify()
    assert result.exit_code == 1
    assert "case 2, entry 2 is missing" in result.output
    assert f"case 2, entry {last} is missing (the last)" in result.output


def test_entries_swapped(verify: Callable[[], Result], each_store: Store) -> None:
    swap = "update entries set number = {} where case_id = 2 and number = {}"
    tamper(each_store, swap.format(900, 2), swap.format(2, 3), swap.format(3, 900))
    result = verify()
    assert result.exit_code == 1
    assert "case 2, entry 2 and entry 3 were swapped" in result.output


def test_all_rows_of_a_case_removed(verify: Callable[[], Result], each_store: Store) -> None:
    count = length(each_store)
    with each_store.reading() as session:
        mine = [
            table.name
            for table in Case.metadata.sorted_tables[::-1]
            if "case_id" in table.c and table.name not in {"leaves", "cases"}
        ]
        assert {"entries", "timers"} <= set(mine)
        assert session.get(Case, 2) is not None
    tamper(each_store, *(f"delete from {name} where case_id = 2" for name in mine), "delete from cases where id = 2")
    result = verify()
    assert result.exit_code == 1
    assert f"case 2: all {count} entries were removed, and the case itself" in result.output
