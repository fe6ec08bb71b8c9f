"""Cells of decision tables as people fill them in: lists to choose from, lengths of time, shares; FEEL where need be."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from engine.feel import dmn
from web import wording
from web.language import gettext as _

LENGTH = re.compile(r'"P(?:(?P<D>\d{1,4})D|T(?P<H>\d{1,4})H|T(?P<M>\d{1,5})M)"')
NEARLY = re.compile(r'"PT?(?P<amount>[^"]{1,5})(?P<unit>[MHD])"')
"""A length as it was typed that is none: it stays in its fields."""

UNITS = ("M", "H", "D")
WORDS = {"urgency": "urgency", "kind": "kind", "about": "about", "channel": "channel", "cause": "cause"}
"""Variables whose values have words, and the table of words that they stand in."""

LENGTHS = frozenset({"limit", "latest"})
SHARES = frozenset({"share"})

Choices = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `key` as cells are named in the form, what it asks or gives, and how a cell of it is filled in.

    `way`: choice | length | share | feel; `choices` (FEEL text, words) for the first.
    """

    at: int
    label: str
    code: str
    answer: bool
    way: str
    choices: Choices = ()
    may_be_none: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it is shown: its FEEL text, how it is filled in (a column's way, or feel where that does not fit)."""

    text: str
    way: str
    amount: str = ""
    unit: str = ""


def columns(decision: dmn.Decision, *, plain: bool) -> list[Column]:
    """The columns of a table; `plain`: everything as FEEL."""
    asked = [
        Column(at, each.label or each.text, each.text, False, *_way(decision.id, each.text, each.type, False, plain))
        for at, each in enumerate(decision.inputs)
    ]
    given = [
        Column(
            len(asked) + at,
            each.label or each.name,
            each.name,
            True,
            *_way(decision.id, each.name, each.type, True, plain),
            may_be_none=each.allowed.startswith("null"),
        )
        for at, each in enumerate(decision.outputs)
    ]
    return [*asked, *given]


def _way(table: str, name: str, type: str | None, answer: bool, plain: bool) -> tuple[str, Choices]:
    if plain:
        return "feel", ()
    if answer and name in LENGTHS:
        return "length", ()
    if answer and name in SHARES:
        return "share", ()
    found = _choices(table, name, type, answer)
    if not found:
        return "feel", ()
    return "choice", (*found, *(() if answer else (("-", _("任意")),)))


def _choices(table: str, name: str, type: str | None, answer: bool) -> Choices:
    if table == "limits" and name == "kind":
        kinds = {code: wording.say("deadline", code) for code, _text in wording.every("deadline")}
        more = {"on_site": _("到场"), "word_back": _("回话"), "undo_merge": _("撤销合并")}
        return [(f'"{code}"', text) for code, text in {**kinds, **more}.items()]
    if answer and name == "clock":
        return [('"natural"', _("自然时间")), ('"working"', _("工作时间"))]
    if answer and name == "start":
        words = {
            "receipt": _("收到"), "arrival": _("到达"), "acceptance": _("接单"), "result": _("告知结果"),
            "merge": _("合并"),
        }  # fmt: skip
        return [(f'"{code}"', text) for code, text in words.items()]
    if type == "boolean":
        return [("true", _("是")), ("false", _("否"))]
    if name in WORDS:
        return [(f'"{code}"', text) for code, text in wording.every(WORDS[name]) if code]
    return []


def cell(column: Column, text: str) -> Cell:
    """How a text is shown in its column; where the column's way does not fit it, as FEEL."""
    if column.way == "choice" and (text in dict(column.choices) or not text):
        return Cell(text, "choice")
    if column.way == "length":
        found = LENGTH.fullmatch(text)
        if found:
            unit = next(each for each in UNITS if found[each])
            return Cell(text, "length", found[unit], unit)
        if text in {"", "null"}:
            return Cell(text, "length", "", "H")
        if typed := NEARLY.fullmatch(text):
            return Cell(text, "length", typed["amount"], typed["unit"])
    if column.way == "share":
        if not text:
            return Cell(text, "share")
        try:
            return Cell(text, "share", f"{(Decimal(text) * 100).normalize():f}")
        except InvalidOperation:
            pass
    return Cell(text, "feel")


def read(column: Column, sent: Mapping[str, str], name: str) -> str:
    """The FEEL text of a cell that was sent, whichever way it was filled in."""
    if f"{name}-n" in sent:
        amount, unit = sent[f"{name}-n"].strip(), sent.get(f"{name}-u", "H")
        if not amount:
            return "null" if column.may_be_none else ""
        unit = unit if unit in UNITS else "H"
        said = str(int(amount)) if amount.isdecimal() else amount[:5].replace('"', "").replace("\\", "")
        return f'"P{"" if unit == "D" else "T"}{said}{unit}"'
    if f"{name}-p" in sent:
        try:
            return f"{(Decimal(sent[f'{name}-p'].strip()) / 100).normalize():f}" if sent[f"{name}-p"].strip() else ""
        except InvalidOperation:
            return sent[f"{name}-p"].strip()
    return sent.get(name, "").strip()
