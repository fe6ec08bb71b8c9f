"""The result of an import: how many rows, what was refused and why, what was left aside."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from engine.importing.faults import Fault, reason
from engine.importing.table import Line, Said

MOST_SHOWN = 500
"""The most faults shown; all of them are in the file of refused rows."""


@dataclass(slots=True)
class Tally:
    """Grows while a file is read. `taken`: rows by how they were imported (past, opened, added, changed)."""

    read: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    repeats: int = 0
    there: int = 0
    refused: list[tuple[Line, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: Counter[Said] = field(default_factory=Counter)
    changes: list[str] = field(default_factory=list)

    def refuse(self, line: Line, faults: list[Fault]) -> None:
        """Count a row that is not imported."""
        self.refused.append((line, reason(faults)))
        if len(self.faults) < MOST_SHOWN:
            self.faults += faults

    def facts(self) -> dict[str, Any]:
        """Return the counts for storage."""
        taken = dict(sorted(self.taken.items()))
        counts = {"read": self.read, "in": sum(taken.values()), **taken}
        return {**counts, "repeats": self.repeats, "there": self.there, "refused": len(self.refused)}


def summary(facts: dict[str, Any], language: str = "zh") -> str:
    """Return the counts in one line."""
    parts = [(code, facts[code]) for code in ("past", "opened", "added", "changed") if code in facts]
    words = {
        "past": ("已过去的 {n}", "{n} past"),
        "opened": ("立案 {n}", "{n} opened"),
        "added": ("新增 {n}", "{n} added"),
        "changed": ("更新 {n}", "{n} changed"),
    }
    chinese = language == "zh"
    inside = ("，" if chinese else ", ").join(words[code][0 if chinese else 1].format(n=count) for code, count in parts)
    if chinese:
        bracket = f"（{inside}）" if inside else ""
        return f"读取 {facts['read']} 行，导入 {facts['in']}{bracket}，重复 {facts['repeats']}，已有 {facts['there']}，未导入 {facts['refused']}"
    bracket = f" ({inside})" if inside else ""
    return f"{facts['read']} read, {facts['in']} taken in{bracket}, {facts['repeats']} repeats, {facts['there']} there already, {facts['refused']} refused"
