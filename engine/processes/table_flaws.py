"""What is wrong with a decision table, cell by cell."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from engine.bpmn.checking import promises
from engine.feel import FeelError, compile, compile_tests, dmn
from engine.feel.dmn.pieces import Piece
from engine.processes import topics

LONGEST_CELL = 500
LONGEST_NOTE = 300

Pair = tuple[str, str]


class Odd(NamedTuple):
    """What may stay, in Chinese and English; its row and column from 0 (-1: the whole table or row), the sort of finding."""

    zh: str
    en: str
    row: int
    column: int
    kind: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rows (from 0) that hit together and may not; `where`: by input column a value that hits both."""

    first: int
    second: int
    where: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Flaws:
    """What is wrong: by (row, column) from 0, inputs before outputs; of a whole row; of the table. `odd`: may stay.

    `overlaps`: pairs of rows that hit together and may not, among those in `rows`.
    """

    cells: Mapping[tuple[int, int], Pair] = field(default_factory=dict)
    rows: Mapping[int, Pair] = field(default_factory=dict)
    table: Sequence[Pair] = ()
    odd: Sequence[Odd] = ()
    overlaps: Sequence[Overlap] = ()

    def __bool__(self) -> bool:
        return bool(self.cells or self.rows or self.table)


def flaws(
    model: dmn.Model, decision: dmn.Decision, names: frozenset[str] | None, *, names_are_all: bool = True
) -> Flaws:
    """Return what is wrong with a table. `names`: the variables that its cells may use, None where they are not known.

    `names_are_all`: others are wrong; else they are only odd.
    """
    cells: dict[tuple[int, int], Pair] = {}
    rows: dict[int, Pair] = {}
    table: list[Pair] = []
    odd: list[Odd] = []
    overlaps: list[Overlap] = []
    for each in dmn.check(model, names, sorted(topics.ALLOWED.functions)):
        if each.decision != decision.id:
            continue
        said = (_ended(each.zh, "。"), _ended(each.en, "."))
        if not each.serious or (each.kind == "name" and not names_are_all):
            odd.append(Odd(*said, each.rule - 1, each.at, each.kind))
        elif each.rule and each.at >= 0:
            cells.setdefault((each.rule - 1, each.at), said)
        elif each.rule:
            rows.setdefault(each.rule - 1, said)
            overlaps += [Overlap(each.other - 1, each.rule - 1, each.where)] if each.other else []
        elif each.column:
            table.append((f"列“{each.column}”：{said[0]}", f"Column “{each.column}”: {said[1]}"))
        else:
            table.append(said)
    for at, said in _not_allowed(decision):
        cells.setdefault(at, said)
    table += [(broken.zh, broken.en) for broken in promises.broken(decision, topics.ALLOWED.promises.get(decision.id))]
    return Flaws(cells, rows, table, odd, overlaps)


def _ended(text: str, mark: str) -> str:
    return text if text.endswith(("?", "？", "。", ".")) else f"{text}{mark}"


def _not_allowed(decision: dmn.Decision) -> Iterator[tuple[tuple[int, int], Pair]]:
    """Yield missing outputs, and constants that the head of their column does not allow."""
    before = len(decision.inputs)
    for row, rule in enumerate(decision.rules):
        for at, (output, text) in enumerate(zip(decision.outputs, rule.outputs, strict=False)):
            if not text.strip():
                yield (row, before + at), ("请填写。", "Please fill this in.")
            elif output.allowed and _is_outside(text, output.allowed):
                zh, en = f"允许的值：{output.allowed}。", f"Allowed are {output.allowed}."
                if "duration(?)" in output.allowed:
                    zh = '请写一个整数，再选单位（分钟、小时、天）；按公式填写时写成 "PT15M"、"PT24H" 或 "P3D"。'
                    en = 'Write a whole number and choose its unit; as a formula "PT15M", "PT24H" or "P3D".'
                yield (row, before + at), (zh, en)


def _is_outside(text: str, allowed: str) -> bool:
    try:
        expression = compile(text)
        if expression.names or expression.calls:
            return False
        return compile_tests(allowed).holds(expression.evaluate({}), {}) is not True
    except (FeelError, RecursionError):
        return False


# ---- names -----------------------------------------------------------------------------------------------------------


def names_in(model: dmn.Model) -> set[str]:
    """Return the names of the decisions of a file, and the variables that they speak of."""
    return {name for each in model.decisions.values() for name in (*own_names(each), *spoken_of(each))}


def own_names(decision: dmn.Decision) -> tuple[str, str, str]:
    """Return the names by which others know a decision's value."""
    return decision.id, decision.name, decision.variable


def asked_by(decision: dmn.Decision) -> Iterator[str]:
    """Yield the variables that the input columns ask for."""
    for column in decision.inputs:
        yield from sorted(_names(column.text, compile))


def spoken_of(decision: dmn.Decision) -> Iterator[str]:
    """Yield every variable that a table's heads and cells speak of."""
    yield from asked_by(decision)
    for rule in decision.rules:
        for text in rule.inputs:
            yield from _names(text, compile_tests)
        for text in rule.outputs:
            yield from _names(text, compile)


def _names(text: str, read: Any) -> Iterable[str]:
    try:
        return frozenset(read(text).names) - {"?"} if text else ()
    except (FeelError, RecursionError):
        return ()
