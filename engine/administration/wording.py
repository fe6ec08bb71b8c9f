"""Validate names and codes that a company types."""

import re

CODE = re.compile(r"[a-z][a-z0-9_]{1,18}")

Wrong = dict[str, tuple[str, str]]


def names(name: str, name_en: str, longest: int = 60) -> Wrong:
    """Return what is wrong with a name in Chinese (required) and English."""
    wrong: Wrong = {}
    if not name.strip() or len(name.strip()) > longest:
        wrong["name"] = (f"请填写名称，最多 {longest} 个字。", f"Give a name of at most {longest} characters.")
    if len(name_en.strip()) > longest:
        wrong["name_en"] = (f"最多 {longest} 个字符。", f"At most {longest} characters.")
    return wrong


def code(text: str) -> Wrong:
    """Return what is wrong with a code for use in diagrams."""
    if CODE.fullmatch(text):
        return {}
    return {
        "code": (
            "代码为 2 到 19 个小写字母、数字或下划线，字母开头。",
            "2 to 19 small letters, digits or underscores, a letter first.",
        )
    }
