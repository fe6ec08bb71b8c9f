"""Every domain error. Each is written for the person who meets it: what happened, where, what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

Language = Literal["zh", "en"]


class BihuanError(Exception):
    """Something went wrong."""

    zh: ClassVar[str] = "出了问题。"
    en: ClassVar[str] = "Something went wrong."

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.text("en"))

    def text(self, language: str = "zh") -> str:
        """Return the message in one language, with its facts filled in."""
        return (self.zh if language == "zh" else self.en).format(**self.facts)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a diagram, a table or a form, with its place. A note says what a verdict rests on.

    `file` is the path of the file that holds it, if several were checked together.
    """

    level: Literal["error", "warning", "note"]
    place: str
    name: str
    zh: str
    en: str
    file: str = ""

    def text(self, language: str = "zh") -> str:
        """Return where and what, in one line."""
        said = self.zh if language == "zh" else self.en
        name = " ".join(self.name.split())  # people break lines in drawings
        where = f"{name} ({self.place})" if name else self.place
        place = ": ".join(part for part in (self.file if self.file != where else "", where) if part)
        return f"{place}: {said}" if place else said


class BadXml(BihuanError):
    """The file cannot be read as XML."""

    zh = "无法读取这个文件：{why_zh}"
    en = "This file cannot be read: {why_en}"


class Refused(BihuanError):
    """It cannot be published as it is; the findings say where and what to mend."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__()

    def text(self, language: str = "zh") -> str:
        """Return all findings, a line each."""
        return "\n".join(finding.text(language) for finding in self.findings)


class StepFailed(BihuanError):
    """A step of a case failed at an element of its diagram; nothing was changed."""

    def __init__(self, element: str, name: str, zh: str, en: str) -> None:
        self.element, self.name = element, name
        self._said = {"zh": zh, "en": en}
        super().__init__(element=element)

    def text(self, language: str = "zh") -> str:
        """Return which element failed, and why."""
        said = self._said["zh" if language == "zh" else "en"]
        return f"{self.name or self.element} ({self.element}): {said}" if self.element else said


class TooManySteps(StepFailed):
    """A case took more engine steps at once than the bound allows; it probably loops for ever."""


class NotWaiting(BihuanError):
    """What was to be completed, fired or delivered is no longer waiting."""

    zh = "这一步已经不在等待了，可能刚被别人完成或已撤回。"
    en = "This is no longer waiting: somebody else may just have finished it, or it was withdrawn."


class NotFound(BihuanError):
    """It does not exist, or the person may not know that it does."""

    zh = "没有找到，或者您无权查看。"
    en = "Not found, or not yours to see."


class NotPermitted(BihuanError):
    """The person may see this but not do that."""

    zh = "您没有权限：{act_zh}。需要时请联系主管或系统管理员。"
    en = "You may not do this: {act_en}. Ask your head or the administrator if you need to."


class Unclear(BihuanError):
    """The input cannot be understood; what was typed is kept."""

    zh = "{zh}"
    en = "{en}"


class Invalid(BihuanError):
    """Some fields are wrong; each is named with what to do, and what was typed is kept.

    `fields` maps a field's key to (Chinese, English).
    """

    zh = "有 {count} 处需要修改。"
    en = "{things} to be put right."

    def __init__(self, fields: dict[str, tuple[str, str]]) -> None:
        self.fields = fields
        super().__init__(
            count=len(fields), things="1 thing needs" if len(fields) == 1 else f"{len(fields)} things need"
        )


class Conflict(BihuanError):
    """The request no longer fits the present state (done by somebody else, already ended)."""

    zh = "{zh}"
    en = "{en}"


class WrongSettings(BihuanError):
    """The settings cannot be used; the program does not start."""

    zh = "设置有误：{zh}"
    en = "The settings cannot be used: {en}"


class Throttled(BihuanError):
    """Too many attempts in a short time."""

    zh = "尝试次数过多，请在 {minutes} 分钟后再试。"
    en = "Too many attempts. Please try again in {minutes} minutes."


class BrokenHistory(BihuanError):
    """The history does not verify; the error names the place."""

    zh = "历史记录校验不通过：{zh}"
    en = "The history does not verify: {en}"
