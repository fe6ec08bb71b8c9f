"""Import a file, or only check it: the same way for the command, the page and the job."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Protocol

from sqlalchemy.orm import Session

from engine.company import permissions
from engine.company.people import Person
from engine.core import parsing
from engine.core.store import Store
from engine.importing import columns, complaints, households, knowing, meanings, moments, opening, people, refused
from engine.importing.cells import Reader
from engine.importing.columns import KINDS, Columns, Kind
from engine.importing.counting import Tally
from engine.importing.faults import Fault
from engine.importing.knowing import Community
from engine.importing.people import Invited
from engine.importing.row import DATES
from engine.importing.table import SHEET_APART, Line, Table

BATCH = 500
SAMPLE = 2_000
"""Rows examined to determine the order of dates."""

FEWEST_EXAMPLES = 3
"""Cells that must equal our example for a row to be recognised as it."""

Told = Callable[[int, int], object]


class _Intake(Protocol):
    def take(self, session: Session, lines: Sequence[Line]) -> None: ...


@dataclass(frozen=True, slots=True)
class Wish:
    """How a file is to be read. `community`: name or code for rows that name none; `said`: {column: field} by hand.

    `open_all`: rows older than thirty days start a case too. `by`: who asks; None at the command line, which may do
    everything. `return_retired`: retired homes in the file are used again.
    `means`: codes of words, by field and word, over those that are kept. `mail_links`: new people get
    their one-time link by mail.
    """

    kind: str = "complaints"
    community: str = ""
    open_all: bool = False
    said: Mapping[str, str] = field(default_factory=dict)
    by: Person | None = None
    return_retired: bool = False
    means: Mapping[tuple[str, str], str] = field(default_factory=dict)
    mail_links: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a file. `columns`: field to the name of its column; `refused`: rows to correct, with the file
    extension; `told`: what else is shown, such as the addresses that come out."""

    counts: dict[str, Any]
    columns: dict[str, str]
    faults: Sequence[Fault]
    notes: Sequence[tuple[str, str, int]]
    changes: Sequence[str]
    refused: bytes | None
    ending: str
    invited: Sequence[Invited]
    told: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as a table, with the columns that were recognised or set."""

    kind: Kind
    table: Table
    columns: Columns

    @property
    def named(self) -> dict[str, str]:
        """Return field to the name of its column."""
        return {code: self.table.head[at] for code, at in self.columns.items()}


def open_file(content: bytes, name: str, wish: Wish) -> Opened:
    """Open a file and find its columns. Raises `Unreadable`, or `Invalid` for wrong columns; `Busy`, `WhileLocked`."""
    kind = KINDS[wish.kind]
    with parsing.alone():
        table = opening.open_table(content, name, lambda column: columns.is_known(kind, column))
    return Opened(kind, table, columns.by_hand(kind, table.head, wish.said))


def run(
    store: Store,
    opened: Opened,
    wish: Wish,
    *,
    key: bytes,
    dry: bool,
    told: Told = lambda done, of: None,
    import_id: int | None = None,
) -> Outcome:
    """Import every row, or with `dry` check each. `told`: how many of about how many rows are done.

    `import_id`: where what is written is noted, so that it can be undone.

    Raises `NoColumns`, `Unreadable` half-way (imported rows stay), `Unclear` for an unknown community, `NotPermitted`.
    """
    columns.require(opened.kind, opened.table.head, opened.columns)
    with store.reading() as session:
        reader = _reader(session, opened, wish)
    tally = Tally(notes=reader.notes)
    tally.notes.update(dict.fromkeys(opened.table.notes, 1))
    if unused := columns.unused(opened.table.head, opened.columns):
        names = "、".join(unused)
        tally.notes[f"没有用到的列：{names}。", f"Columns that were not used: {', '.join(unused)}."] = len(unused)
    intake, size = _intake(wish, reader, tally, None if dry else store, key, import_id)
    for lines in _batches(_without_example(opened), size):
        tally.notes.update(_sheets_of(opened.table, lines))
        with store.reading() as session:
            intake.take(session, lines)
        told(min(tally.read, max(opened.table.about, tally.read)), max(opened.table.about, tally.read))
    written = (
        refused.write(opened.table.head, tally.refused, spreadsheet=opened.table.spreadsheet) if tally.refused else None
    )
    return Outcome(
        counts=tally.facts(),
        columns=opened.named,
        faults=[_on_sheet(opened.table, each) for each in sorted(tally.faults, key=lambda each: each.row)],
        notes=[(*said, count) for said, count in tally.notes.items()],
        changes=tally.changes,
        refused=written[0] if written else None,
        ending=written[1] if written else "",
        invited=intake.invited if isinstance(intake, people.Intake) else (),
        told=tally.told() | {"words": meanings.told(reader.words, reader.known.meanings)},
    )


def _intake(
    wish: Wish, reader: Reader, tally: Tally, store: Store | None, key: bytes, import_id: int | None
) -> tuple[_Intake, int]:
    if wish.kind == "households":
        return households.Intake(reader, tally, store, import_id, wish.return_retired), BATCH
    if wish.kind == "people":
        return people.Intake(reader, tally, store, wish.by, import_id, wish.mail_links), 20
    by_id = wish.by.id if wish.by else None
    return complaints.Intake(reader, tally, store, key, by_id, wish.open_all, import_id), BATCH


def _reader(session: Session, opened: Opened, wish: Wish) -> Reader:
    act = "people.edit" if wish.kind == "people" else "complaint.import"
    reach = permissions.reach(session, wish.by, act) if wish.by is not None else permissions.Reach(everything=True)
    if not reach:
        raise permissions.refusal(act)
    known = knowing.read(session, reach, wish.means)
    home: Community | None = knowing.community(known, wish.community) if wish.community else None
    return Reader(known, opened.columns, opened.table.head, home, _orders(opened))


def _orders(opened: Opened) -> dict[str, moments.Order]:
    """Return what 3/4/2020 means in each column of dates, by a sample of its rows."""
    wanted = {
        name: opened.columns[name] for name in DATES if name in opened.columns and opened.kind.code == "complaints"
    }
    if not wanted:
        return {}
    sample = list(islice(opened.table.rows(), SAMPLE))
    return {name: moments.order_of(line.cell(at) for line in sample) for name, at in wanted.items()}


def _on_sheet(table: Table, fault: Fault) -> Fault:
    """Return a fault with its row as its own sheet counts, and the sheet before the column."""
    sheet = table.sheet_of(fault.row)
    column = " · ".join(filter(None, (sheet, fault.column)))
    return replace(fault, row=fault.row % SHEET_APART, column=column)


def _sheets_of(table: Table, lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    """Yield for each row which of several sheets it was read from, so that each is named with its number of rows."""
    for line in lines if table.sheets else ():
        name = table.sheet_of(line.number)
        yield f"读取了工作表“{name}”。", f"The sheet “{name}” was read."


def _batches(rows: Iterator[Line], size: int) -> Iterator[list[Line]]:
    parsing.require_unlocked()
    while lines := list(islice(rows, size)):
        yield lines


def _run_down(opened: Opened) -> Iterator[Line]:
    """Yield the rows with what merged cells above them say, in columns where that stands for each row."""
    places = {at for code, at in opened.columns.items() if (field := opened.kind.field(code)) and field.runs_down}
    for line in opened.table.rows():
        above = {at: cell for at, cell in line.above.items() if at in places}
        if not above:
            yield line
            continue
        cells = [
            above.get(at, cell) for at, cell in enumerate([*line.cells, *[None] * (max(above) + 1 - len(line.cells))])
        ]
        yield Line(line.number, cells, {at: said for at, said in line.wrong.items() if at not in above})


def _without_example(opened: Opened) -> Iterator[Line]:
    """Yield the rows without the example of our empty files."""
    examples = {at: field.example for code, at in opened.columns.items() if (field := opened.kind.field(code))}
    for line in _run_down(opened):
        filled = {at: line.cell(at) for at in examples if line.cell(at) not in (None, "")}
        if len(filled) < FEWEST_EXAMPLES or any(cell != examples[at] for at, cell in filled.items()):
            yield line


def sample(opened: Opened, count: int = 5) -> list[Line]:
    """Return the first rows, for display."""
    return list(islice(_run_down(opened), count))
