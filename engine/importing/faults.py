"""What prevents a file, or one of its rows, from being imported."""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.core.errors import BihuanError, Invalid


class Unreadable(BihuanError):
    """The file cannot be read as a table; nothing of it was imported."""

    zh = "文件“{name}”读不了：{why_zh}"
    en = "The file “{name}” cannot be read: {why_en}"


class NoCompany(BihuanError):
    """The store has no company yet, so that nothing can belong anywhere."""

    zh = "还没有公司：请先运行 bihuan init，或在网页上开始。"
    en = "There is no company yet: run `bihuan init` first, or begin on the page."


class NoColumns(BihuanError):
    """Required columns are missing or were not assigned."""

    zh = "文件里没有认出这些必需的列：{missing_zh}。文件里的列有：{there}。请指定它们是哪几列（用命令时写 --map “列名=字段”）。"
    en = "The file has no column for: {missing_en}. Its columns are: {there}. Say which they are, or use --map “column=field”."


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: row number as in the file, column as headed there, and why."""

    row: int
    column: str
    zh: str
    en: str

    def text(self, language: str = "zh") -> str:
        """Return why, in one language."""
        return self.zh if language == "zh" else self.en


def reason(faults: Iterable[Fault]) -> str:
    """Return everything wrong with a row as one cell, both languages."""
    return "；".join(
        f"{each.column}：{each.zh} / {each.en}" if each.column else f"{each.zh} / {each.en}" for each in faults
    )


def number_taken(row: int, number: str, before: int) -> Fault:
    """Return the fault of a row whose number occurs earlier in the file with other words."""
    zh, en = (
        f"编号 {number} 在第 {before} 行用过，内容却不同。",
        f"the number {number} stands in row {before} too, with other words.",
    )
    return Fault(row, "", zh, en)


def not_written(row: int, problem: Exception) -> Fault:
    """Return the fault of a valid row that the store refused."""
    if not isinstance(problem, BihuanError):
        return Fault(row, "", "写入数据库时被拒绝。", "the database refused it.")
    if isinstance(problem, Invalid):
        said = list(problem.fields.values())
        return Fault(row, "", "；".join(each[0] for each in said), "; ".join(each[1] for each in said))
    return Fault(row, "", problem.text("zh"), problem.text("en"))
