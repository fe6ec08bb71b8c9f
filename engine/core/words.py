"""Words that people wrote, as they are kept: without the links of ours that open something to whoever has them."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Dialect, String, Text
from sqlalchemy.types import JSON, TypeDecorator

INSTEAD = "〔链接已隐去 link removed〕"

_BROKEN = r"(?:=?\r?\n[>|\s]*)?"
"""Mailers break long lines, and quote each of them."""

_OURS = re.compile(
    rf"(?:(?<![a-z0-9])|(?<=%2f))[cr](?:/|%2f){_BROKEN}[a-z2-7](?:{_BROKEN}[a-z2-7]){{25}}"  # a resident's page
    r"|(?<![a-z0-9])(?=[a-z]*[2-7])(?=[2-7]*[a-z])[a-z2-7]{26}(?![a-z0-9])"  # its secret alone
    r"|(?:(?<![a-z0-9])|(?<=%2f))password(?:/|%2f)[\w-]{32}",  # a new password
    re.IGNORECASE | re.ASCII,
)


def kept(text: str) -> str:
    """Return a text as it is kept: our own secret links are blanked, wherever it comes from.

    People quote our letters, forward them, paste them. What was typed is read by many, the link is for one.
    """
    return _OURS.sub(INSTEAD, text)


def kept_within(value: Any) -> Any:
    """Return a value of a form as it is kept, with every text in it."""
    if isinstance(value, str):
        return kept(value)
    if isinstance(value, Mapping):
        return {name: kept_within(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [kept_within(each) for each in value]
    return value


class Words(TypeDecorator[str]):
    """A column of words that people wrote."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Blank our own links."""
        return None if value is None else kept(value)


class FewWords(Words):
    """A column of at most so many characters of them: `FewWords(200)`."""

    impl = String  # type: ignore[assignment]  # narrower: it has a length
    cache_ok = True


class FormValues(TypeDecorator[Any]):
    """A column of what was filled in, with words in it."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Blank our own links in every text."""
        return kept_within(value)
