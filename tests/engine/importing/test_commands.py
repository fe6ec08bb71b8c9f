"""The commands, and real files if they are next to the checkout."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from engine import history
from engine.complaints.core.complaint import Complaint
from engine.core.store import Store
from engine.importing import Import
from engine.operations.cli import main
from tests.engine.importing.conftest import Reads, text_table

pytestmark = pytest.mark.long

OUTSIDE = Path(__file__).parents[4] / "shared" / "data"
MESSAGES = OUTSIDE / "complaints" / "citizen-messages-2019.xlsx"
DIRTY = OUTSIDE / "tickets" / "requests-with-dirty-dates.csv.gz"


def command(begun: Store, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run a command on that company; its exit code."""
    monkeypatch.setenv("BIHUAN_DATABASE_URL", str(begun.url))
    monkeypatch.setenv("BIHUAN_HOME", str(Path(str(begun.url.database)).parent))
    monkeypatch.setenv("LANG", "C")
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


def test_a_file_is_read_in_and_its_refused_rows_written_beside_it(
    begun: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "old.csv"
    file.write_bytes(text_table(("id", "when", "content"), ("1", "2025-01-02", "灯坏了"), ("2", "never", "门坏了")))
    asked = ("complaints", "import", str(file), "--map", "when=received")
    assert command(begun, monkeypatch, *asked, "--dry-run") == 3
    assert "nothing was written" in capsys.readouterr().out
    assert not (tmp_path / "old.refused.csv").exists()
    assert command(begun, monkeypatch, *asked, "--community", "YGL") == 3
    said = capsys.readouterr().out
    assert "2 read, 1 taken in (1 past), 0 repeats, 0 there already, 1 refused" in said
    assert "row 3 [when]" in said
    assert "never" in (tmp_path / "old.refused.csv").read_text("utf-8-sig")
    assert command(begun, monkeypatch, *asked, "--map", "nonsense") == 1
    with begun.reading() as session:
        kept = session.scalars(select(Import)).one()
        assert (kept.counts["in"], kept.content) == (1, None)
        entries = select(history.Entry).where(history.Entry.kind == "import.done")
        assert session.scalars(entries).one().facts["refused"] == 1


@pytest.mark.outside
@pytest.mark.skipif(not MESSAGES.is_file(), reason="outside data is not there: real complaints")
def test_a_years_messages_of_a_city(begun: Store, reads: Reads) -> None:
    content = MESSAGES.read_bytes()
    done = reads(content, MESSAGES.name)
    assert done.counts["read"] == 4_326
    assert done.counts["past"] >= 4_300
    assert done.counts["repeats"] >= 101
    assert done.counts["refused"] + done.counts["in"] == 4_326
    assert reads(content, MESSAGES.name).counts["in"] == 0
    with begun.reading() as session:
        assert session.scalar(select(func.count()).select_from(Complaint)) == done.counts["in"]


@pytest.mark.outside
@pytest.mark.skipif(not DIRTY.is_file(), reason="outside data is not there: requests with dirty dates")
def test_impossible_dates_of_another_country(reads: Reads) -> None:
    done = reads(DIRTY.read_bytes(), DIRTY.name, dry=True)
    assert done.counts["read"] == 5_895
    assert {(fault.row, fault.column) for fault in done.faults} == {(1501, "Closed Date"), (1943, "Closed Date")}
