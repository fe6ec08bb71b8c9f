"""The record, tampered with by SQL: every place is named, on both stores."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from engine import history
from engine.core import clock
from engine.core.store import Store
from engine.history import Head, NewEntry

pytestmark = pytest.mark.slow

Tamper = Sequence[str]


@dataclass
class Case:
    """A case, as far as its hash chain is concerned."""

    id: int
    entries: int = 0
    head: bytes = bytes(32)


class Company:
    """Cases 1 to 3 with six entries each, all sealed, and the company's own chain."""

    def __init__(self, store: Store, log: Path) -> None:
        self.store, self.log = store, log
        self.cases = {number: Case(number) for number in (1, 2, 3)}

    def live(self, *numbers: int, rounds: int = 3) -> None:
        """Add entries to these cases."""
        with self.store.transaction() as session:
            for _ in range(rounds):
                for number in numbers:
                    history.add(
                        session,
                        self.cases[number],
                        [
                            NewEntry("task.opened", None, "plan", {"due": clock.now(), "cost": Decimal("12.50")}),
                            NewEntry("task.done", 7, "plan", {"accepted": True, "问": "答"}, note="等配件，下周到"),
                        ],
                    )
            history.add(
                session, history.company(session), [NewEntry("version.published", 7, facts={"process": "complaint"})]
            )

    def seal(self) -> int:
        """Seal what is new."""
        with self.store.transaction() as session:
            return history.seal(session, self.log)

    def tamper(self, *statements: str) -> None:
        """Tamper with the record by SQL."""
        with self.store.transaction() as session:
            for statement in statements:
                session.connection().exec_driver_sql(statement)

    def heads(self, session: Session) -> Iterator[Head]:
        """What the cases themselves record of their chains."""
        for row in session.execute(text("select id, entries, head from chains where id = 0")):
            yield Head(row.id, row.entries, bytes(row.head))
        for case in self.cases.values():
            yield Head(case.id, case.entries, case.head)

    def verify(self) -> list[str]:
        """What verification says, in English."""
        with self.store.reading() as session:
            return [broken.text("en") for broken in history.verify(session, self.log, heads=self.heads)]


def sealed(store: Store, tmp_path: Path) -> Company:
    made = Company(store, tmp_path / "seals.log")
    made.live(1, 2, 3)
    assert made.seal() == 19
    return made


@pytest.fixture
def company(store: Store, tmp_path: Path) -> Company:
    return sealed(store, tmp_path)


@pytest.fixture
def on_each(each_store: Store, tmp_path: Path) -> Company:
    """The same on SQLite and PostgreSQL."""
    return sealed(each_store, tmp_path)


def test_an_untouched_record_verifies(on_each: Company) -> None:
    assert on_each.verify() == []
    on_each.live(2)
    assert on_each.verify() == []  # not sealed yet, but chained
    assert on_each.seal() == 7
    assert on_each.seal() == 0
    assert on_each.verify() == []


@pytest.mark.parametrize(
    "change",
    [
        "facts = '{\"accepted\":false}'",
        "facts = 'nonsense'",
        "at = '2026-03-01 00:00:00'",
        "by_id = 8",
        "by_id = null",
        "element = 'approve'",
        "kind = 'task.cancelled'",
        "note_id = null",
        "note_hash = null",
        "previous = hash",
    ],
)
def test_a_changed_entry_is_named(company: Company, change: str) -> None:
    company.tamper(f"update entries set {change} where case_id = 2 and number = 4")
    assert company.verify() == ["case 2, entry 4 was changed"]


def test_whatever_of_an_entry_is_changed_it_is_named_on_each_store(on_each: Company) -> None:
    changes = (
        "facts = '{\"accepted\":false}'",
        "at = '2026-03-01 00:00:00'",
        "by_id = 8",
        "element = 'x'",
        "kind = 'x'",
    )
    for number, change in enumerate(changes, 1):
        on_each.tamper(f"update entries set {change} where case_id = 2 and number = {number}")
    assert on_each.verify() == [f"case 2, entry {number} was changed" for number in range(1, 6)]


