"""The decision-table rules applied in a case, in words: inputs, outputs, and why."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from engine.casework.cases import Case
from engine.company.places import BadGroup, read_group
from engine.complaints.core.categories import KnownCategory
from engine.core import master_data
from engine.core.errors import BihuanError
from engine.feel import FeelError
from engine.feel.dmn import Decision, Rule
from engine.history import Entry
from engine.processes import versions
from web.shared.codes_in_words import TABLES, say
from web.shared.diagram_drawing import groups_in_words
from web.shell import current
from web.shell.formats import duration, name_of
from web.shell.language import gettext as _
from web.shell.language import language

QUOTED = re.compile(r'"([^"]*)"')
LENGTH = re.compile(r"P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?)?")
EITHER = re.compile(r'if department = ("\w+") then (\[[^]]*\]) else (\[[^]]*\])')
"""Values in the dispatch table for a second department that depends on the first."""

CODED = ("urgency", "deadline", "kind", "about", "channel", "outcome", "cause", "why")
"""Tables of words in which a cell's code is looked up, in this order."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """One rule that matched: its table, when first, how often; its cells as (column, text), and its note."""

    decision: str
    name: str
    number: int
    at: datetime
    times: int
    asked: tuple[tuple[str, str], ...]
    given: tuple[tuple[str, str], ...]
    note: str


def of_case(
    session: Session, case: Case, entries: Iterable[Entry], categories: Mapping[str, KnownCategory]
) -> list[Ruling]:
    """Every rule that matched, in the order of its first match; `categories` gives names for codes."""
    hits: dict[tuple[str, int], list[datetime]] = {}
    for entry in entries:
        for decision, numbers in entry.facts.get("rules", {}).items():
            for number in numbers:
                hits.setdefault((decision, number), []).append(entry.at)
    if not hits:
        return []
    try:
        tables = versions.tables(session, case.pin)
    except (BihuanError, FeelError):
        return []  # published under an older table parser; the history shows the result
    found = []
    for (name, number), moments in hits.items():
        decision = tables[name].decisions[name] if name in tables else None
        rule = next((each for each in decision.rules if each.number == number), None) if decision else None
        if decision is not None and rule is not None:
            # The text of a rule changes only with the version and the names of categories and departments.
            said = master_data.kept(
                session,
                ("rule in words", case.pin, name, number, language()),
                partial(_ruling, decision, rule, moments[0], categories),
            )
            found.append(replace(said, at=moments[0], times=len(moments)))
    return found


def _ruling(decision: Decision, rule: Rule, at: datetime, categories: Mapping[str, KnownCategory]) -> Ruling:
    return Ruling(
        decision=decision.id,
        name=_named(decision, decision.label or decision.name, decision.id),
        number=rule.number,
        at=at,
        times=1,
        asked=tuple(
            _cells((_named(decision, each.label, each.text) for each in decision.inputs), rule.inputs, categories)
        ),
        given=tuple(
            _cells((_named(decision, each.label, each.name) for each in decision.outputs), rule.outputs, categories)
        ),
        note=" ".join(decision.said(note, language()) for note in rule.notes).strip(),
    )


def _named(decision: Decision, label: str, code: str) -> str:
    """The name of a table or column: its label; in English the author's translation, else its code."""
    said = decision.said(label, language())
    return said if said and (language() == "zh" or said != label) else code.replace("_", " ")


def _cells(
    columns: Iterable[str], texts: Iterable[str], categories: Mapping[str, KnownCategory]
) -> Iterator[tuple[str, str]]:
    """The non-empty cells, with their columns."""
    for column, text in zip(columns, texts, strict=False):
        if text.strip() not in ("", "-", "null", "[]"):
            yield column, in_words(text.strip(), categories)


def in_words(text: str, categories: Mapping[str, KnownCategory]) -> str:
    """A cell with its codes in words: "urgent", "normal" → 紧急、一般； "PT15M" → 15 分."""
    plain = {
        "true": _("是"), "false": _("否"), "department": _("责任部门"), "belongs": _("按分类归口的部门"),
        'lead + "/head"': _("牵头部门的主管"), "lead": _("牵头方"), "[department]": _("责任部门"), "[]": _("没有"),
        "reply_limit": _("来件要求的期限"),
    }  # fmt: skip
    if text in plain:
        return plain[text]
    either = EITHER.fullmatch(text)
    if either:
        which, this, that = (in_words(each, categories) for each in either.groups())
        return _("责任部门是{which}：{this}；其他：{that}", which=which, this=this, that=that)
    listed = text.strip("[]").replace('", "', '"' + _("、") + '"').replace('","', '"' + _("、") + '"')
    return QUOTED.sub(lambda found: _word(found[1], categories), listed)


def _word(code: str, categories: Mapping[str, KnownCategory]) -> str:
    if code in categories:
        return name_of(categories[code])
    length = LENGTH.fullmatch(code)
    if length and code not in ("P", "PT"):
        return duration(timedelta(**{unit: int(amount or 0) for unit, amount in length.groupdict().items()}))
    for table in CODED:
        if code in TABLES[table]:
            return say(table, code)
    own = {
        "natural": _("自然时间"), "working": _("工作时间"), "receipt": _("从收到算起"), "now": _("从现在算起"),
        "result": _("从告知结果算起"), "within": _("权限内"), "on_site": _("到场"), "word_back": _("回话"),
        "undo_merge": _("撤销合并"), "arrival": _("从到场算起"), "acceptance": _("从接单算起"),
        "merge": _("从合并算起"), "offer": _("从方案发给业主算起"), "consent": _("等业主同意方案"),
    }  # fmt: skip
    return own.get(code) or _group(code)


def _group(code: str) -> str:
    try:
        read_group(code, current.known())
    except BadGroup:
        return code
    return groups_in_words(code)
