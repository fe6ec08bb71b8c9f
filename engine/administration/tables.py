"""Decision tables of the complaint process, edited rule by rule and published as a new version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from engine.administration.recording import record, require
from engine.company.people import Person
from engine.core.errors import Finding, Invalid, NotFound, Refused
from engine.feel import dmn
from engine.processes import differences, publishing, table_flaws, table_trials, topics, versions
from engine.processes.differences import Difference
from engine.processes.publishing import Judged
from engine.processes.table_flaws import LONGEST_CELL, LONGEST_NOTE, Flaws, Pair
from engine.processes.table_text import Line, TableText
from engine.processes.table_trials import Tried
from engine.processes.versions import Version

ACT = "tables.edit"
PROCESS = "complaint"
MOST_RULES = 300
MOST_CHANGES = 12


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of the newest published version: its file, its decision, its rules."""

    version: Version
    path: str
    text: bytes
    decision: dmn.Decision

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return its present rules."""
        rules = self.decision.rules
        return tuple(Line(rule.id, rule.inputs, rule.outputs, " ".join(rule.notes).strip()) for rule in rules)

    def blank(self) -> Line:
        """Return a new rule that matches anything and has no outputs yet."""
        return Line("", ("-",) * len(self.decision.inputs), ("",) * len(self.decision.outputs))


def sheets(session: Session) -> list[Sheet]:
    """Return every decision table of the newest complaint process; none before it was published."""
    version = versions.latest(session, PROCESS)
    if version is None:
        return []
    found = []
    for path, text in versions.files_of(session, version.id).items():
        if path.endswith(".dmn"):
            tables = (each for each in dmn.read(text).decisions.values() if each.table is not None)
            found += [Sheet(version, path, text, each) for each in tables]
    return found


def sheet(session: Session, decision: str) -> Sheet:
    """Return the table of this decision; raises `NotFound`."""
    for each in sheets(session):
        if each.decision.id == decision:
            return each
    raise NotFound()


# ---- writing -----------------------------------------------------------------------------------------------------


def written(found: Sheet, lines: Sequence[Line]) -> bytes:
    """Return the file with these rules in the table; unchanged rules keep their id and other attributes."""
    text = TableText(found.text, found.decision.id)
    text.replace(lines)
    return text.text()


# ---- checking ----------------------------------------------------------------------------------------------------


def flaws(found: Sheet, lines: Sequence[Line]) -> Flaws:
    """Return what is wrong with these rules, cell by cell."""
    if not lines or len(lines) > MOST_RULES:
        return Flaws(table=[(f"规则要有 1 到 {MOST_RULES} 条。", f"There have to be 1 to {MOST_RULES} rules.")])
    if wrong := _too_long(lines):
        return wrong
    model = dmn.read(written(found, lines))
    return table_flaws.flaws(model, model.decisions[found.decision.id], names_of(found))


def _too_long(lines: Sequence[Line]) -> Flaws | None:
    """Return which texts are too long to be read as a table at all."""
    cells = {
        (row, at): (f"最多 {LONGEST_CELL} 个字。", f"At most {LONGEST_CELL} characters.")
        for row, line in enumerate(lines)
        for at, text in enumerate([*line.inputs, *line.outputs])
        if len(text) > LONGEST_CELL
    }
    rows = {
        row: (f"最多 {LONGEST_NOTE} 个字。", f"At most {LONGEST_NOTE} characters.")
        for row, line in enumerate(lines)
        if len(line.note) > LONGEST_NOTE
    }
    return Flaws(cells, rows) if cells or rows else None


def names_of(found: Sheet) -> frozenset[str]:
    """Return variables that cells may use: the process's first ones, and those the published table used."""
    return frozenset(topics.ALLOWED.beginnings.get(PROCESS, ())) | table_flaws.names_in(dmn.read(found.text))


# ---- trying ------------------------------------------------------------------------------------------------------


def asked_for(found: Sheet) -> list[str]:
    """Return the variables that a dry run needs, those of the input columns first."""
    return table_trials.asked_for(dmn.read(found.text), found.decision)


