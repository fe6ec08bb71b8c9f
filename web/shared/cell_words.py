"""Cells of decision tables as one line of words: as a grid shows them, as they are copied, typed and pasted."""

import re

from web.shared import decision_cells
from web.shared.cell_choices import Offers
from web.shared.decision_cells import BETWEEN, LISTED, NUMBER, TYPED_LENGTH, Cell, Column
from web.shell.language import gettext as _

SHARE = re.compile(r"(\d{1,4}(?:\.\d{1,4})?)\s*[%％]")
PLAIN = re.compile(r"-?\d+(?:\.\d+)?|true|false")
"""FEEL that is read as it is written: a number, yes or no."""

FORMULA = "="
"""What a cell begins with when it is FEEL, as in a spreadsheet."""


def said(column: Column, cell: Cell, offers: Offers) -> str:
    """A cell in words; what no words say as FEEL, behind `=`."""
    text, words = cell.text, dict(column.choices)
    match cell.way:
        case "choice":
            return words.get(text, "")
        case "number":
            how = dict(decision_cells.comparisons()).get(cell.unit, "?")
            return cell.amount if cell.unit == "=" else f"{how} {cell.amount}".strip()
        case "codes":
            return _("、").join(_category(code, offers) for code in decision_cells.codes_of(text)) or _("任意")
        case "length" if not cell.amount:
            return _("不设") if text == "null" else ""
        case "length":
            return f"{cell.amount} {dict(decision_cells.units()).get(cell.unit, cell.unit)}"
        case "share":
            return f"{cell.amount} %" if cell.amount else ""
        case "text":
            return cell.amount or ("" if column.answer else _("任意"))
    several = [words.get(f'"{code}"', "") for code in decision_cells.codes_of(text)] if LISTED.fullmatch(text) else []
    if several and all(several) and not column.answer:
        return _("、").join(several)
    if text in {"", "-"}:
        return "" if column.answer else _("任意")
    return text if PLAIN.fullmatch(text) else f"{FORMULA} {text}"


def _category(code: str, offers: Offers) -> str:
    known = offers.categories.get(code)
    if known is None:
        return code
    name = offers.in_words(f'"{code}"')
    return name if offers.code_of(name) == code and not BETWEEN.search(name) else code


def understood(column: Column, typed: str, offers: Offers) -> str:
    """The FEEL text of what was typed or pasted into a cell as words."""
    typed = typed.strip()
    if typed.startswith(FORMULA) and column.way != "number":
        return typed.removeprefix(FORMULA).strip()
    if typed in {"", "-", "任意", _("任意")}:
        return "" if column.answer else "-"
    match column.way:
        case "choice":
            return _chosen(column, typed)
        case "number":
            return _compared(typed)
        case "codes":
            return decision_cells.read(column, {"c-c": typed}, "c", offers)
        case "length":
            return _length(column, typed)
        case "share":
            share = SHARE.fullmatch(typed)
            return decision_cells.read(column, {"c-p": share[1]}, "c", offers) if share else typed
        case "text":
            return decision_cells.read(column, {"c-t": typed}, "c", offers)
    return typed


def _chosen(column: Column, typed: str) -> str:
    by_words = {words.casefold(): text for text, words in column.choices}
    known = {text for text, _words in column.choices}
    if typed.casefold() in by_words:
        return by_words[typed.casefold()]
    if typed in known or f'"{typed}"' in known:
        return typed if typed in known else f'"{typed}"'
    parts = [by_words.get(part.strip().casefold(), "") for part in BETWEEN.split(typed)]
    if all(parts) and not column.answer:
        return ",".join(parts)
    is_feel = PLAIN.fullmatch(typed) or '"' in typed or typed == "null"
    return typed if is_feel else '"' + typed.replace("\\", "") + '"'


def _compared(typed: str) -> str:
    rest = typed.removeprefix(FORMULA).strip()
    for how, words in decision_cells.comparisons():
        if how not in {"-", "="} and rest.casefold().startswith(words.casefold()):
            rest = f"{how} {rest[len(words) :].strip()}"
    rest = rest.translate({ord("≤"): "<=", ord("≥"): ">=", ord("＜"): "<", ord("＞"): ">"})
    bare = re.sub("[,，](?=\\d{3})", "", rest)
    return bare if NUMBER.fullmatch(bare) else rest


def _length(column: Column, typed: str) -> str:
    if typed in {"不设", _("不设"), "null"}:
        return "null" if column.may_be_none else ""
    if TYPED_LENGTH.fullmatch(typed) is None:
        return typed if '"' in typed else '"' + typed.replace("\\", "") + '"'
    return decision_cells.read(column, {"c-n": typed}, "c", Offers({}, {}, {}))
