"""What happened in a trial, step by step: what the engine did, which rules matched, which letters would go out."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework import cases
from engine.casework.cases import Case
from engine.company import people
from engine.complaints.core import categories
from engine.complaints.core.categories import KnownCategory
from engine.complaints.timeline.timeline import Happening
from engine.forms import Field
from engine.history import Entry
from engine.letters import Letter
from engine.processes import versions
from engine.scenarios import playing
from engine.scenarios.listings import Names
from engine.scenarios.sandboxes import Sandbox
from engine.scenarios.script import Step
from engine.scenarios.standing import plain
from web.shared import case_letters, case_story, decisions_taken
from web.shared.case_letters import Shown
from web.shared.decisions_taken import Ruling
from web.shell.formats import say_moment, zone
from web.shell.language import gettext as _
from web.shell.language import language

LATER = re.compile(r"\+\s*(?P<amount>[\d.]+)\s*(?P<unit>[^+×\d]+?)\s*")


@dataclass(frozen=True, slots=True)
class ToldStep:
    """One step of a trial, and what came of it."""

    number: int
    said: str
    note: str
    at: datetime
    happened: Sequence[Happening]
    rulings: Sequence[Ruling]
    letters: Sequence[Shown]


@dataclass(frozen=True, slots=True)
class Variable:
    """A value that steers, in words; `code`: its name in the diagram."""

    code: str
    name: str
    said: str


# ---- steps -----------------------------------------------------------------------------------------------------------


def told(session: Session, sandbox: Sandbox, steps: Sequence[Step], names: Names) -> list[ToldStep]:
    """Every step, the first one first."""
    known = categories.known(session)
    entries = _entries(session)
    letters = session.scalars(select(Letter).order_by(Letter.id.desc())).all()
    found = []
    for number, step in enumerate(steps, 1):
        before, after = sandbox.marks[number - 1], sandbox.marks[number]
        here = [each for each in entries if before.entry < each[0].id <= after.entry]
        mine = [each for each in letters if before.letter < each.id <= after.letter]
        found.append(
            ToldStep(
                number,
                said(step, names),
                step.note,
                after.moment,
                [told for _entry, told in here if told is not None and told.kind != "task.claimed"],
                _rulings(session, [entry for entry, _happening in here], known),
                case_letters.shown(session, mine),
            )
        )
    return found


def said(step: Step, names: Names) -> str:
    """A step in words, as scenarios call it; of a moment, what it means."""
    if step.act == "wait":
        return _("等到 {moment}", moment=moment_in_words(str(step.what), names))
    if step.act == "complain":
        text = str(step.what.get("text", "")) if isinstance(step.what, Mapping) else ""
        return _("业主反映：{text}", text=text[:40])
    if step.act == "past" and isinstance(step.what, Mapping):
        return _("之前已有的投诉：{weeks} 周，每周 {each} 件", weeks=step.what.get("weeks"), each=step.what.get("each"))
    if step.act == "resident":
        return _("业主：{what}", what=resident_in_words(str(step.what)))
    return playing.said(step, names)[0 if language() == "zh" else 1]


def moment_in_words(text: str, names: Names) -> str:
    """The moment of a scenario in words, where it is one that a trial writes."""
    what, _space, rest = text.partition(" ")
    if what in ("timer", "due") and rest:
        named = names.get(rest, (rest, rest))[0 if language() == "zh" else 1]
        return _("“{name}”到时", name=named) if what == "timer" else _("“{name}”到期", name=named)
    later = LATER.fullmatch(text)
    return _("{length} 以后", length=length_in_words(later["amount"], later["unit"])) if later else text


def length_in_words(amount: str, unit: str) -> str:
    """A length of a scenario in words: 2 working days → 2 个工作日."""
    known = {
        "minute": _("{n} 分钟", n=amount),
        "hour": _("{n} 小时", n=amount),
        "day": _("{n} 天", n=amount),
        "week": _("{n} 周", n=amount),
        "working hour": _("{n} 个工作小时", n=amount),
        "working day": _("{n} 个工作日", n=amount),
    }
    return known.get(unit.removesuffix("s"), f"{amount} {unit}")


def resident_in_words(what: str) -> str:
    """What a resident does, in words."""
    known = {
        "accepts the plan": _("同意方案"),
        "objects to the plan": _("不同意方案"),
        "answers the callback": _("答复回访"),
        "appeals": _("申诉"),
        "asks for a supervisor": _("请上级处理"),
        "withdraws": _("撤诉"),
        "adds": _("补充说明"),
    }
    return known.get(what, what)


def _entries(session: Session) -> list[tuple[Entry, Happening | None]]:
    """Every entry of the cases, in order, each with what is said about it."""
    known, found = people.known(session), list[tuple[Entry, Happening | None]]()
    for case in session.scalars(select(Case).order_by(Case.id)):
        entries = case_story.entries_of(session, case)
        said = {each.entry: each for each in case_story.story(session, case, entries, known)}
        found += [(entry, said.get(entry.number)) for entry, _note in entries]
    return sorted(found, key=lambda each: each[0].id)


def _rulings(session: Session, entries: Sequence[Entry], known: Mapping[str, KnownCategory]) -> list[Ruling]:
    found = []
    for case_id in dict.fromkeys(each.case_id for each in entries if each.case_id is not None):
        case = session.get_one(Case, case_id)
        found += decisions_taken.of_case(session, case, [each for each in entries if each.case_id == case_id], known)
    return found


# ---- variables -------------------------------------------------------------------------------------------------------


def variables(session: Session, case: Case) -> list[Variable]:
    """The variables of a case in words, those that a form asks for first, by the words of its question."""
    asked = _asked(session, case)
    known = categories.known(session)
    values = cases.variables(session, case)
    order = [name for name in asked if name in values] + sorted(values.keys() - asked.keys())
    return [_variable(name, values[name], asked.get(name), known) for name in order]


def _variable(name: str, value: Any, field: Field | None, known: Mapping[str, KnownCategory]) -> Variable:
    label = field.label.text(language()) if field else ""
    choices = {each.value: each.label.text(language()) for each in field.choices} if field else {}
    return Variable(name, label, _value(value, choices, known))


def _value(value: Any, choices: Mapping[object, str], known: Mapping[str, KnownCategory]) -> str:
    if isinstance(value, str | int) and not isinstance(value, bool) and value in choices:
        return choices[value]
    if value is None or value == "":
        return _("（空）")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, datetime):
        return say_moment(value.astimezone(zone()))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return decisions_taken.in_words(f'"{value}"', known) if value.isidentifier() or value in known else value
    if isinstance(value, Mapping):
        said = [f"{name} {_value(each, choices, known)}" for name, each in value.items() if each is not None]
        return _("、").join(said) or _("（空）")
    if isinstance(value, list | tuple):
        rows = [each for each in value if isinstance(each, Mapping)]
        said = [_("{n} 行", n=len(rows))] if rows else [_value(each, choices, known) for each in value]
        return _("、").join(said) or _("没有")
    return str(plain(value))


def _asked(session: Session, case: Case) -> dict[str, Field]:
    """The questions of the forms of a case that steer, by the variable that they fill."""
    found: dict[str, Field] = {}
    for path in sorted(versions.files(session, case.pin)):
        if path.startswith("forms/") and path.endswith(".json"):
            form = versions.form(session, case.pin, versions.process_of(path), path.rpartition("/")[2][:-5])
            for field in form.fields:
                if field.steers:
                    found.setdefault(field.key, field)
    return found
