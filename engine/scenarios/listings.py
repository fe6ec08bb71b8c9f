"""Listings that a scenario expects: what waits and whose it is, which letters went and to whom.

A listing is written `{"name": "who"}`, `{"name": ["who", "who"]}`, or `["name"]` where it does not matter who. It is
everything that there is, unless it holds "…": then there may be more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework import tasks
from engine.casework.tasks import Task, is_open
from engine.company import people, places
from engine.letters import Letter
from engine.requests import notices
from engine.scenarios.acts import Play
from engine.scenarios.company import CAST
from engine.scenarios.script import Step
from engine.scenarios.working import whose

Names = Mapping[str, tuple[str, str]]
"""Words for the ids of steps and the codes of letters, in Chinese and English."""

REST = "…"
"""Stands for anything else in a listing."""

RESIDENTS = ("complaint", notices.KIND)
"""Kinds of recipient that are the resident of a case."""

There = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Listing:
    """What a step expects; the same as it would have to be written (`then`); and everything that there is."""

    expected: Any
    then: Any
    there: Any


def waiting(session: Session, play: Play, step: Step) -> Listing:
    """Return what waits, and whose it is."""
    asked = select(Task).where(is_open()).order_by(Task.element, Task.id)
    if step.subject:
        asked = asked.where(Task.case_id == play.subject(step.subject).case_id)
    found: dict[str, list[Task]] = {}
    ids: dict[str, str] = {}
    for task in session.scalars(asked):
        found.setdefault(task.element, []).append(task)
        ids |= dict.fromkeys((task.name_en, task.name, task.element), task.element)

    rest = REST in step.then["waiting"]

    def fits(name: str, who: list[str]) -> bool:
        return _are_for(session, who, found[name], others=rest)

    there = {element: [whose(session, task) for task in each] for element, each in found.items()}
    return _compared(step.then["waiting"], there, ids, fits)


def _are_for(session: Session, expected: list[str], waiting: list[Task], *, others: bool) -> bool:
    """Return whether each open task of an element is for one of the expected: its group, or a person who may do it.

    `others`: more tasks of the same element may wait for anybody.
    """
    left = list(expected)
    for task in waiting:
        fits = next((who for who in left if who == whose(session, task) or _may(session, who, task)), None)
        if fits is not None:
            left.remove(fits)
        elif not others:
            return False
    return not left


def _may(session: Session, login: str, task: Task) -> bool:
    person = people.by_login(session, login) if login in CAST else None
    return person is not None and tasks.is_free_for(session, person, task) and tasks.may_do(session, person, task)


def letters(session: Session, expected: Any, after: int) -> Listing:
    """Return which letters went after the one with that id, and to whom."""
    there: dict[str, list[str]] = {}
    for letter in session.scalars(select(Letter).where(Letter.id > after).order_by(Letter.id)):
        to = there.setdefault(letter.template, [])
        if (who := _recipient(session, letter)) not in to:
            to.append(who)
    return _compared(expected, there, {}, lambda name, who: set(who) == set(there[name]))


def _recipient(session: Session, letter: Letter) -> str:
    if letter.to_kind == "person":
        return people.find(session, letter.to_ref).login
    return places.RESIDENT if letter.to_kind in RESIDENTS else letter.to_kind


def _compared(expected: Any, there: There, ids: Mapping[str, str], fits: Callable[[str, list[str]], bool]) -> Listing:
    named = [name for name in expected if name != REST]
    known = {ids.get(name, name) for name in named}
    same = known <= there.keys() if REST in expected else known == there.keys()
    if isinstance(expected, dict):
        same = same and all(fits(ids.get(name, name), several(expected[name])) for name in named)
    if REST not in expected:
        then = _written(there, expected)
    else:
        then = _written({name: who for name, who in there.items() if name in known} | {REST: [""]}, expected)
    return Listing(expected, expected if same else then, _written(there, expected))


def _written(there: There, like: Any) -> Any:
    """Return a listing written in the way of another one."""
    if isinstance(like, list):
        return list(there)
    return {name: who[0] if len(who) == 1 else list(who) for name, who in there.items()}


def several(who: Any) -> list[str]:
    """Return the names of whom something is for, as a list."""
    return [who] if isinstance(who, str) else list(who)


def in_words(listing: Any, names: Names) -> tuple[str, str]:
    """Return a listing in words, in Chinese and English."""
    if not listing:
        return "（什么都没有）", "nothing"
    zh, en = [], []
    for name in listing:
        who = listing[name] if isinstance(listing, dict) else ""
        said = said_of(name, names) if name != REST else (REST, REST)
        people_of = f" → {', '.join(several(who))}" if who else ""
        zh.append(f"“{said[0]}”{people_of}")
        en.append(f"“{said[1]}”{people_of}")
    return "、".join(zh), ", ".join(en)


def said_of(name: str | None, names: Names) -> tuple[str, str]:
    """Return the id of a step or a letter with its name, in Chinese and English."""
    zh, en = names.get(name or "", ("", ""))
    return (f"{zh} {name}".strip(), f"{en} {name}".strip()) if zh or en else (name or "", name or "")
