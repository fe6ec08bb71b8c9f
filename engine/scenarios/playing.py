"""Play scenarios with the real engine in the small company, and compare."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextvars import copy_context
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from engine.bpmn import diagrams
from engine.casework.cases import Case
from engine.core import clock
from engine.core.errors import BihuanError, Invalid, NotFound
from engine.core.store import Store
from engine.history import Entry
from engine.letters import texts
from engine.scenarios import acts, standing
from engine.scenarios.acts import Play
from engine.scenarios.company import BEGINS, CAST, Company
from engine.scenarios.listings import Names
from engine.scenarios.script import Scenario, Step

Place = tuple[str, str]
"""An element of a diagram: its process and its id."""

MOST_SECONDS = 30.0
"""Limit of one scenario in CPU seconds: whatever somebody writes, the jobs of others come to their turn."""


@dataclass(frozen=True, slots=True)
class Differs:
    """What differs at one step, counted from 1. `impossible`: the step could not be done, nor any after it."""

    step: int
    act: str
    act_en: str
    note: str
    zh: str
    en: str
    impossible: bool = False


@dataclass(frozen=True, slots=True)
class Played:
    """How a scenario went. `found` is the scenario as it would hold: every expectation as things are, cut before a
    step that cannot be done."""

    scenario: Scenario
    found: Scenario
    differs: tuple[Differs, ...]
    walked: frozenset[Place]
    seconds: float

    @property
    def holds(self) -> bool:
        """Return whether everything was as expected."""
        return not self.differs


@dataclass(slots=True)
class _Course:
    """A scenario on its way."""

    scenario: Scenario
    names: Names
    differs: list[Differs] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)


def play(company: Company, scenario: Scenario, names: Names) -> Played:
    """Play one scenario in a copy of the company of its own, with a clock of its own."""
    return copy_context().run(_play, company, scenario, names)


def _play(company: Company, scenario: Scenario, names: Names) -> Played:
    began, course = time.perf_counter(), _Course(scenario, names)
    clock.set_offset(timedelta())
    with company.copied() as store, clock.at(BEGINS):
        here = Play(store, until=time.thread_time() + MOST_SECONDS)
        for number, step in enumerate(scenario.steps, 1):
            if not _go(here, course, number, step):
                break
        walked = _walked(store)
    found = replace(scenario, steps=tuple(course.steps))
    return Played(scenario, found, tuple(course.differs), walked, time.perf_counter() - began)


def _go(here: Play, course: _Course, number: int, step: Step) -> bool:
    """Do a step and compare; return False when it cannot be done, or its time is over."""
    with here.store.reading() as session:
        before = standing.seen(session)
    try:
        here.require_time()
        acts.do(here, step)
        with here.store.reading() as session:
            found = standing.look(session, here, step, before, course.names)
    except FAILURES as problem:
        zh, en = why(problem)
        course.differs.append(Differs(number, *said(step, course.names), step.note, zh, en, impossible=True))
        return False
    if found.differences:
        zh, en = standing.words_of(found.differences), standing.words_of(found.differences, "en")
        course.differs.append(Differs(number, *said(step, course.names), step.note, zh, en))
    course.steps.append(replace(step, then=found.then))
    return True


FAILURES = (BihuanError, ValueError, TypeError, OverflowError)
"""What a step raises that cannot be done."""


def why(problem: Exception) -> tuple[str, str]:
    """Return why a step could not be done, in Chinese and English."""
    if isinstance(problem, Invalid):
        zh = "；".join(f"{name}：{each[0]}" for name, each in problem.fields.items())
        return zh, "; ".join(f"{name}: {each[1]}" for name, each in problem.fields.items())
    if isinstance(problem, NotFound):
        zh = "要用的东西不存在：别的流程、表单或规则表没有这个名字，或者还没有发布。"
        return zh, "what it needs is not there: no process, form or table of that name, or it is not published yet."
    if isinstance(problem, BihuanError):
        return problem.text("zh"), problem.text("en")
    return f"这一步写的值不能用：{problem}", f"a value of this step cannot be used: {problem}"


ACTS: Mapping[str, tuple[str, str]] = {
    "": ("看一看", "look"),
    "complain": ("反映", "complain"),
    "start": ("发起", "start"),
    "past": ("已有投诉", "complaints of the past"),
    "improve": ("立项改进", "start an improvement"),
    "report": ("出报告", "make a report"),
    "warn": ("出现预警", "a warning"),
    "do": ("办理", "do"),
    "resident": ("业主", "resident"),
    "wait": ("等到", "wait until"),
    "message": ("消息", "message"),
    "join": ("归组", "join"),
    "merge": ("合并", "merge"),
    "part": ("拆开", "part"),
    "pause": ("暂停", "pause"),
    "resume": ("恢复", "resume"),
}


def said(step: Step, names: Names) -> tuple[str, str]:
    """Return what a step does, shortly, in Chinese and English: who does which task."""
    what = step.what if isinstance(step.what, str) else ""
    login = str(step.facts.get("by", ""))
    name, by = names.get(what, (what, what)), CAST[login][2:] if login in CAST else (login, login)
    zh, en = (
        f"{ACTS[step.act][language]} {name[language]}".strip() + (f" ({by[language]})" if login else "")
        for language in (0, 1)
    )
    return zh, en


def _walked(store: Store) -> frozenset[Place]:
    """Return every element and flow that any case passed, read from the record."""
    with store.reading() as session:
        passed = session.execute(select(Case.process, Entry.facts).join(Case, Case.id == Entry.case_id)).all()
    return frozenset(
        (process[0] if process else of, element)
        for of, facts in passed
        for _what, element, _key, *process in facts.get("path", ())
    )


def names_of(processes: Mapping[str, Mapping[str, bytes]]) -> dict[str, tuple[str, str]]:
    """Return words for the ids of nodes and the codes of letters. An unreadable diagram gives none."""
    found = {code: (each["name"]["zh"], each["name"]["en"]) for code, each in texts.shipped().items()}
    for drawn in drawn_in(processes):
        found |= {node.id: (node.name, node.name_en or node.name) for node in drawn.nodes if node.name}
    return found


def drawn_in(processes: Mapping[str, Mapping[str, bytes]]) -> Iterator[diagrams.Diagram]:
    """Yield the diagrams of processes."""
    for files in processes.values():
        for path, text in files.items():
            if path.endswith(".bpmn"):
                yield diagrams.read(text)


def facts_of(played: Sequence[Played]) -> list[dict[str, Any]]:
    """Return what differs, as a job keeps it: by scenario, with its steps."""
    return [
        {
            "path": each.scenario.path,
            "title": each.scenario.title,
            "title_en": each.scenario.title_en or each.scenario.title,
            "steps": [asdict(differs) for differs in each.differs],
        }
        for each in played
        if not each.holds
    ]
