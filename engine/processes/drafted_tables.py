"""The decisions of a draft: which file holds each, what cannot be read, and what no row of a table covers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.core import parsing
from engine.core.errors import BadXml, NotFound
from engine.feel import FeelError, dmn
from engine.feel.dmn.coverage import Coverage
from engine.feel.dmn.pieces import Piece
from engine.processes.process_drafts import DraftedFile, ProcessDraft

KEPT = 8
"""Files that a process of the server keeps as they were read: the next page of a table is the same file."""


@dataclass(frozen=True, slots=True)
class DraftedTable:
    """A decision of a draft, with the file that holds it, as it was at `revision`."""

    path: str
    revision: int
    content: bytes
    model: dmn.Model
    decision: dmn.Decision


@dataclass(frozen=True, slots=True)
class UnreadableFile:
    """A decision file of a draft that cannot be read, and why (Chinese, English)."""

    path: str
    why: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Gap:
    """Inputs that no row covers: by column (from 0) the pieces that have it in common. Columns that do not count are left out."""

    columns: Mapping[int, Sequence[Piece]]


@dataclass(frozen=True, slots=True)
class Gaps:
    """What no row covers. `formulas`: cells that no search can read; `is_complete`: whether the search came to its end."""

    found: Sequence[Gap] = ()
    formulas: int = 0
    is_complete: bool = True


@lru_cache(maxsize=KEPT)
def read(content: bytes) -> dmn.Model:
    """Return the model in a file. Raises `FeelError`."""
    parsing.require_unlocked()
    return dmn.read(content)


def every(session: Session, draft: ProcessDraft) -> tuple[list[DraftedTable], list[UnreadableFile]]:
    """Return the decisions of a draft by file, and the files that cannot be read."""
    rows = select(DraftedFile).where(DraftedFile.draft_id == draft.id, DraftedFile.path.endswith(".dmn"))
    found: list[DraftedTable] = []
    unreadable: list[UnreadableFile] = []
    for each in session.scalars(rows.order_by(DraftedFile.path)):
        try:
            model = read(each.content)
        except FeelError as bad:
            unreadable.append(UnreadableFile(each.path, (bad.zh, bad.en)))
            continue
        except BadXml as bad:
            unreadable.append(UnreadableFile(each.path, (bad.text("zh"), bad.text("en"))))
            continue
        decisions = model.decisions.values()
        found += [DraftedTable(each.path, each.revision, each.content, model, decision) for decision in decisions]
    return found, unreadable


def find(session: Session, draft: ProcessDraft, decision: str, path: str = "") -> DraftedTable:
    """Return a decision of a draft by its id; `path`: of this file, where several have it. Raises `NotFound`."""
    found = [each for each in every(session, draft)[0] if each.decision.id == decision]
    here = [each for each in found if each.path == path] or found
    if not here:
        raise NotFound()
    return here[0]


def gaps(decision: dmn.Decision, values: Mapping[int, Sequence[str]], most: int) -> Gaps:
    """Return combinations that no row covers, at most `most`. `values`: the FEEL texts that an input column can be."""
    table = decision.table
    if table is None or any(output.default for output in table.outputs):
        return Gaps()
    inputs = [
        replace(column, allowed=", ".join(values[at])) if values.get(at) and not column.allowed else column
        for at, column in enumerate(table.inputs)
    ]
    coverage = Coverage(replace(table, inputs=tuple(inputs)))
    found = [
        Gap({at: pieces for at, pieces in enumerate(gap) if len(pieces) < len(coverage.pieces[at])})
        for gap in coverage.gaps(most)
    ]
    formulas = sum(mask is None for masks in coverage.masks for mask in masks)
    return Gaps(found, formulas, not coverage.is_cut_short)
