"""What diagrams, forms and tables say in codes and FEEL, in the words of who draws them; what has none stays as it is."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

from engine.complaints.core.categories import KnownCategory
from engine.processes import topics
from web.shared.codes_in_words import say
from web.shared.decisions_taken import in_words
from web.shared.diagram_drawing import groups_in_words
from web.shell.formats import duration
from web.shell.language import gettext as _
from web.shell.language import language

Categories = Mapping[str, KnownCategory]

LENGTH = re.compile(r'"?P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?)?"?')
CALL = re.compile(r'(?P<name>deadline|rung)\("(?P<kind>\w+)"(?:, *(?P<number>[\d.]+))?\)')
WORKING_DAYS = re.compile(r"working_days\((?P<days>\d+)\)")
COMPARED = re.compile(r'(?P<name>[\w.]+) *(?P<how><=|>=|!=|=|<|>) *(?P<value>"[^"]*"|-?[\d.]+|true|false|null)')
NAME = re.compile(r"(?:not\((?P<no>[\w.]+)\)|(?P<yes>[\w.]+))")
QUOTED = re.compile(r'"[^"]*"')

GROUPS = frozenset({"groups", "not_by"})
CODES = {"status": "status", "deadline": "deadline"}


def names() -> dict[str, str]:
    """The variables that conditions of a complaint ask about, in words."""
    return {
        "urgency": _("紧急程度"), "kind": _("诉求性质"), "category": _("类别"), "about": _("涉及"),
        "channel": _("来源渠道"), "department": _("责任部门"), "lead": _("牵头"), "level": _("层级"), "round": _("轮次"),
        "outcome": _("结果"), "danger": _("有危险"), "households": _("户数"), "press": _("涉及媒体"), "cost": _("费用"),
        "taken_by_desk": _("客服登记的"), "anonymous": _("匿名"), "approver": _("审批人"), "legal": _("先问法务"),
        "attempts": _("已回访次数"), "way": _("怎么办"), "accepted": _("业主同意"), "answered": _("业主答复了"),
    }  # fmt: skip


def property_in_words(what: str, text: str, categories: Categories) -> str:
    """A property of an element: who does it, when, on what condition."""
    if not text:
        return ""
    if what in GROUPS:
        return groups_in_words(text) if not text.startswith("=") else _formula(text, categories)
    if what in ("timer", "due"):
        return moment(text)
    if what in CODES:
        return say(CODES[what], text)
    if what == "topic" and text in topics.ALLOWED.topics:
        known = topics.ALLOWED.topics[text]
        return known.zh if language() == "zh" else known.en
    return condition(text, categories) if what in ("condition", "shown_if") else text


def _formula(text: str, categories: Categories) -> str:
    said = in_words(text[1:].strip(), categories)
    return _("按流程里的值：{said}", said=said)


def moment(text: str) -> str:
    """A timer or a due time: 3 个工作日后，处理时限的 80 %."""
    bare = text.removeprefix("=").strip()
    if (found := CALL.fullmatch(bare)) is not None:
        limit, number = say("deadline", found["kind"]), found["number"] or "1"
        if found["name"] == "rung":
            return _("“{limit}”时限督办第 {n} 级的时刻", limit=limit, n=number)
        share = f"{float(number) * 100:g}"
        return _("“{limit}”时限用掉 {share} % 的时刻", limit=limit, share=share)
    if (days := WORKING_DAYS.fullmatch(bare)) is not None:
        return _("{n} 个工作日后", n=int(days["days"]))
    length = LENGTH.fullmatch(bare)
    if length is not None and any(length.groups()):
        return _("{time}后", time=duration(timedelta(**{unit: int(n or 0) for unit, n in length.groupdict().items()})))
    return text


def condition(text: str, categories: Categories) -> str:
    """A condition as a sentence, if every part of it has one; else as it is written."""
    parts = re.split(r" (and|or) ", text.removeprefix("=").strip())
    known = names()
    said = [_part(each, known, categories) if at % 2 == 0 else each for at, each in enumerate(parts)]
    if not text or "(" in QUOTED.sub("", text).replace("not(", "") or any(each is None for each in said):
        return text
    joined = {"and": _("，并且"), "or": _("，或者")}
    return "".join(joined.get(each or "", each or "") for each in said)


def _part(text: str, known: Mapping[str, str], categories: Categories) -> str | None:
    compared = COMPARED.fullmatch(text.strip())
    if compared is not None:
        name = known.get(compared["name"], compared["name"])
        if compared["value"] == "null":
            return _("{name}还没有", name=name) if compared["how"] == "=" else _("{name}已经有了", name=name)
        value = in_words(compared["value"], categories)
        return RELATIONS[compared["how"]](name, value)
    alone = NAME.fullmatch(text.strip())
    if alone is None:
        return None
    name = known.get(alone["yes"] or alone["no"], alone["yes"] or alone["no"])
    return _("{name}：是", name=name) if alone["yes"] else _("{name}：不是", name=name)


RELATIONS: Mapping[str, Callable[[str, str], str]] = {
    "=": lambda name, value: _("{name}是“{value}”", name=name, value=value),
    "!=": lambda name, value: _("{name}不是“{value}”", name=name, value=value),
    "<": lambda name, value: _("{name}小于 {value}", name=name, value=value),
    "<=": lambda name, value: _("{name}不超过 {value}", name=name, value=value),
    ">": lambda name, value: _("{name}大于 {value}", name=name, value=value),
    ">=": lambda name, value: _("{name}不少于 {value}", name=name, value=value),
}
