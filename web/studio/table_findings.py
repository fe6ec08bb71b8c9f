"""What is to be looked at in a table of a draft: wrong cells, rows that overlap, what no row covers, what it must keep."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.bpmn.checking import asked
from engine.core.errors import Finding
from engine.feel.dmn.pieces import Piece
from engine.processes import drafted_tables, last_rows, table_flaws, topics, versions
from engine.processes.drafted_tables import Gaps
from engine.processes.table_flaws import Flaws, Overlap
from web.shared import decision_cells
from web.shared.decision_cells import Column
from web.shell import current
from web.shell.language import gettext as _
from web.shell.language import language
from web.studio.table_sheets import Sheet

MOST = 20
"""Of each sort that are listed."""

MOST_GAPS = 8
MOST_PIECES = 4


@dataclass(frozen=True, slots=True)
class Look:
    """One thing to look at: what it is, and the rows that it is about (from 0); `column` of the first, if it is a cell."""

    said: str
    rows: Sequence[int] = ()
    column: int | None = None
    serious: bool = True


@dataclass(frozen=True, slots=True)
class Looks:
    """Everything to look at in a table. `marks`: by (row, column) what is wrong there; column None: the whole row.

    `formulas`: cells that the search for gaps and overlaps cannot read; `is_complete`: whether it came to its end.
    """

    wrong: Sequence[Look]
    overlaps: Sequence[Look]
    gaps: Sequence[Look]
    kept: Sequence[Look]
    odd: Sequence[Look]
    marks: Mapping[tuple[int, int | None], str]
    more: int
    formulas: int
    is_complete: bool

    def __bool__(self) -> bool:
        return bool(self.wrong or self.overlaps or self.gaps or self.kept or self.odd)


def looks(sheet: Sheet) -> Looks:
    """Everything to look at in the table, as it stands."""
    at = 0 if language() == "zh" else 1
    before = _published(sheet)
    flaws = table_flaws.flaws(sheet.table.model, sheet.table.decision, _names(sheet, before), names_are_all=False)
    cells = {**flaws.cells, **_not_offered(sheet, flaws), **_wrong_by_words(sheet)}
    wrong = [
        Look(_where(sheet, row, column) + said[at], [row], column) for (row, column), said in sorted(cells.items())
    ]
    overlapping = {each.second for each in flaws.overlaps}
    rows = {row: said for row, said in flaws.rows.items() if row not in overlapping}
    wrong += [Look(_where(sheet, row, -1) + said[at], [row]) for row, said in sorted(rows.items())]
    overlaps = [Look(_together(sheet, each), [each.first, each.second]) for each in flaws.overlaps]
    odd = [
        Look(
            _where(sheet, each.row, each.column) + (each.zh if at == 0 else each.en),
            [each.row] if each.row >= 0 else [],
            each.column if each.column >= 0 else None,
            False,
        )
        for each in flaws.odd
        if each.kind != "gap"
    ]
    kept = [
        Look(_where(sheet, -1, each.at) + _("还没说看哪一项，请点列名填上。"), (), each.at) for each in _silent(sheet)
    ]
    kept += [Look(said[at]) for said in flaws.table]
    kept += [Look(each.zh if at == 0 else each.en) for each in _promised(sheet, before)]
    marks: dict[tuple[int, int | None], str] = {(row, None): said[at] for row, said in rows.items()}
    marks |= {(each.second, None): _("和第 {n} 行重叠", n=each.first + 1) for each in flaws.overlaps}
    marks |= {where: said[at] for where, said in cells.items()}
    more = sum(max(0, len(each) - MOST) for each in (wrong, overlaps, kept, odd))
    gaps = _gaps(sheet, flaws)
    open_cases = [
        Look(_in_words(sheet, each.columns) or _("什么情况都没有一行命中"), serious=False) for each in gaps.found
    ]
    listed = wrong[:MOST], overlaps[:MOST], open_cases, kept[:MOST], odd[:MOST]
    return Looks(*listed, marks, more, gaps.formulas, gaps.is_complete)


def _silent(sheet: Sheet) -> list[Column]:
    """Columns that ask nothing yet."""
    return [column for column in sheet.columns if not column.answer and column.code == "null"]


def _where(sheet: Sheet, row: int, column: int) -> str:
    if row >= 0 and column >= 0:
        return _("第 {n} 行“{column}”：", n=row + 1, column=_heading(sheet, column))
    if row >= 0:
        return _("第 {n} 行：", n=row + 1)
    return _("“{column}”这一列：", column=_heading(sheet, column)) if column >= 0 else ""


def _heading(sheet: Sheet, column: int) -> str:
    return sheet.heading(sheet.columns[column])


def _published(sheet: Sheet) -> bytes:
    """The file as it is published now; nothing for a new one."""
    session = current.reading()
    newest = versions.latest(session, sheet.draft.process)
    return versions.files_of(session, newest.id).get(sheet.table.path, b"") if newest else b""


def _names(sheet: Sheet, published: bytes) -> frozenset[str] | None:
    """The variables that cells may use: those of the draft, of whoever asks the table, and that are used already."""
    if sheet.variables.names is None:
        return None
    given = topics.ALLOWED.asked.get(sheet.table.decision.id)
    own = {name for each in sheet.table.model.decisions.values() for name in table_flaws.own_names(each)}
    used = table_flaws.names_in(drafted_tables.read(published)) if published else set()
    return sheet.variables.names | own | used | (given.given or frozenset() if given else frozenset())


def _wrong_by_words(sheet: Sheet) -> dict[tuple[int, int], tuple[str, str]]:
    """Errors of numbers and categories, in words for the person who fills them in."""
    before = len(sheet.table.decision.inputs)
    return {
        (rule.number - 1, column.at): said
        for column in sheet.columns
        if column.way in {"number", "codes"}
        for rule in sheet.table.decision.rules
        for text in (rule.outputs if column.answer else rule.inputs)[column.at - before * column.answer :][:1]
        if (said := decision_cells.wrong(column, text, sheet.offers))
    }


def _not_offered(sheet: Sheet, flaws: Flaws) -> dict[tuple[int, int], tuple[str, str]]:
    """Answers that a column does not allow, where they are chosen from a list."""
    rules, before = sheet.table.decision.rules, len(sheet.table.decision.inputs)
    found = {}
    for row, at in flaws.cells:
        column = sheet.columns[at]
        if column.way == "choice" and column.answer and rules[row].outputs[at - before].strip():
            offered = "、".join(words for _text, words in column.choices[:MOST])
            found[row, at] = (f"请从列表里选：{offered}。", f"Choose from the list: {offered}.")
    return found


def _promised(sheet: Sheet, published: bytes) -> Iterator[Finding]:
    """What the domain asks of the table, and the last row of a kind that is gone since the published version."""
    yield from asked.of_table(sheet.table.decision, topics.ALLOWED.asked.get(sheet.table.decision.id))
    files = {sheet.table.path: published}, {sheet.table.path: sheet.table.content}
    if published:
        yield from (each for each in last_rows.lost(*files) if each.place == sheet.table.decision.id)


# ---- gaps ------------------------------------------------------------------------------------------------------------


def _gaps(sheet: Sheet, flaws: Flaws) -> Gaps:
    if flaws.cells or not sheet.table.decision.rules:
        return Gaps()  # what cannot be read covers nothing for sure
    values = {
        column.at: [text for text, _words in column.choices if text not in {"-", ""}]
        for column in sheet.columns
        if column.way == "choice" and not column.answer
    }
    return drafted_tables.gaps(sheet.table.decision, values, MOST_GAPS)


def _in_words(sheet: Sheet, columns: Mapping[int, Sequence[Piece]]) -> str:
    parts = [
        _("{column}是{value}", column=_heading(sheet, at), value=_values(sheet, at, pieces))
        for at, pieces in columns.items()
    ]
    return _("，").join(parts)


def _together(sheet: Sheet, overlap: Overlap) -> str:
    """When two rows both hit, by the columns that one of them asks for."""
    rules = sheet.table.decision.rules
    texts = zip(rules[overlap.first].inputs, rules[overlap.second].inputs, strict=False)
    asked = {
        at: [piece] for at, (piece, pair) in enumerate(zip(overlap.where, texts, strict=False)) if set(pair) - {"", "-"}
    }
    rows = _("第 {n} 行和第 {m} 行", n=overlap.first + 1, m=overlap.second + 1)
    when = _in_words(sheet, asked)
    return _("{rows}：{when}时都会命中", rows=rows, when=when) if when else _("{rows}：什么情况都会命中", rows=rows)


def _values(sheet: Sheet, at: int, pieces: Sequence[Piece]) -> str:
    column = sheet.columns[at]
    words = dict(column.choices)
    said = []
    for piece in pieces[:MOST_PIECES]:
        text = piece.words()[0 if language() == "zh" else 1]
        said.append(words.get(text) or sheet.offers.in_words(text).strip('"'))
    more = _("等 {n} 种", n=len(pieces)) if len(pieces) > MOST_PIECES else ""
    return _("“{words}”", words=_("”或“").join(said)) + more
