"""The tables of a draft: listed, begun, opened as a sheet, looked through, tried."""

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.feel import dmn
from engine.processes import drafted_tables, process_drafts, process_files, table_columns, table_trials
from engine.processes.process_drafts import ProcessDraft
from web.shared import decision_cells, trial_choices
from web.shell import current, form_input
from web.shell.guard import rule
from web.studio import frame, table_acts, table_findings, table_sheets
from web.studio.table_sheets import PAGE, Sheet

blueprint = Blueprint("studio_tables", __name__, url_prefix="/studio")

LONGEST_TRIED = 200


@blueprint.get("/<process>/tables")
@rule(process_drafts.ACT)
def index(process: str) -> str:
    """The tables of the draft, and what else decides."""
    return _index(frame.draft_of(process), {}, {})


def _index(draft: ProcessDraft, typed: dict[str, str], errors: dict[str, tuple[str, str]]) -> str:
    found, unreadable = drafted_tables.every(current.reading(), draft)
    ids = [each.decision.id for each in found]
    twice = {each for each in ids if ids.count(each) > 1}
    more = {"tables": found, "unreadable": unreadable, "twice": twice, "typed": typed, "errors": errors}
    return frame.render("studio/tables/index.html", draft, **more)


@blueprint.post("/<process>/tables")
@rule(process_drafts.ACT)
def begin(process: str) -> Response | tuple[str, int]:
    """Begin a table with one column to ask, one for the result, and one row."""
    draft = frame.draft_of(process)
    typed = {key: form_input.text(key)[:100] for key in ("name", "name_en", "id")}
    path = f"bpmn/{process}/{typed['id']}.dmn"
    if wrong := _wrong_with(draft, typed, path):
        return _index(draft, typed, wrong), 422
    content = table_columns.blank(typed["id"], typed["name"], typed["name_en"])

    def save(session: Session) -> None:
        there = process_drafts.require(session, current.someone(), process)
        process_drafts.save(session, there, path, content, 0, by=current.someone())

    current.attempt(save)
    return redirect(url_for("studio_tables.show", process=process, decision=typed["id"]), 303)


def _wrong_with(draft: ProcessDraft, typed: dict[str, str], path: str) -> dict[str, tuple[str, str]]:
    wrong = {}
    if not typed["name"]:
        wrong["name"] = ("请填写名称。", "Please give it a name.")
    if table_acts.STRANGE.search(typed["name"] + typed["name_en"]):
        wrong["name"] = ("名称里有不能保存的字符。", "The name has characters that cannot be kept.")
    found, unreadable = drafted_tables.every(current.reading(), draft)
    taken = {each.decision.id for each in found}
    if not process_files.PROCESS.fullmatch(typed["id"]):
        wrong["id"] = (
            "请用字母开头的字母、数字、下划线，例如 fees。",
            "Use letters, digits and underscores, a letter first, for example fees.",
        )
    elif typed["id"] in taken or path in {*(each.path for each in found), *(each.path for each in unreadable)}:
        wrong["id"] = (
            "这份草稿里已经有这张表了，请换一个编号。",
            "The draft has such a table already: choose another id.",
        )
    return wrong


@blueprint.get("/<process>/tables/<path:decision>")
@rule(process_drafts.ACT)
def show(process: str, decision: str) -> str:
    """One table as a sheet; any other decision as it is, to be read."""
    draft, table = table_sheets.find(process, decision)
    if table.decision.table is None:
        return frame.render("studio/tables/read.html", draft, table=table, kind=type(table.decision.logic).__name__)
    sheet = table_sheets.sheet_of(draft, table)
    more = {"asked": _asked(sheet), "choices": trial_choices.of_trial(table.decision, sheet.offers)}
    first = request.args.get("from", 0, type=int)
    return frame.render("studio/tables/show.html", draft, **more, **page(sheet, first))


@blueprint.get("/<process>/table-rows/<path:decision>")
@rule(process_drafts.ACT)
def rows(process: str, decision: str) -> str:
    """The sheet with another page of rows."""
    sheet = table_sheets.open_sheet(process, decision)
    return render_template("studio/tables/sheet.html", **page(sheet, request.args.get("from", 0, type=int)))


def page(sheet: Sheet, wished: int) -> dict[str, object]:
    """What the template of the sheet shows: the page of rows that holds the wished one."""
    first = table_sheets.first_of_page(sheet, wished)
    return {
        "sheet": sheet,
        "table": sheet.table,
        "rows": table_sheets.rows_of(sheet, first),
        "first": first,
        "total": len(sheet.table.decision.rules),
        "size": PAGE,
        "policies": table_sheets.policies(sheet),
        "policy": table_sheets.policy_of(sheet),
        "types": table_sheets.types(sheet),
        "values_of": table_sheets.values_of,
        "comparisons": decision_cells.comparisons(),
        "units": decision_cells.units(),
    }


@blueprint.get("/<process>/table-findings/<path:decision>")
@rule(process_drafts.ACT)
def findings(process: str, decision: str) -> dict[str, object]:
    """What is to be looked at, in words, and the marks on the rows of the page shown."""
    sheet = table_sheets.open_sheet(process, decision)
    first = table_sheets.first_of_page(sheet, request.args.get("from", 0, type=int))
    found = table_findings.looks(sheet)
    shown = [[row, at, said] for (row, at), said in found.marks.items() if first <= row < first + PAGE]
    return {
        "revision": sheet.table.revision,
        "marks": shown,
        "html": render_template("studio/tables/findings.html", looks=found),
    }


@blueprint.post("/<process>/table-trial/<path:decision>")
@rule(process_drafts.ACT)
def trial(process: str, decision: str) -> dict[str, object]:
    """Which rows hit with the values as typed, and what comes out."""
    sheet = table_sheets.open_sheet(process, decision)
    worded = trial_choices.of_trial(sheet.table.decision, sheet.offers)
    truths = {each.text for each in sheet.table.decision.inputs if each.type == "boolean"}
    given = {}
    for name in _asked(sheet):
        text = request.form.get(f"try-{name}", "").strip()[:LONGEST_TRIED]
        given[name] = text or None if name in worded.keys() - truths else table_trials.value_of(text)
    tried = table_trials.attempt(sheet.table.model, sheet.table.decision.id, given)
    html = render_template("studio/tables/tried.html", tried=tried, sheet=sheet, answers=_answers(sheet, tried.value))
    return {"hits": [number - 1 for number in tried.rules], "html": html}


def _asked(sheet: Sheet) -> list[str]:
    return table_trials.asked_for(sheet.table.model, sheet.table.decision)


def _answers(sheet: Sheet, value: object) -> list[list[tuple[str, str]]]:
    """What came out, by row that hit: each column's name with its value in words."""
    given = [column for column in sheet.columns if column.answer]
    found = value if isinstance(value, list) else [] if value is None else [value]
    return [
        [
            (sheet.heading(column), _value(sheet, column, one.get(column.code) if isinstance(one, dict) else one))
            for column in given
        ]
        for one in found[:PAGE]
    ]


def _value(sheet: Sheet, column: decision_cells.Column, value: object) -> str:
    if value is None:
        return "—"
    text = f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return sheet.cell(column, dmn.Rule(1, "", (), _only(sheet, column, text))).said or text


def _only(sheet: Sheet, column: decision_cells.Column, text: str) -> tuple[str, ...]:
    before = len(sheet.table.decision.inputs)
    return tuple(text if before + at == column.at else "" for at in range(len(sheet.table.decision.outputs)))