@pytest.mark.parametrize("was_sealed", [True, False])
def test_an_entry_removed_from_the_middle_is_named(on_each: Company, was_sealed: bool) -> None:
    number = 3
    if not was_sealed:
        on_each.live(2)
        number = 9
    on_each.tamper(f"delete from entries where case_id = 2 and number = {number}")
    assert on_each.verify() == [f"case 2, entry {number} is missing"]


@pytest.mark.parametrize("was_sealed", [True, False])
def test_the_last_entry_removed_is_named(on_each: Company, was_sealed: bool) -> None:
    if not was_sealed:
        on_each.live(2)
    on_each.tamper(f"delete from entries where case_id = 2 and number = {6 if was_sealed else 12}")
    assert on_each.verify() == [f"case 2, entry {6 if was_sealed else 12} is missing (the last)"]


def test_the_last_entries_removed_and_the_case_set_back_still_shows(company: Company) -> None:
    company.tamper("delete from entries where case_id = 2 and number > 4")
    with company.store.reading() as session:
        head = session.execute(text("select hash from entries where case_id = 2 and number = 4")).scalar_one()
    company.cases[2].entries, company.cases[2].head = 4, bytes(head)
    assert company.verify() == ["case 2, entries 5 to 6 are missing (the end)"]


def test_two_entries_that_changed_places_are_named(on_each: Company) -> None:
    swap = "update entries set number = {} where case_id = 2 and number = {}"
    on_each.tamper(swap.format(900, 3), swap.format(3, 5), swap.format(5, 900))
    assert on_each.verify() == ["case 2, entry 3 and entry 5 were swapped"]


def test_all_rows_of_a_case_removed_with_the_case_are_named(on_each: Company) -> None:
    on_each.tamper("delete from entries where case_id = 2")
    del on_each.cases[2]
    assert on_each.verify() == ["case 2: all 6 entries were removed, and the case itself"]


def test_entries_gone_while_the_case_stays_and_the_other_way_round(company: Company) -> None:
    company.tamper("delete from entries where case_id = 2")
    del company.cases[3]
    assert company.verify() == [
        "case 2: all 6 entries were removed",
        "case 3: the case is gone, its entries remain",
    ]


def test_an_entry_put_in_later_is_named(company: Company) -> None:
    company.tamper(
        "insert into entries (case_id, number, at, kind, facts, previous, hash) "
        "select case_id, 7, at, kind, facts, hash, previous from entries where case_id = 2 and number = 6"
    )
    assert company.verify() == ["case 2, entry 7 was changed"]


def rechain(company: Company, number: int, start: int, kind: str) -> None:
    """Change an entry and recompute every hash after it, the case's too, as a database owner could."""
    with company.store.transaction() as session:
        rows = session.query(history.Entry).filter_by(case_id=number).order_by(history.Entry.number).all()
        chain = Case(number, start - 1, rows[start - 1].previous)
        rows[start - 1].kind = kind
        drafts = [NewEntry(row.kind, row.by_id, row.element, row.facts) for row in rows[start - 1 :]]
        for row in rows[start - 1 :]:
            session.delete(row)
        session.flush()
        history.add(session, chain, drafts)
    company.cases[number] = chain


def test_a_chain_computed_anew_does_not_match_what_was_sealed(company: Company) -> None:
    rechain(company, 2, 4, "task.cancelled")
    assert company.verify() == ["case 2, entry 4 and on are not what was sealed: the chain was rewritten"]


def test_a_log_cut_on_each_store_is_named(on_each: Company) -> None:
    on_each.tamper("delete from leaves where position >= 10")
    assert (
        "the end of the sealed log was cut off: it had 19 leaves (2026-03-02T01:00+00:00), 10 are left"
        in on_each.verify()
    )


