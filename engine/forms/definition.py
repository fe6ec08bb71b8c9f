"""The definition of a form: fields, their texts, their limits. Immutable values, read once and shared."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from engine.feel import Expression

Kind = Literal[
    "text",
    "textarea",
    "number",
    "date",
    "datetime",
    "select",
    "radio",
    "checklist",
    "checkbox",
    "dynamiclist",
    "filepicker",
    "note",
]

STEERING: frozenset[str] = frozenset({"number", "date", "datetime", "select", "radio", "checklist", "checkbox"})
"""Kinds whose answers enter the process; the others hold texts, files and names of people and stay outside it."""

LISTS: frozenset[str] = frozenset({"departments", "categories", "people", "buildings"})
"""Lists of choices (`valuesFrom`): their items are looked up when the form is shown and checked."""

CHOOSING: frozenset[str] = frozenset({"select", "radio", "checklist"})


@dataclass(frozen=True, slots=True)
class Words:
    """A text in Chinese and English."""

    zh: str = ""
    en: str = ""

    def text(self, language: str = "zh") -> str:
        """Return it in one language; Chinese where English is missing."""
        return self.zh if language == "zh" else (self.en or self.zh)

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice: the stored value and its label.

    `shown_if`: a condition on variables of the process; where it does not hold, `otherwise` says so.
    """

    value: object
    label: Words
    shown_if: Expression | None = None
    otherwise: Words = Words()

    @property
    def text(self) -> str:
        """Return the value as a page sends it."""
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of an answer. `smallest`/`largest`: a number's value, a date, or how many are chosen or listed."""

    required: bool = False
    smallest: Decimal | date | None = None
    largest: Decimal | date | None = None
    shortest: int | None = None
    longest: int | None = None
    pattern: str | None = None
    message: Words = Words()
    kind: Literal["phone", "email"] | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form (or, as `note`, text between questions).

    A date can have to be in the future (`not_past`), in the past (`not_future`), or not before another field's.
    `other_than`: a field before it, whose choice cannot be chosen here as well.
    """

    kind: Kind
    key: str
    label: Words
    help: Words = Words()
    limits: Limits = Limits()
    choices: tuple[Choice, ...] = ()
    choices_from: str | None = None
    shown_if: Expression | None = None
    default: object = None  # a value, or an Expression
    fields: tuple["Field", ...] = ()
    accept: str = ""
    multiple: bool = False
    digits: int | None = None
    unit: Words = Words()
    not_past: bool = False
    not_future: bool = False
    not_before: str | None = None
    other_than: str | None = None

    @property
    def steers(self) -> bool:
        """Return whether the answer becomes a variable of the process."""
        return self.kind in STEERING

    def offered(self, choices: Mapping[str, tuple[Choice, ...]]) -> tuple[Choice, ...]:
        """Return the choices: the field's own, or those of a named list given at rendering."""
        return self.choices if self.choices_from is None else tuple(choices.get(self.choices_from, ()))
