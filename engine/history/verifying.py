"""Verify every chain against itself, its case and the sealed log, and the log against seals and external file."""

from collections.abc import Callable, Iterator
from contextlib import closing
from heapq import merge
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from engine.history import reading
from engine.history.canonical import GENESIS
from engine.history.chain import COMPANY
from engine.history.findings import Broken, about, at, missing, ranges
from engine.history.reading import Head, Line
from engine.history.rows import Leaf
from engine.history.sealed import check_log, read_log

MOST_A_CASE = 20
MOST = 1_000
_HEAD, _LINE, _LEAF = 0, 1, 2
Heads = Callable[[Session], Iterator[Head]]
Progress = Callable[[int], None]


def verify(
    session: Session, log: Path | None = None, progress: Progress | None = None, heads: Heads = reading.heads
) -> list[Broken]:
    """Return every broken place of the record, by case and entry; an empty list when all is well.

    `log`: the file of roots outside the store. `progress` is called now and then with the number of further entries
    read (`count` in all). Reads in batches; a million entries need no more memory than a thousand.
    """
    outside = (
        read_log(log) if log is not None else None
    )  # before the snapshot: a root is committed before it is written there
    with (
        reading.one_look(session) as look,
        closing(reading.lines(look)) as lines,
        closing(reading.leaves_by_case(look)) as leaves,
        closing(reading.leaves_by_position(look)) as log_leaves,
        closing(reading.seals(look)) as seals,
    ):
        counted = _counted(lines, progress) if progress else lines
        broken = list(_first(_chains(heads(look), counted, leaves), MOST))
        broken += check_log(log_leaves, seals, outside)
    return broken


def _chains(heads: Iterator[Head], lines: Iterator[Line], leaves: Iterator[Leaf]) -> Iterator[Broken]:
    """Walk heads, entries and leaves in parallel, case by case, number by number."""
    rows: Iterator[tuple[int, int, int, Any]] = merge(
        ((head.case_id, 0, _HEAD, head) for head in heads),
        ((line.case_id, line.number, _LINE, line) for line in lines),
        ((leaf.case_id, leaf.number, _LEAF, leaf) for leaf in leaves),
        key=itemgetter(0, 1, 2),
    )
    for case_id, of_case in groupby(rows, itemgetter(0)):
        chain = _Chain(case_id)
        for number, abreast in groupby(of_case, itemgetter(1)):
            walked: list[Head | Line | Leaf] = [row[3] for row in abreast]
            chain.walk(number, walked)
        yield from chain.found()


