"""Findings of verification, each with its place, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from engine.history.chain import COMPANY

Kind = Literal["changed", "missing", "swapped", "added", "rewritten", "removed", "head", "note", "log"]


@dataclass(frozen=True, slots=True)
class Broken:
    """One place where the record is broken."""

    kind: Kind
    zh: str
    en: str
    case_id: int | None = None
    number: int | None = None

    def text(self, language: str = "zh") -> str:
        """Return what is wrong, and where."""
        return self.zh if language == "zh" else self.en


def whose(case_id: int) -> tuple[str, str]:
    """Return a chain's name."""
    return ("公司记录", "company record") if case_id == COMPANY else (f"案件 {case_id}", f"case {case_id}")


def at(kind: Kind, case_id: int, number: int, zh: str, en: str) -> Broken:
    """Return a finding about one entry: “案件 12 第 5 条{zh}”， “case 12, entry 5 {en}”."""
    owner_zh, owner_en = whose(case_id)
    return Broken(kind, f"{owner_zh} 第 {number} 条{zh}", f"{owner_en}, entry {number} {en}", case_id, number)


def missing(case_id: int, first: int, last: int, *, tail: bool) -> Broken:
    """Return findings about missing entries."""
    owner_zh, owner_en = whose(case_id)
    if first == last:
        return at(
            "missing",
            case_id,
            first,
            "（最后一条）缺失" if tail else "缺失",
            "is missing" + (" (the last)" if tail else ""),
        )
    zh = f"{owner_zh} 第 {first} 至 {last} 条缺失" + ("（末尾）" if tail else "")
    en = f"{owner_en}, entries {first} to {last} are missing" + (" (the end)" if tail else "")
    return Broken("missing", zh, en, case_id, first)


def about(kind: Kind, case_id: int, zh: str, en: str) -> Broken:
    """Return a finding about a whole chain."""
    owner_zh, owner_en = whose(case_id)
    return Broken(kind, f"{owner_zh}：{zh}", f"{owner_en}: {en}", case_id)


def ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return ascending numbers as runs (first, last)."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
