"""What keeps a file, or one of its rows, from being taken in."""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.core.errors import BihuanError, Invalid


class Unreadable(BihuanError):
    """The file cannot be read as a table at all; nothing of it was taken in."""

    zh = "文件“{name}”读不了：{why_zh}"
    en = "The file “{name}” cannot be read: {why_en}"


class NoColumns(BihuanError):
    """Columns without which nothing can be taken in are not there, or nobody said which they are."""

    zh = "文件里没有认出这些必需的列：{missing_zh}。文件里的列有：{there}。请指定它们是哪几列（用命令时写 --map “列名=字段”）。"
    en = "The file has no column for: {missing_en}. Its columns are: {there}. Say which they are, or use --map “column=field”."


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: row as people see it in their file, column as it is headed there, and why."""

    row: int
    column: str
    zh: str
    en: str

    def text(self, language: str = "zh") -> str:
        """Why, in one language."""
        return self.zh if language == "zh" else self.en


def reason(faults: Iterable[Fault]) -> str:
    """Everything wrong with a row in one cell, both languages."""
    return "；".join(
        f"{each.column}：{each.zh} / {each.en}" if each.column else f"{each.zh} / {each.en}" for each in faults
    )


def number_taken(row: int, number: str, before: int) -> Fault:
    """The number of a row stands further up, with other words."""
    zh, en = (
        f"编号 {number} 在第 {before} 行用过，内容却不同。",
        f"the number {number} stands in row {before} too, with other words.",
    )
    return Fault(row, "", zh, en)


def not_written(row: int, problem: Exception) -> Fault:
    """A row that read well and could not be written after all."""
    if not isinstance(problem, BihuanError):
        return Fault(row, "", "写入数据库时被拒绝。", "the database refused it.")
    if isinstance(problem, Invalid):
        said = list(problem.fields.values())
        return Fault(row, "", "；".join(each[0] for each in said), "; ".join(each[1] for each in said))
    return Fault(row, "", problem.text("zh"), problem.text("en"))
