"""Cells of decision tables as people fill them in: choices, durations, percentages; FEEL where needed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from engine.feel import dmn
from web.shared import codes_in_words
from web.shared.cell_choices import Choices, Offers
from web.shell.formats import limit
from web.shell.language import gettext as _

LENGTH = re.compile(r'"P(?:(?P<D>\d{1,4})D|T(?P<H>\d{1,4})H|T(?P<M>\d{1,5})M)"')
NEARLY = re.compile(r'"PT?(?P<amount>[^"]{1,5})(?P<unit>[MHD])"')
"""An invalid duration, as typed: it stays in its fields."""

UNITS = ("M", "H", "D")
TYPED_LENGTH = re.compile(
    r"(?P<amount>\d{1,5})\s*(?:(?P<M>分钟|分|minutes?|mins?|m)|(?P<H>个?小时|时|hours?|h)|(?P<D>天|日|days?|d))",
    re.IGNORECASE,
)
"""A length as people type it, with its unit; the groups `M`, `H` and `D` say which of `UNITS`."""

WORDS = {"urgency": "urgency", "kind": "kind", "about": "about", "channel": "channel", "cause": "cause", "why": "why"}
"""Variables whose values have words, and the table of those words."""

RUNGS = range(2, 6)
"""Rungs of the ladder that are offered; others can be written in the table as it was shipped or by formula."""

LENGTHS = frozenset({"limit", "latest"})
SHARES = frozenset({"share"})

CODED = {"category": False, "substring(category, 1, 2)": True}
"""Columns of categories (first level or not): one or more codes or names are typed."""

NUMBER = re.compile(r"(?:(?P<how><=|>=|<|>|\?)\s*)?(?P<amount>-?\d{1,12}(?:\.\d{1,6})?)?")
GROUPED = re.compile(r"\d{1,3}(?:[,，]\d{3})+")
LISTED = re.compile(r'"[^"]*"(?:\s*,\s*"[^"]*")*')
BETWEEN = re.compile(r"[,，、;；\n]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `key` as cells are named in the form, what it asks or gives, and how a cell of it is filled in.

    `way`: choice | number | codes | length | share | text | feel; `choices` (FEEL text, words) for the first, (code,
    words) for `codes`.
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
    """A cell as it is shown: its FEEL text, how it is filled in (a column's way, or feel where that does not fit).

    `amount` and `unit` are what stands in its fields: a length and its unit, a number and how it is compared.
    """

    text: str
    way: str
    amount: str = ""
    unit: str = ""


def columns(decision: dmn.Decision, offers: Offers, *, plain: bool, texts: bool = False) -> list[Column]:
    """The columns of a table; `plain`: everything as FEEL; `texts`: other texts without quotes."""
    asked = []
    for at, each in enumerate(decision.inputs):
        written = [rule.inputs[at] for rule in decision.rules if at < len(rule.inputs)]
        way = _way_asked(decision.id, each.text, each.type, written, offers)
        if texts and way[0] == "feel":
            way = _way_of_text(each.type, each.allowed, (("-", _("任意")),))
        asked.append(Column(at, each.label or each.text, each.text, False, *(("feel", ()) if plain else way)))
    given = []
    for at, output in enumerate(decision.outputs):
        written = [rule.outputs[at] for rule in decision.rules if at < len(rule.outputs)]
        way = ("feel", ()) if plain else _way_given(decision.id, output, written, offers)
        if texts and way[0] == "feel":
            way = _way_of_text(output.type, output.allowed, ())
        none = output.allowed.startswith("null")
        given.append(Column(len(asked) + at, output.label or output.name, output.name, True, *way, may_be_none=none))
    return [*asked, *given]


def _way_asked(table: str, name: str, type: str | None, written: Iterable[str], offers: Offers) -> tuple[str, Choices]:
    own = offers.own.get(name, ())
    if type == "number" and not own:
        return "number", ()
    if name in CODED and not own:
        return "codes", offers.listed(CODED[name])
    known = () if own and not offers.shipped else offers.asked.get(name) or _choices(table, name, type, False, offers)
    found = known or own
    if not found:
        return "feel", ()
    return "choice", (("-", _("任意")), *found, *_said_so(written, found, offers))


def _way_given(table: str, output: dmn.Output, written: Iterable[str], offers: Offers) -> tuple[str, Choices]:
    if output.name in LENGTHS if offers.shipped else "duration(?)" in output.allowed:
        return "length", ()
    if output.name in SHARES and offers.shipped:
        return "share", ()
    found = offers.given.get(output.name) or _choices(table, output.name, output.type, True, offers)
    if not found:
        return "feel", ()
    return "choice", (*found, *_said_so(written, found, offers))


def _way_of_text(type: str | None, allowed: str, any: Choices) -> tuple[str, Choices]:
    """How a text is filled in for which there are no words: from the values that the column allows, or freely."""
    if LISTED.fullmatch(allowed):
        return "choice", (*any, *((f'"{value}"', value) for value in codes_of(allowed)))
    return ("text" if type in (None, "", "string") else "feel"), ()


def _said_so(written: Iterable[str], found: Choices, offers: Offers) -> Choices:
    """Other values already used in the column, if they have words: they can be chosen again."""
    there = {text for text, _words in found} | {"-", ""}
    said = {text: offers.in_words(text) for text in written if text not in there}
    return [(text, words) for text, words in said.items() if words != text and '"' not in words]


def _choices(table: str, name: str, type: str | None, answer: bool, offers: Offers) -> Choices:
    truths = [("true", _("是")), ("false", _("否"))] if type == "boolean" else []
    return truths if not offers.shipped else _shipped(table, name, answer) or truths or _coded(name)


def _shipped(table: str, name: str, answer: bool) -> Choices:
    if table == "limits" and name == "kind":
        kinds = {code: codes_in_words.say("deadline", code) for code, _text in codes_in_words.every("deadline")}
        more = {
            "on_site": _("到场"),
            "word_back": _("回话"),
            "undo_merge": _("撤销合并"),
            "consent": _("等业主同意方案"),
        }
        return [(f'"{code}"', text) for code, text in {**kinds, **more}.items()]
    if table == "escalations" and name == "rung":
        return [("null", _("不另派督办")), *((str(rung), _("第 {n} 级", n=rung)) for rung in RUNGS)]
    if answer and name == "clock":
        return [('"natural"', _("自然时间")), ('"working"', _("工作时间"))]
    if answer and name == "start":
        words = {
            "receipt": _("收到"), "arrival": _("到达"), "acceptance": _("接单"), "result": _("告知结果"),
            "merge": _("合并"), "offer": _("方案发给业主"),
        }  # fmt: skip
        return [(f'"{code}"', text) for code, text in words.items()]
    if answer and name == "to":
        return [('"office"', _("来件单位")), ('"resident"', _("反映人")), ("null", _("不用回复"))]
    return []


def _coded(name: str) -> Choices:
    """The codes of complaints."""
    return [(f'"{code}"', text) for code, text in codes_in_words.every(WORDS[name]) if code] if name in WORDS else []


def comparisons() -> list[tuple[str, str]]:
    """How a number can be compared (as FEEL, in words)."""
    return [
        ("-", _("任意")), ("<", _("少于")), ("<=", _("不超过")), ("=", _("正好")), (">=", _("至少")), (">", _("超过")),
    ]  # fmt: skip


def units() -> list[tuple[str, str]]:
    """The units of a length."""
    return [("M", _("分钟")), ("H", _("小时")), ("D", _("天"))]


def cell(column: Column, text: str) -> Cell:
    """A text as shown in its column; as FEEL if the column's way does not fit."""
    if column.way == "choice" and (text in dict(column.choices) or not text):
        return Cell(text, "choice")
    if column.way == "number" and (number := NUMBER.fullmatch("" if text == "-" else text)):
        return Cell(text, "number", number["amount"] or "", number["how"] or ("=" if number["amount"] else "-"))
    if column.way == "codes" and (text in {"-", ""} or LISTED.fullmatch(text)):
        return Cell(text, "codes", _("、").join(codes_of(text)))
    if column.way == "length":
        found = LENGTH.fullmatch(text)
        if found:
            unit = next(each for each in UNITS if found[each])
            return Cell(text, "length", found[unit], unit)
        if text in {"", "null"}:
            return Cell(text, "length", "", "H")
        if typed := NEARLY.fullmatch(text):
            return Cell(text, "length", typed["amount"], typed["unit"])
    if column.way == "text":
        said = "" if text == "-" else _("、").join(codes_of(text))
        if text in {"", "-"} or (LISTED.fullmatch(text) and _in_quotes(said, column) == text.replace('", "', '","')):
            return Cell(text, "text", said)
    if column.way == "share":
        if not text:
            return Cell(text, "share")
        try:
            return Cell(text, "share", f"{(Decimal(text) * 100).normalize():f}")
        except InvalidOperation:
            pass
    return Cell(text, "feel")


def codes_of(text: str) -> list[str]:
    """The codes that a cell lists."""
    return re.findall(r'"([^"]*)"', text)


def limit_in_words(columns: Iterable[Column], cells: Iterable[Cell]) -> dict[int, str]:
    """A limit in working time in words, by column number: 3 个工作日，最晚 7 天."""
    of = {column.code: (column.at, cell) for column, cell in zip(columns, cells, strict=True) if column.answer}
    at, length = of.get("limit", (0, None))
    _at, measure = of.get("clock", (0, None))
    if length is None or measure is None or measure.text != '"working"' or (whole := _span(length)) is None:
        return {}
    _at, latest = of.get("latest", (0, None))
    return {at: limit(whole, _span(latest) if latest else None, working=True)}


def _span(cell: Cell) -> timedelta | None:
    found = LENGTH.fullmatch(cell.text)
    if found is None:
        return None
    return timedelta(days=int(found["D"] or 0), hours=int(found["H"] or 0), minutes=int(found["M"] or 0)) or None


def wrong(column: Column, text: str, offers: Offers) -> tuple[str, str] | None:
    """The error of a cell filled in by number or category, in words for the person editing it."""
    if column.way == "number" and (found := NUMBER.fullmatch("" if text == "-" else text)):
        if found["how"] == "?":
            return "请选择怎么比较，比如“超过”。", "Choose how to compare, for instance “over”."
        if found["how"] and not found["amount"]:
            return "请填一个数，或选“任意”。", "Give a number, or choose “any”."
    if column.way == "codes":
        strange = [code for code in codes_of(text) if code not in offers.categories]
        if strange and LISTED.fullmatch(text):
            said = "、".join(strange)
            return f"没有代码或名称为“{said}”的分类。", f"There is no category with the code or name “{said}”."
    return None


def read(column: Column, sent: Mapping[str, str], name: str, offers: Offers) -> str:
    """The FEEL text of a submitted cell, however it was filled in."""
    if f"{name}-v" in sent:
        return _compared(sent.get(f"{name}-o", "="), sent[f"{name}-v"].strip())
    if f"{name}-c" in sent:
        return _listed(sent[f"{name}-c"].strip(), offers)
    if f"{name}-n" in sent:
        amount, unit = sent[f"{name}-n"].strip(), sent.get(f"{name}-u", "H")
        if spoken := TYPED_LENGTH.fullmatch(amount):  # typed with its unit, whatever is chosen beside it
            amount, unit = spoken["amount"], next(each for each in UNITS if spoken[each])
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
    if f"{name}-t" in sent:
        return _in_quotes(sent[f"{name}-t"].strip(), column)
    return sent.get(name, "").strip()


def _in_quotes(typed: str, column: Column) -> str:
    """A text typed without quotes as FEEL; several for an input. What begins with = or has quotes is FEEL already."""
    if typed in {"", "-"}:
        return "" if column.answer else "-"
    if typed.startswith("="):
        return typed.removeprefix("=").strip()
    if '"' in typed or "\\" in typed:
        return typed
    parts = [typed] if column.answer else [part.strip() for part in BETWEEN.split(typed) if part.strip()]
    return ",".join(f'"{part}"' for part in parts)


def _compared(how: str, typed: str) -> str:
    """A comparison as FEEL; a number without an operator stays visible, with a question mark."""
    amount = re.sub("[,，]", "", typed) if GROUPED.fullmatch(typed.partition(".")[0]) else typed
    if how == "-":
        return f"? {amount}" if amount else "-"
    if how == "=":
        return amount
    return f"{how} {amount}".strip() if how in {"<", "<=", ">", ">="} else f"? {amount}".strip()


def _listed(typed: str, offers: Offers) -> str:
    """Categories by code or name as FEEL; text that is already FEEL stays."""
    if not typed or typed == "-":
        return "-"
    if '"' in typed or ("(" in typed and "（" not in typed and offers.code_of(typed) is None):
        return typed
    parts = [part.strip() for part in BETWEEN.split(typed) if part.strip()]
    found = dict.fromkeys(offers.code_of(part) or part.replace("\\", "") for part in parts)
    return ",".join(f'"{code}"' for code in found)