def test_everything_sealed_anew_does_not_match_the_file_outside(company: Company) -> None:
    rechain(company, 2, 4, "task.cancelled")
    company.tamper("delete from leaves", "delete from seals")
    with company.store.transaction() as session:
        assert history.seal(session, whole=True) == 19
    assert company.verify() == ["the file of seals has another root at 19 leaves: the log was sealed anew"]


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["delete from leaves where position >= 10"], "the end of the sealed log was cut off: it had 19 leaves"),
        (["delete from leaves where position = 10"], "the sealed log lacks leaves 11 to 11"),
        (["delete from leaves where position >= 10", "delete from seals"], "the sealed log has 10 leaves, its seals end at 0"),
        (["delete from leaves", "delete from seals"], "the end of the sealed log was cut off: it had 19 leaves, 0 are left"),
        (["update leaves set number = 60 where case_id = 2 and number = 6"], "the sealed log was altered between its beginning"),
        (["update seals set root = peaks"], "the sealed log was altered between its beginning and 2026-03-02T01:00+00:00"),
        (["delete from seals"], "the sealed log has 19 leaves, its seals end at 0: seals were removed"),
    ],
)  # fmt: skip
def test_a_log_that_was_altered_or_cut_is_named(company: Company, statements: Tamper, said: str) -> None:
    company.tamper(*statements)
    assert said in "\n".join(company.verify())


def test_words_that_were_changed_show_and_words_that_were_erased_do_not(company: Company) -> None:
    company.tamper("update notes set text = '别的' where id = 1", "delete from notes where id = 2")
    with company.store.transaction() as session:
        history.erase(session, 3)
    said = company.verify()
    assert len(said) == 2
    assert all("has other words than were typed, or none" in each for each in said)


def test_the_file_outside_is_missed_and_damage_to_it_shows(company: Company) -> None:
    line = company.log.read_text()
    company.log.write_text(line.replace(line.split()[1][:8], "00000000"))
    assert company.verify() == ["the file of seals has another root at 19 leaves: the log was sealed anew"]
    company.log.unlink()
    assert company.verify() == ["the file of seals is missing; a copy of it must be where this is run"]


def test_a_root_is_written_outside_only_once_it_is_committed(company: Company) -> None:
    company.live(1)
    with company.store.reading() as session:  # never commits
        assert history.seal(session, company.log) == 7
    assert len(company.log.read_text().splitlines()) == 1
    with company.store.transaction() as session:  # one whose line was not written to the file
        assert history.seal(session) == 7
    company.live(2)
    assert company.seal() == 7
    assert [line.split()[0] for line in company.log.read_text().splitlines()] == ["19", "26", "33"]
    assert company.verify() == []


def test_a_thousand_broken_places_are_told_in_few_words(company: Company) -> None:
    company.live(1, rounds=50)
    company.tamper("update entries set kind = 'x' where case_id = 1")
    said = company.verify()
    assert len(said) == 21
    assert said[-1] == "case 1: and 86 more places"


def test_progress_is_told(company: Company) -> None:
    seen: list[int] = []
    tell: Callable[[int], None] = seen.append
    with company.store.reading() as session:
        history.verify(session, company.log, tell, company.heads)
        assert sum(seen) == history.count(session) == 19


def test_places_are_named_in_chinese_too(company: Company) -> None:
    company.tamper("update entries set by_id = 8 where case_id = 2 and number = 5")
    company.tamper("update entries set by_id = 8 where case_id = 0")
    with company.store.reading() as session:
        said = [broken.text("zh") for broken in history.verify(session, company.log, heads=company.heads)]
    assert said == ["公司记录 第 1 条被改动", "案件 2 第 5 条被改动"]


def test_moments_and_facts_hash_the_same_whatever_zone_they_were_given_in(each_store: Store) -> None:
    case = Case(1)
    with each_store.transaction() as session, clock.at(datetime(2026, 3, 1, 23, 59, 59, 999999, tzinfo=UTC)):
        history.add(
            session, case, [NewEntry("a", facts={"b": 1.5, "a": [None, "\u0000", "\ud800", "💧"], "set": {2, 1}})]
        )
    with each_store.reading() as session:
        assert history.verify(session, heads=lambda _: iter([Head(1, case.entries, case.head)])) == []
