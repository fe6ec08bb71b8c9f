"""Compare two versions of a decision table while it is edited, cell by cell."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.core.errors import BihuanError
from engine.feel import FeelError, dmn


@dataclass(frozen=True, slots=True)
class Difference:
    """One changed cell, or (without a `column`) a whole row added or removed. `row` counts from 1.

    `table_en`, `column_en`: their English names, where the table's author gave them.
    """

    table: str
    row: int
    column: str
    before: str
    after: str
    table_en: str = ""
    column_en: str = ""


def of_tables(old: bytes, new: bytes) -> list[Difference]:
    """Return the cells and rows that differ, in order; nothing when one of the two cannot be read."""
    try:
        before, after = dmn.read(old).decisions, dmn.read(new).decisions
    except (BihuanError, FeelError):
        return []
    return [each for key in after if key in before for each in _between(before[key], after[key])]


def _between(before: dmn.Decision, after: dmn.Decision) -> Iterator[Difference]:
    """Compare tables; rows are the same when they have the same id, as editors keep it."""
    name = after.name or after.id
    known = {rule.id: rule for rule in before.rules}
    columns = [
        *(each.label or each.text for each in after.inputs),
        *(each.label or each.name for each in after.outputs),
    ]
    for rule in after.rules:
        was = known.pop(rule.id, None)
        cells = [*rule.inputs, *rule.outputs]
        if was is None:
            yield Difference(name, rule.number, "", "", " · ".join(filter(None, cells)))
            continue
        for column, old, new in zip(columns, [*was.inputs, *was.outputs], cells, strict=False):
            if old != new:
                yield Difference(name, rule.number, column, old, new, after.said(name, "en"), after.said(column, "en"))
    for gone in known.values():
        yield Difference(name, gone.number, "", " · ".join(filter(None, [*gone.inputs, *gone.outputs])), "")
