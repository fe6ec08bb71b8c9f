"""Editing limits and decision tables: rule by rule, checked per cell, tried without a case, published."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import jobs, scenarios
from engine.administration import recording, tables
from engine.administration.tables import Sheet
from engine.core.errors import Conflict, Finding, Invalid, Refused
from engine.processes import four_eyes, table_trials
from engine.processes.last_rows import LastRows
from engine.processes.table_flaws import Flaws
from engine.processes.table_text import Line
from engine.processes.table_trials import Tried
from web.processes import publications
from web.shared import decision_cells, trial_choices
from web.shared.cell_choices import Offers, offers
from web.shared.decision_cells import Cell, Column
from web.shell import current
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("tables", __name__, url_prefix="/tables")

MOST_LINES = tables.MOST_RULES
LONGEST_IN_SPITE = 300
NONE = Flaws()


def about() -> dict[str, tuple[str, str]]:
    """Names and purposes of the shipped tables."""
    return {
        "limits": (_("时限"), _("受理、首次响应、方案、解决、回访各要多久，从什么时候算起")),
        "ladder": (_("督办阶梯"), _("时限用掉多少，由谁督办")),
        "escalations": (_("越级督办"), _("再次退单、没办好、重复投诉、业主要求等，由督办阶梯第几级督办")),
        "authority": (_("审批权限"), _("方案花多少钱由谁批")),
        "danger": (_("危险"), _("答了有没有危险、写了什么，就马上抢险、先核实，还是都不用")),
        "triage": (_("研判"), _("什么算特急、紧急、一般、复杂")),
        "belongs": (_("归口部门"), _("哪一类由哪个部门负责")),
        "dispatch": (_("派单"), _("由谁牵头，谁协办")),
        "replies": (_("对外回复"), _("12345、街道等来件的回复时限")),
    }


@dataclass(frozen=True, slots=True)
class TableView:
    """What is shown besides a table's rules: errors, the result of a dry run, the input."""

    flaws: Flaws = NONE
    checked: bool = False
    tried: Tried | None = None
    given: Mapping[str, str] | None = None
    note: str = ""
    errors: Mapping[str, tuple[str, str]] | None = None
    findings: tuple[Finding, ...] = ()
    lost: tuple[Finding, ...] = ()
    in_spite: str = ""


@blueprint.get("")
@rule("tables.edit")
def index() -> str:
    """All tables of the complaint process."""
    session = current.reading()
    recording.require(session, current.someone(), tables.ACT)
    order = list(about())
    found = tables.sheets(session)
    found.sort(key=lambda each: order.index(each.decision.id) if each.decision.id in order else len(order))
    return render_template("tables/index.html", sheets=found, about=about())


@blueprint.get("/<table>")
@rule("tables.edit")
def show(table: str) -> str:
    """One table, for editing; `job`: with the rules that this job was asked to publish."""
    session = current.reading()
    recording.require(session, current.someone(), tables.ACT)
    found = tables.sheet(session, table)
    if (job_id := request.args.get("job", type=int)) is not None:
        job = jobs.find(session, current.someone(), job_id)
        if job.facts.get("table") == table:
            lines = scenarios.publishing.lines_of(job)
            return _page(found, lines, TableView(flaws_of(found, lines, offers(session)), True, note=job.facts["note"]))
    return _page(found, list(found.lines), TableView())


def _page(found: Sheet, lines: list[Line], page: TableView) -> str:
    plain = bool(request.values.get("plain"))
    offered = offers(current.reading())
    shown = decision_cells.columns(found.decision, offered, plain=plain)
    return render_template(
        "tables/show.html",
        sheet=found,
        name=about().get(found.decision.id, (found.decision.name, ""))[0],
        columns=shown,
        lines=[
            (line, each, decision_cells.limit_in_words(shown, each)) for line in lines for each in [_cells(shown, line)]
        ],
        page=page,
        plain=plain,
        differing=tables.differing(found, lines) if page.checked and not page.flaws.table else [],
        moved=tables.moved(found, lines),
        asked=tables.asked_for(found),
        known=trial_choices.of_trial(found.decision, offered),
        in_words=offered.in_words,
        comparisons=decision_cells.comparisons(),
        units=decision_cells.units(),
        most=MOST_LINES,
        needs_approval=four_eyes.needed(current.reading(), tables.PROCESS),
    )


def _cells(shown: list[Column], line: Line) -> list[Cell]:
    return [decision_cells.cell(column, text) for column, text in _pairs(shown, line)]


def _pairs(shown: list[Column], line: Line) -> list[tuple[Column, str]]:
    return list(zip(shown, [*line.inputs, *line.outputs], strict=True))


