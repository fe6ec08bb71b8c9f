"""The result of an import: how many rows, what was refused and why, what was left aside."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from engine.importing.faults import Fault, reason
from engine.importing.table import Line, Said

MOST_SHOWN = 500
"""The most faults shown; all of them are in the file of refused rows."""


MOST_CLEAN = 20
MOST_ADDRESSES = 300
"""So many homes are shown beside what the file says: those written otherwise, and the first ones."""

TOTALS: Said = (
    "有的行是合计，不是内容，没有导入。",
    "Some rows are totals, not entries; they were left out.",
)


@dataclass(slots=True)
class Tally:
    """Grows while a file is read. `taken`: rows by how they were imported (past, opened, added, changed, returned).

    `addresses`: rows with the address as written, as it comes out, and how it changed. `retired`: rows of retired homes.
    """

    read: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    repeats: int = 0
    there: int = 0
    refused: list[tuple[Line, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: Counter[Said] = field(default_factory=Counter)
    changes: list[str] = field(default_factory=list)
    addresses: list[tuple[int, str, str, str]] = field(default_factory=list)
    retired: int = 0
    clean: int = 0
    written_otherwise: int = 0

    def refuse(self, line: Line, faults: list[Fault]) -> None:
        """Count a row that is not imported."""
        self.refused.append((line, reason(faults)))
        if len(self.faults) < MOST_SHOWN:
            self.faults += faults

    def show(self, row: int, written: str, made: str, how: str) -> None:
        """Keep an address beside what the file says: the first ones, and all written otherwise (`how`), up to a limit."""
        if how:
            self.written_otherwise += 1
        else:
            self.clean += 1
        if len(self.addresses) < MOST_ADDRESSES and (how or self.clean <= MOST_CLEAN):
            self.addresses.append((row, written, made, how))

    def facts(self) -> dict[str, Any]:
        """Return the counts for storage."""
        taken = dict(sorted(self.taken.items()))
        counts = {"read": self.read, "in": sum(taken.values()), **taken}
        return {**counts, "repeats": self.repeats, "there": self.there, "refused": len(self.refused)}

    def told(self) -> dict[str, Any]:
        """Return what is shown beside the counts."""
        return {"addresses": self.addresses, "otherwise": self.written_otherwise, "retired": self.retired}


def summary(facts: dict[str, Any], language: str = "zh") -> str:
    """Return the counts in one line."""
    parts = [(code, facts[code]) for code in ("past", "opened", "added", "changed", "returned") if code in facts]
    words = {
        "past": ("已过去的 {n}", "{n} past"),
        "opened": ("立案 {n}", "{n} opened"),
        "added": ("新增 {n}", "{n} added"),
        "changed": ("更新 {n}", "{n} changed"),
        "returned": ("恢复使用 {n}", "{n} used again"),
    }
    chinese = language == "zh"
    inside = ("，" if chinese else ", ").join(words[code][0 if chinese else 1].format(n=count) for code, count in parts)
    if chinese:
        bracket = f"（{inside}）" if inside else ""
        return f"读取 {facts['read']} 行，导入 {facts['in']}{bracket}，重复 {facts['repeats']}，已有 {facts['there']}，未导入 {facts['refused']}"
    bracket = f" ({inside})" if inside else ""
    return f"{facts['read']} read, {facts['in']} taken in{bracket}, {facts['repeats']} repeats, {facts['there']} there already, {facts['refused']} refused"
