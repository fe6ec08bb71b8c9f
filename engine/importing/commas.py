"""Read text tables: .csv, optionally gzipped, in the encodings that Chinese offices use."""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from engine.importing.cleaning import LONGEST_CELL
from engine.importing.faults import Unreadable
from engine.importing.table import HEAD_WITHIN, MOST_BYTES, MOST_COLUMNS, MOST_ROWS, Line, Said, Table, head_in, names

MEGA = 1024 * 1024
DELIMITERS = ",;\t|，"
SNIFFED = 256 * 1024
DAMAGED = "\ufffd"
LONGEST_ROW = 8_000_000
"""Characters: 200 cells of the greatest length, and some more."""

NEGATIVE = re.compile(r"-[0-9][\w\s.,，。%°]*")
"""A negative number, optionally followed by words: nothing that a spreadsheet would calculate."""

csv.field_size_limit(64 * MEGA)


def unpack(content: bytes, name: str) -> bytes:
    """Return the content of a gzip file, up to the size limit. Raises `Unreadable`."""
    try:
        with gzip.open(io.BytesIO(content)) as file:
            unpacked = file.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise Unreadable(name=name, why_zh="压缩包已损坏。", why_en="the archive is damaged.") from None
    if len(unpacked) > MOST_BYTES:
        raise too_large(name)
    return unpacked


def too_large(name: str) -> Unreadable:
    """Return the error for a file with more bytes than the limit."""
    most = MOST_BYTES // MEGA
    return Unreadable(
        name=name,
        why_zh=f"解压后超过 {most} MB，请分成几个文件。",
        why_en=f"it holds more than {most} MB; please divide it into several files.",
    )


def open_table(content: bytes, name: str, known: Callable[[str], bool]) -> Table:
    """Return the table in a text file. Raises `Unreadable`."""
    encoding, errors = encoding_of(content, name)
    delimiter = _delimiter(content[:SNIFFED], encoding, known)

    def lines() -> Iterator[Line]:
        row = _Row(name)
        reader = csv.reader(row.bounded(_text(content, encoding, errors)), delimiter=delimiter)
        for number, cells in enumerate(reader, 1):
            row.signs = 0
            yield Line(number, [_defused(cell) for cell in cells])

    first = list(islice(lines(), HEAD_WITHIN))
    head = head_in(first, known)
    if head is None:
        raise Unreadable(name=name, why_zh="文件是空的。", why_en="it is empty.")
    width = len(names(head))

    def rows() -> Iterator[Line]:
        filled = 0
        for line in lines():
            if line.number > head.number and not line.is_empty:
                filled += 1
                if filled > MOST_ROWS:
                    raise too_many(name)
                yield Line(line.number, line.cells, wrong_cells(line, width))

    return Table(names(head), rows, max(content.count(b"\n") - head.number + 1, 1), False)


@dataclass
class _Row:
    """The row being read: how many characters of it came."""

    name: str
    signs: int = 0

    def bounded(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield the lines. Raises `Unreadable` before a row is longer than any."""
        for line in lines:
            self.signs += len(line)
            if self.signs > LONGEST_ROW:
                raise Unreadable(
                    name=self.name,
                    why_zh=f"一行超过 {LONGEST_ROW:,} 个字符（或许前面少了一个引号）。",
                    why_en=f"one row is longer than {LONGEST_ROW:,} characters (a quote may be missing before).",
                )
            yield line


def too_many(name: str) -> Unreadable:
    """Return the error for a file with more rows than the limit."""
    return Unreadable(
        name=name,
        why_zh=f"超过 {MOST_ROWS:,} 行，请分成几个文件。",
        why_en=f"it has more than {MOST_ROWS:,} rows; please divide it into several files.",
    )


def wrong_cells(line: Line, width: int) -> dict[int, Said]:
    """Return faults independent of meaning: too long, damaged, too many cells."""
    found: dict[int, Said] = {}
    for at, cell in enumerate(line.cells):
        if not isinstance(cell, str):
            continue
        if len(cell) > LONGEST_CELL:
            found[at] = (
                f"一格里有 {len(cell):,} 个字符，最多 {LONGEST_CELL:,}（或许前面少了一个引号）。",
                f"one cell holds {len(cell):,} characters, at most {LONGEST_CELL:,} (a quote may be missing before).",
            )
        elif DAMAGED in cell:
            found[at] = (
                "有无法辨认的字符，文件可能已损坏。",
                "it holds characters that cannot be read; the file may be damaged.",
            )
    extra = [cell for cell in line.cells[width:] if cell not in (None, "")]
    if extra or len(line.cells) > MOST_COLUMNS:
        found[width] = (
            f"有 {len(line.cells)} 格，表头只有 {width} 列（内容里的逗号要放在引号里）。",
            f"it has {len(line.cells)} cells, the head only {width} columns (commas in a text need quotes around it).",
        )
    return found


def encoding_of(content: bytes, name: str) -> tuple[str, str]:
    """Return the text's encoding, and how to handle damaged characters. Raises `Unreadable`.

    UTF-8 with a few damaged characters is still UTF-8: read as GB18030 it would become other words.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16", "replace"
    if b"\x00" in content[:4096]:
        raise Unreadable(
            name=name,
            why_zh="不是表格。请用 .xlsx、.csv 或 .csv.gz 文件。",
            why_en="it is not a table. Use a file of the kind .xlsx, .csv or .csv.gz.",
        )
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("utf-8", "replace")
        damaged = text.count(DAMAGED)
        sound = sum(character > "\x7f" for character in text) - damaged
        return ("utf-8-sig", "replace") if damaged * 10 < sound else ("gb18030", "replace")
    return "utf-8-sig", "strict"


def _text(content: bytes, encoding: str, errors: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding, errors, newline="")


def _delimiter(content: bytes, encoding: str, known: Callable[[str], bool]) -> str:
    """Return the delimiter: the one that gives most known columns in the head, or else most cells."""

    def names_and_cells(sign: str) -> tuple[int, int]:
        lines = islice(csv.reader(_text(content, encoding, "replace"), delimiter=sign), HEAD_WITHIN)
        first = [Line(number, cells) for number, cells in enumerate(lines, 1)]
        head = head_in(first, known)
        return (sum(known(str(cell)) for cell in head.cells), len(head.cells)) if head else (0, 0)

    return max(DELIMITERS, key=names_and_cells)


def _defused(cell: str) -> str:
    """Return a cell that we defused when we wrote it (`'=…`) in its original form."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in tuple("=+-@") else cell


def defuse(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; a negative number is none."""
    return f"'{cell}" if cell[:1] in tuple("=+-@") and not NEGATIVE.fullmatch(cell) else cell