def attempt(found: Sheet, lines: Sequence[Line], given: Mapping[str, object]) -> Tried:
    """Decide with these rules and values, without a case."""
    return table_trials.attempt(dmn.read(written(found, lines)), found.decision.id, given)


# ---- publishing --------------------------------------------------------------------------------------------------


def differing(found: Sheet, lines: Sequence[Line]) -> list[Difference]:
    """Return the cells and rules that differ from the published ones."""
    name = found.decision.name or found.decision.id
    return [each for each in differences.of_tables(found.text, written(found, lines)) if each.table == name]


def moved(found: Sheet, lines: Sequence[Line]) -> bool:
    """Return whether the unchanged rules are in another order than before."""
    before = [line.id for line in found.lines]
    after = [line.id for line in lines if line.id in before]
    return after != [each for each in before if each in after]


def judge(session: Session, found: Sheet, lines: Sequence[Line]) -> Judged:
    """Return whether the process runs with these rules, before `publish`. Takes some seconds; only reads."""
    return publishing.judge(session, PROCESS, files_with(session, found, lines))


def files_with(session: Session, found: Sheet, lines: Sequence[Line]) -> dict[str, bytes]:
    """Return the files of the process with these rules."""
    return {**versions.files_of(session, found.version.id), found.path: written(found, lines)}


def check_publishable(found: Sheet, seen: int, note: str) -> None:
    """Raise `Invalid` without a note, or when a new version appeared since `seen`."""
    if found.version.number != seen:
        raise Invalid(
            {
                "note": (
                    f"刚有人发布了版本 {found.version.number}，请重新打开这张表再改。",
                    f"Somebody has just published version {found.version.number}; open the table again.",
                )
            }
        )
    if not note.strip() or len(note) > LONGEST_NOTE:
        raise Invalid({"note": ("请写明为什么改。", "Please say why it is changed.")})


def publish(
    session: Session,
    by: Person,
    decision: str,
    seen: int,
    lines: Sequence[Line],
    note: str,
    judged: Judged,
    in_spite: str = "",
    *,
    more: Mapping[str, bytes] = versions.NOTHING,
    approved: bool = False,
) -> Version:
    """Publish the process with these rules as a new version; running cases keep theirs.

    `seen`: the number of the version that was edited; `in_spite` as in `publishing.publish`. `more`: accepted
    scenarios. `approved`: by somebody else. Raises `Invalid` without a note, when a cell is wrong or
    somebody published meanwhile; `Refused` when the process would not run; `Conflict` when something else changed.
    """
    require(session, by, ACT)
    found = sheet(session, decision)
    check_publishable(found, seen, note)
    if wrong := flaws(found, lines):
        raise Refused([Finding("error", decision, found.decision.name, *said) for said in _all(wrong)])
    changes = differing(found, lines)
    files = versions.with_scenarios(files_with(session, found, lines), more)
    version = publishing.publish(
        session,
        PROCESS,
        files,
        by=by,
        note=note.strip(),
        act=ACT,
        judged=judged,
        in_spite=in_spite,
        approved=approved,
    )
    changed = {_where(each): [each.before, each.after] for each in changes[:MOST_CHANGES]}
    record(session, by, "table.changed", {"table": decision, "cells": len(changes), "changed": changed}, note.strip())
    return version


def _where(each: Difference) -> str:
    return f"#{each.row} {each.column}".strip()


def _all(wrong: Flaws) -> list[Pair]:
    return [*wrong.cells.values(), *wrong.rows.values(), *wrong.table]


def reorder(lines: Sequence[Line], at: int, by: int) -> list[Line]:
    """Return the rules with one moved up (-1) or down (1)."""
    found = list(lines)
    to = at + by
    if 0 <= at < len(found) and 0 <= to < len(found):
        found[at], found[to] = found[to], found[at]
    return found


def stripped(line: Line) -> Line:
    """Return the rule without white space around its texts."""
    inputs, outputs = tuple(each.strip() for each in line.inputs), tuple(each.strip() for each in line.outputs)
    return replace(line, inputs=inputs, outputs=outputs, note=line.note.strip())