@blueprint.post("/<table>")
@rule("tables.edit")
def change(table: str) -> Response | str | tuple[str, int]:
    """Handle the pressed button with the rules as entered: move, add, remove, check, try, publish."""
    session = current.reading()
    recording.require(session, current.someone(), tables.ACT)
    found = tables.sheet(session, table)
    offered = offers(session)
    lines = sent_lines(found, offered)
    what, _sep, at = request.form.get("do", "check").partition(":")
    lines = edited(found, lines, what, int(at) if at.isdecimal() and len(at) < 4 else -1)
    note = request.form.get("note", "").strip()
    flaws = flaws_of(found, lines, offered)
    if what == "publish" and not flaws:
        return publish(found, lines, note)
    given = {name: request.form.get(f"try-{name}", "").strip()[:200] for name in tables.asked_for(found)}
    tried = None
    if what == "try" and not flaws:
        worded = trial_choices.of_trial(found.decision, offered).keys() - {
            each.text for each in found.decision.inputs if each.type == "boolean"
        }
        values = {name: text or None if name in worded else table_trials.value_of(text) for name, text in given.items()}
        tried = tables.attempt(found, lines, values)
    checked = what in {"check", "try", "publish"}
    page = TableView(flaws if checked else Flaws(), checked, tried, given, note)
    return _page(found, lines, page), 422 if checked and flaws else 200


def flaws_of(found: Sheet, lines: list[Line], offered: Offers) -> Flaws:
    """Errors of the rules; for numbers and categories in words for the person editing."""
    flaws = tables.flaws(found, lines)
    shown = decision_cells.columns(found.decision, offered, plain=bool(request.values.get("plain")))
    here = {
        (row, column.at): said
        for row, line in enumerate(lines)
        for column, text in _pairs(shown, line)
        if (said := decision_cells.wrong(column, text, offered))
    }
    return replace(flaws, cells={**flaws.cells, **here}) if here else flaws


def sent_lines(found: Sheet, offered: Offers) -> list[Line]:
    """The rules as entered."""
    shown = decision_cells.columns(found.decision, offered, plain=bool(request.values.get("plain")))
    count = request.form.get("rows", 0, type=int)
    lines = []
    for row in range(min(max(count, 0), MOST_LINES + 1)):
        texts = [decision_cells.read(column, request.form, f"c-{row}-{column.at}", offered) for column in shown]
        before = len(found.decision.inputs)
        line = Line(
            request.form.get(f"id-{row}", "")[:200],
            tuple(each or "-" for each in texts[:before]),
            tuple(texts[before:]),
            request.form.get(f"note-{row}", ""),
        )
        lines.append(tables.stripped(line))
    return lines


def edited(found: Sheet, lines: list[Line], what: str, at: int) -> list[Line]:
    """The rules after one of the small buttons was pressed; `at` counts from 0."""
    match what:
        case "up" | "down":
            return tables.reorder(lines, at, -1 if what == "up" else 1)
        case "remove":
            return [line for number, line in enumerate(lines) if number != at]
        case "add":
            return [*lines[: at + 1], found.blank(), *lines[at + 1 :]] if at >= 0 else [*lines, found.blank()]
    return lines


def publish(found: Sheet, lines: list[Line], note: str) -> Response | tuple[str, int]:
    """Publish the rules as entered, or say why not."""
    seen, in_spite = request.form.get("seen", 0, type=int), request.form.get("in_spite", "").strip()[:LONGEST_IN_SPITE]
    try:
        decision = found.decision.id
        proposal = scenarios.publishing.of_table(
            current.reading(), decision, seen, lines, note, in_spite, by=current.someone()
        )
        if scenarios.publishing.needs_job(current.reading(), proposal):
            return publications.ask(proposal)
        judged = tables.judge(current.reading(), found, lines)
        with current.transaction() as session:
            version = tables.publish(session, current.someone(), decision, seen, lines, note, judged, in_spite)
    except Conflict as changed:
        wrong = {"note": (changed.text("zh"), changed.text("en"))}
        return _page(found, lines, TableView(checked=True, note=note, errors=wrong)), 409
    except Invalid as wrong:
        return _page(found, lines, TableView(checked=True, note=note, errors=wrong.fields)), 422
    except LastRows as lost:
        return _page(found, lines, TableView(checked=True, note=note, lost=lost.findings, in_spite=in_spite)), 422
    except Refused as refused:
        return _page(found, lines, TableView(checked=True, note=note, findings=tuple(refused.findings))), 422
    flash(_("已发布为版本 {number}。新来的投诉按它办，正在办的不变。", number=version.number))
    return redirect(url_for("tables.show", table=found.decision.id), 303)
