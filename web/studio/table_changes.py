"""A table of a draft, changed by the script of its sheet: done, pasted, taken back; each kept in the draft at once."""

import csv
import io
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from engine.core.errors import BihuanError, NotFound, Unclear
from engine.feel import FeelError
from engine.processes import drafted_tables, process_drafts
from engine.processes.process_drafts import ChangedMeanwhile
from web.shared import cell_words, decision_cells
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language
from web.studio import table_acts, table_sheets, tables
from web.studio.table_sheets import Sheet

blueprint = Blueprint("studio_table_changes", __name__, url_prefix="/studio")

MOST_PASTED = 500_000
MOST_SHOWN = 30
NEVER = -1
"""A revision that no file has: what was seen is not what is there any more."""

Answer = tuple[dict[str, object], int]


@blueprint.post("/<process>/table-change/<path:decision>")
@rule(process_drafts.ACT)
def change(process: str, decision: str) -> Answer:
    """Do an act to the table and keep it; answer with what is to be drawn anew, or say who was faster (409)."""
    sheet = table_sheets.open_sheet(process, decision)
    try:
        asked = _asked()
        seen = asked.get("seen")
        is_present = seen == sheet.table.revision
        content = _changed(sheet, asked) if is_present else b""
        revision = _keep(sheet, content, sheet.table.revision if is_present else NEVER)
    except ChangedMeanwhile as faster:
        return {"said": faster.text(language())}, 409
    except BihuanError as wrong:
        if isinstance(wrong, NotFound):
            raise
        return {"said": wrong.text(language())}, 422
    return {
        "revision": revision,
        "undo": table_acts.way_back(content, sheet.table.content),
        **_drawn(sheet, asked),
    }, 200


def _asked() -> Mapping[str, Any]:
    asked = request.get_json(silent=True)
    if not isinstance(asked, dict):
        raise table_acts.unreadable()
    return asked


def _changed(sheet: Sheet, asked: Mapping[str, Any]) -> bytes:
    """The file after the act. Raises `Unclear`."""
    if asked.get("do") == "undo":
        content = table_acts.taken_back(sheet.table.content, asked)
    else:
        act = table_acts.ACTS.get(str(asked.get("do")))
        if act is None:
            raise table_acts.unreadable()
        text = table_sheets.text_of(sheet)
        act(text, sheet, asked)
        content = text.text()
    _require_readable(content, sheet)
    return content


def _require_readable(content: bytes, sheet: Sheet) -> None:
    """Cells may be as wrong as they like; the sheet itself has to open again."""
    try:
        decision = drafted_tables.read(content).decisions.get(sheet.table.decision.id)
    except FeelError as bad:
        raise Unclear(zh=f"没有保存：{bad.zh}。", en=f"Not kept: {bad.en}.") from None
    if decision is None or decision.table is None:
        raise table_acts.unreadable()


def _keep(sheet: Sheet, content: bytes, seen: int) -> int:
    process, path = sheet.draft.process, sheet.table.path

    def save(session: Session) -> int:
        draft = process_drafts.require(session, current.someone(), process)
        return process_drafts.save(session, draft, path, content, seen, by=current.someone())

    return current.attempt(save)


def _drawn(before: Sheet, asked: Mapping[str, Any]) -> dict[str, object]:
    """What the act changed on the page: one row, or the sheet."""
    draft, table = table_sheets.find(before.draft.process, before.table.decision.id)
    sheet = table_sheets.sheet_of(draft, table)
    is_one_row = asked.get("do") == "words" and len(asked["words"]) == 1
    if asked.get("do") in {"cell", "note"} or (is_one_row and asked["row"] < len(before.table.decision.rules)):
        row = table_sheets.row_of(sheet, table.decision.rules[asked["row"]])
        return {"row": render_template("studio/tables/row.html", sheet=sheet, row=row)}
    first = asked.get("from")
    html = render_template("studio/tables/sheet.html", **tables.page(sheet, first if isinstance(first, int) else 0))
    return {"sheet": html}


@blueprint.post("/<process>/table-paste/<path:decision>")
@rule(process_drafts.ACT)
def paste(process: str, decision: str) -> Answer:
    """What pasting a text of cells would replace; nothing is changed yet."""
    sheet = table_sheets.open_sheet(process, decision)
    try:
        asked = _asked()
        text = asked.get("text")
        if not isinstance(text, str) or len(text) > MOST_PASTED:
            raise Unclear(zh="粘贴的内容太多，请分几次粘贴。", en="This is too much at once: paste it in parts.")
        row = table_acts.whole(asked, "row", table_acts.MOST_ROWS)
        first = table_acts.whole(asked, "column", len(sheet.columns))
        lines = _lines(text)
    except BihuanError as wrong:
        return {"said": wrong.text(language())}, 422
    wide = table_acts.too_wide(sheet, first, lines)
    rows = len(sheet.table.decision.rules)
    html = render_template(
        "studio/tables/pasted.html",
        changes=_changes(sheet, row, first, lines) if not wide else [],
        lines=lines,
        wide=wide,
        added=max(0, row + len(lines) - rows),
        row=row,
    )
    return {"html": html, "words": lines, "fits": not wide and bool(lines)}, 200


def _lines(text: str) -> list[list[str]]:
    """The cells of a text as a spreadsheet copies it: tabs between columns, quotes around cells with line breaks."""
    try:
        lines = list(csv.reader(io.StringIO(text.replace("\0", "")), "excel-tab"))
    except csv.Error:
        raise Unclear(zh="看不懂粘贴的内容。", en="What was pasted cannot be read.") from None
    while lines and not any(lines[-1]):
        lines.pop()
    if len(lines) > table_acts.MOST_ROWS:
        raise table_acts.too_many_rows()
    return [[" ".join(cell.split()) for cell in line] for line in lines]


def _changes(
    sheet: Sheet, row: int, first: int, lines: list[list[str]]
) -> list[tuple[int, list[tuple[str, str, str]]]]:
    """By row the cells that would change: their column, what stands there, what would."""
    found = []
    for at, line in enumerate(lines[:MOST_SHOWN], row):
        shown = [table_sheets.row_of(sheet, rule) for rule in sheet.table.decision.rules[at : at + 1]]
        cells = []
        for column, typed in zip(sheet.columns[first : first + len(line)], line, strict=False):
            feel = cell_words.understood(column, typed, sheet.offers)
            new = cell_words.said(column, decision_cells.cell(column, feel), sheet.offers)
            old = shown[0].cells[column.at].said if shown else ""
            if new != old:
                cells.append((sheet.heading(column), old, new))
        note = line[-1].strip() if first + len(line) > len(sheet.columns) else None
        before = shown[0].note if shown else ""
        if note is not None and note != before:
            cells.append((_("为什么"), before, note))
        found.append((at, cells))
    return found
