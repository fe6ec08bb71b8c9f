"""The demo's password, which everybody knows, is not served outside this machine."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from engine.company import people
from engine.company.people import WrongLogin
from engine.core.settings import Settings
from engine.core.store import Store
from engine.history import Entry
from engine.operations.cli import bihuan
from engine.operations.demo import PASSWORD, known_passwords
from web.server import cli


@pytest.fixture
def grown(empty_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store with two people of the demo, and one who came later."""
    monkeypatch.setenv("BIHUAN_HOME", str(tmp_path))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    (tmp_path / "bihuan.db").write_bytes(empty_file.read_bytes())
    store = Store(Settings(home=tmp_path).store_url)
    known = people.HASHER.hash(PASSWORD)
    with store.transaction() as session:
        for login in ("agent", "engineer", "later"):
            people.add(session, login, login).password = known
    return store


@pytest.mark.fault(10)
@pytest.mark.parametrize(
    ("changed", "outside"),
    [
        ({}, False),
        ({"host": "::1"}, False),
        ({"host": "localhost", "public_url": "http://127.0.0.1:8000"}, False),
        ({"host": "0.0.0.0"}, True),
        ({"host": "192.168.1.5"}, True),
        ({"public_url": "https://care.example.cn"}, True),
        ({"behind_proxy": True}, True),
    ],
)
def test_outside_is_whatever_others_reach(changed: dict[str, object], outside: bool) -> None:
    assert known_passwords.is_outside(Settings(**changed)) == outside  # type: ignore[arg-type]


@pytest.mark.fault(10)
def test_known_passwords_are_not_served_to_others(
    grown: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begun(*_: object) -> None:
        raise SystemExit(7)

    monkeypatch.setattr(cli, "listen", begun)
    runner = CliRunner()
    assert runner.invoke(bihuan, ["serve"]).exit_code == 7, "on this machine they are"
    refused = runner.invoke(bihuan, ["serve", "--host", "0.0.0.0"])
    assert refused.exit_code == 1
    assert "2 accounts of the demo" in refused.stderr
    (tmp_path / "word").write_text("a heron on the roof\n")
    changed = runner.invoke(bihuan, ["demo", "--password-file", str(tmp_path / "word")])
    assert changed.exit_code == 0, changed.output
    assert runner.invoke(bihuan, ["serve", "--host", "0.0.0.0"]).exit_code == 7
    with pytest.raises(WrongLogin):
        people.authenticate(grown, "agent", PASSWORD, "127.0.0.1")
    assert people.authenticate(grown, "agent", "a heron on the roof", "127.0.0.1").login == "agent"
    with grown.reading() as session:
        assert len(session.scalars(select(Entry.id).where(Entry.kind == "password.changed")).all()) == 2
