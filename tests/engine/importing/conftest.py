"""A company that imports files, and files with planted errors."""

import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from engine.company import people, places
from engine.company.people import Person
from engine.core import clock
from engine.core.store import Store
from engine.importing import Outcome, Wish, open_file, run
from engine.operations import first_start
from tests.conftest import NOW

KEY = b"a key for tests, thirty-two bytes"
Reads = Callable[..., Outcome]


@pytest.fixture(scope="session")
def begun_file(empty_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company with one community of all departments, made once and copied for each test."""
    path = tmp_path_factory.mktemp("importing") / "begun.db"
    path.write_bytes(empty_file.read_bytes())
    store = Store(f"sqlite:///{path}")
    with clock.at(NOW), store.transaction() as session:
        first_start.begin(session, company="阳光物业", login="admin", name="管理员", password="sunshine-lane-7")
        home = places.add(session, "community", places.company(session), "YGL", "阳光里", "Sunshine Lane")
        for code in ("desk", "engineering", "quality"):
            places.add_department(session, home, code)
    store.close()
    return path


@pytest.fixture
def begun(begun_file: Path, tmp_path: Path) -> Store:
    """A copy of that company."""
    path = tmp_path / "begun.db"
    path.write_bytes(begun_file.read_bytes())
    return Store(f"sqlite:///{path}")


@pytest.fixture
def admin(begun: Store) -> Person:
    """Its administrator."""
    with begun.reading() as session:
        found = people.by_login(session, "admin")
        assert found is not None
        session.expunge(found)
        return found


@pytest.fixture
def reads(begun: Store) -> Reads:
    """Imports bytes: `reads(content, dry=True, kind=…, open_all=…)`."""

    def read(content: bytes, name: str = "file", *, dry: bool = False, **wished: object) -> Outcome:
        wish = Wish(**wished)  # type: ignore[arg-type]
        return run(begun, open_file(content, name, wish), wish, key=KEY, dry=dry)

    return read


def text_table(*rows: Sequence[str], encoding: str = "utf-8") -> bytes:
    """Rows as a .csv without quotes."""
    return "\r\n".join(",".join(row) for row in rows).encode(encoding)


def spreadsheet(*rows: Sequence[object], merged: Sequence[str] = ()) -> bytes:
    """Rows as an .xlsx."""
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(list(row))
    for each in merged:
        sheet.merge_cells(each)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