class _Chain:
    """The state of one chain between its first entry and its head."""

    def __init__(self, case_id: int) -> None:
        self.case_id = case_id
        self.head: Head | None = None
        self.broken: list[Broken] = []
        self.odd: dict[int, Line] = {}
        self.gone: list[int] = []
        self.present = 0
        self.last = 0
        self.previous = GENESIS
        self.rewritten = False

    def walk(self, number: int, rows: list[Head | Line | Leaf]) -> None:
        """Check everything under one number: the entry, its leaf (or, under 0, the head)."""
        lines = [row for row in rows if isinstance(row, Line)]
        leaf = next((row for row in rows if isinstance(row, Leaf)), None)
        self.head = next((row for row in rows if isinstance(row, Head)), self.head)
        for surplus in lines[1:] if number > 0 else lines:
            self.broken.append(at("added", self.case_id, surplus.number, "是后来加入的", "was put in later"))
        if number < 1:
            return
        self.gone += range(self.last + 1, min(number, self.last + 1 + MOST))
        self.last = number
        if not lines:
            self.gone.append(number)
            self.previous = leaf.hash if leaf else b""
            return
        self.present += 1
        self.check(lines[0], leaf)
        self.previous = leaf.hash if leaf else lines[0].hash

    def check(self, line: Line, leaf: Leaf | None) -> None:
        """Check one entry against itself, the log, the previous one, and the words typed with it."""
        number = line.number
        gap = self.gone[-1:] == [number - 1]
        if line.computed() != line.hash:
            self.odd[number] = line
            return
        if leaf is not None and leaf.hash != line.hash:
            self.rewrite(number)
        elif line.previous != self.previous and not gap:
            self.unlinked(number)
        if not line.note_holds:
            zh, en = "所附文字被改动或删除", "has other words than were typed, or none"
            self.broken.append(at("note", self.case_id, number, zh, en))

    def rewrite(self, number: int) -> None:
        """Report once that from here on the chain is not the sealed one."""
        if not self.rewritten:
            zh, en = "起与封存时不一致（被重写）", "and on are not what was sealed: the chain was rewritten"
            self.broken.append(at("rewritten", self.case_id, number, zh, en))
        self.rewritten = True

    def unlinked(self, number: int) -> None:
        """Report that this entry does not follow the previous one, which was changed together with its hash."""
        if number - 1 not in self.odd and not self.rewritten:
            self.broken.append(at("changed", self.case_id, max(number - 1, 1), "被改动", "was changed"))

    def found(self) -> Iterator[Broken]:
        """Yield everything that is wrong with this chain, bounded."""
        self.broken += self.swapped_or_changed()
        if not self.present and (self.gone or (self.head and self.head.entries)):
            self.broken.append(self.emptied())
        else:
            self.end()
        yield from self.broken[:MOST_A_CASE]
        if (more := len(self.broken) - MOST_A_CASE) > 0:
            yield about("changed", self.case_id, f"另有 {more} 处", f"and {more} more places")

    def swapped_or_changed(self) -> Iterator[Broken]:
        """Report entries whose content is not what was hashed; a swap of two is reported as such."""
        places = list(self.odd)[: 2 * MOST_A_CASE]
        once = {place: next((n for n in places if n != place and self.odd[place].fits(n)), None) for place in places}
        for place in self.odd:
            other = once.get(place)
            if other is None or once.get(other) != place:
                yield at("changed", self.case_id, place, "被改动", "was changed")
            elif place < other:
                zh, en = f"与第 {other} 条被对调", f"and entry {other} were swapped"
                yield at("swapped", self.case_id, place, zh, en)

    def emptied(self) -> Broken:
        """Report that no entry is left."""
        count = max(self.last, self.head.entries if self.head else 0)
        zh, en = f"全部 {count} 条记录被删除", f"all {count} entries were removed"
        if self.head is None:
            zh, en = zh + "，案件本身也被删除", en + ", and the case itself"
        return about("removed", self.case_id, zh, en)

    def end(self) -> None:
        """Check for gaps, and that the chain ends where its case says."""
        told = self.head.entries if self.head else self.last
        last = max(self.last, told)
        self.gone += range(self.last + 1, min(told, self.last + MOST) + 1)
        for first, until in ranges(self.gone):
            self.broken.append(missing(self.case_id, first, until, tail=until == last))
        if self.head is None and self.last and self.case_id > COMPANY:
            self.broken.append(
                about("removed", self.case_id, "案件本身被删除，记录仍在", "the case is gone, its entries remain")
            )
        elif self.head is None and self.last:
            self.broken.append(
                about("removed", self.case_id, "链头被删除，记录仍在", "its head is gone, its entries remain")
            )
        elif not self.broken and self.head and (told != self.last or self.head.hash != self.previous):
            zh, en = "链头与最后一条记录不符", "its head is not the hash of its last entry"
            self.broken.append(about("head", self.case_id, zh, en))


def _counted(lines: Iterator[Line], progress: Progress) -> Iterator[Line]:
    done = 0
    for done, line in enumerate(lines, 1):
        if done % reading.BATCH == 0:
            progress(reading.BATCH)
        yield line
    progress(done % reading.BATCH)


def _first(found: Iterator[Broken], most: int) -> Iterator[Broken]:
    for position, each in enumerate(found):
        if position == most:
            yield Broken("changed", f"只列出前 {most} 处。", f"Only the first {most} places are listed.")
            return
        yield each
