"""A decision table of a draft as a sheet: its columns, the rows of one page, each cell in words."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import request

from engine.core.errors import NotFound
from engine.feel.dmn import Rule
from engine.forms import Words
from engine.processes import drafted_tables, drafted_variables, process_drafts, topics
from engine.processes.drafted_tables import DraftedTable
from engine.processes.drafted_variables import DraftedVariables
from engine.processes.process_drafts import ProcessDraft
from engine.processes.table_text import TableText
from web.shared import cell_choices, cell_words, decision_cells
from web.shared.cell_choices import Choices, Offers
from web.shared.cell_words import PLAIN
from web.shared.decision_cells import LISTED, Cell, Column
from web.shell import current
from web.shell.language import gettext as _
from web.shell.language import language
from web.studio import frame

PAGE = 50
"""Rows on a page of the sheet."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """An open table, with what its cells can be."""

    draft: ProcessDraft
    table: DraftedTable
    variables: DraftedVariables
    offers: Offers
    columns: Sequence[Column]

    def heading(self, column: Column) -> str:
        """A column's name in the language of the page."""
        said = self.table.decision.said(column.label, language())
        plain = language() == "zh" or said != column.label or not column.code
        return said if plain else column.code.replace("_", " ")

    def cell(self, column: Column, rule: Rule) -> "ShownCell":
        """A cell of a row; one that the row lacks is empty."""
        before = len(self.table.decision.inputs)
        texts, at = (rule.outputs, column.at - before) if column.answer else (rule.inputs, column.at)
        text = texts[at] if at < len(texts) else ""
        cell = decision_cells.cell(column, text)
        return ShownCell(column, cell, cell_words.said(column, cell, self.offers))


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell with its words. `field`: in which field of its column it is changed, "words" where that does not fit."""

    column: Column
    cell: Cell
    said: str

    @property
    def field(self) -> str:
        return self.cell.way if self.cell.way == self.column.way and self.column.way != "feel" else "words"

    @property
    def value(self) -> str:
        """What stands in its first field when it is changed."""
        if self.field == "words":
            return "" if self.cell.text in {"", "-"} else self.said
        return self.cell.text if self.field == "choice" else self.cell.amount


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row of the page; `at` counts from 0."""

    at: int
    cells: Sequence[ShownCell]
    note: str


def open_sheet(process: str, decision: str) -> Sheet:
    """The table that the page is about. Raises `NotPermitted`, `NotFound`, also for a decision that is no table."""
    draft, table = find(process, decision)
    if table.decision.table is None:
        raise NotFound()
    return sheet_of(draft, table)


def find(process: str, decision: str) -> tuple[ProcessDraft, DraftedTable]:
    """The decision that the page is about, table or not. Raises `NotPermitted`, `NotFound`."""
    draft = frame.draft_of(process)
    return draft, drafted_tables.find(current.reading(), draft, decision, request.args.get("file", ""))


def sheet_of(draft: ProcessDraft, table: DraftedTable) -> Sheet:
    """The table with what its cells can be."""
    session = current.reading()
    variables = drafted_variables.of(draft.process, process_drafts.files_of(session, draft))
    own = {name: _own(choices) for name, choices in variables.choices.items()} if variables.choices else {}
    offers = replace(cell_choices.offers(session), own=own, shipped=draft.process in topics.ALLOWED.beginnings)
    return Sheet(
        draft, table, variables, offers, decision_cells.columns(table.decision, offers, plain=False, texts=True)
    )


def _own(choices: Sequence[tuple[str, Words]]) -> Choices:
    """The choices of a question as cells: numbers as they are, texts in quotes."""
    return [
        (value if PLAIN.fullmatch(value) else f'"{value}"', words.text(language()))
        for value, words in choices
        if '"' not in value
    ]


def rows_of(sheet: Sheet, first: int) -> list[ShownRow]:
    """The rows of one page."""
    return [row_of(sheet, rule) for rule in sheet.table.decision.rules[first : first + PAGE]]


def row_of(sheet: Sheet, rule: Rule) -> ShownRow:
    """One row."""
    cells = [sheet.cell(column, rule) for column in sheet.columns]
    return ShownRow(rule.number - 1, cells, " ".join(rule.notes).strip())


def first_of_page(sheet: Sheet, wished: int) -> int:
    """The first row of the page that holds a row."""
    last = max(0, len(sheet.table.decision.rules) - 1)
    return min(max(wished, 0), last) // PAGE * PAGE


def policies(sheet: Sheet) -> list[tuple[str, str]]:
    """What happens when several rows hit, in words; a way of the file that nobody knows stays."""
    present = policy_of(sheet)
    known = [
        ("UNIQUE", _("只会命中一条：行与行不能重叠")),
        ("FIRST", _("从上往下，取命中的第一条")),
        ("ANY", _("可以命中几条，但结果必须相同")),
        ("RULE ORDER", _("命中的全部都要，按行的顺序")),
        ("COLLECT", _("命中的全部都要，不分先后")),
        ("COLLECT SUM", _("命中的结果加起来")),
        ("COLLECT MIN", _("取命中结果里最小的")),
        ("COLLECT MAX", _("取命中结果里最大的")),
        ("COLLECT COUNT", _("数一数命中几条")),
        ("PRIORITY", _("取结果优先的那条：结果列里先列的值优先")),
        ("OUTPUT ORDER", _("命中的全部都要，按结果的优先顺序")),
    ]
    return known if present in dict(known) else [*known, (present, present)]


def policy_of(sheet: Sheet) -> str:
    """The table's present way, as `policies` has it."""
    table = sheet.table.decision.table
    return f"{table.hit_policy} {table.aggregation}".strip() if table else ""


def types(sheet: Sheet) -> list[tuple[str, str]]:
    """What a column can hold, in words; types of the file's own stay."""
    known = [
        ("string", _("文字")), ("number", _("数字")), ("boolean", _("是或否")), ("date", _("日期")),
        ("dateTime", _("日期和时间")), ("", _("其他")),
    ]  # fmt: skip
    decision = sheet.table.decision
    used = {each.type for each in decision.inputs} | {each.type for each in decision.outputs}
    own = {type for type in used if type} - {code for code, _words in known}
    return [*known, *((type, type) for type in sorted(own))]


def values_of(allowed: str) -> str:
    """The values that a column may hold, one on each line; what is no list as a formula."""
    if not allowed:
        return ""
    return "\n".join(decision_cells.codes_of(allowed)) if LISTED.fullmatch(allowed) else f"= {allowed}"


def text_of(sheet: Sheet) -> TableText:
    """The table in the text of its file, to be changed."""
    return TableText(sheet.table.content, sheet.table.decision.id)
