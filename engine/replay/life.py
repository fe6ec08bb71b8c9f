"""Live a past complaint again: what people did, and when, is given; what the process does by itself is done anew.

Nothing is written. Where the process asks for something that never was, the life stops: how long it would have taken,
nobody knows.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from engine.bpmn import execution
from engine.bpmn.execution import Act as Done
from engine.bpmn.execution import Change, Complete, Deliver, Fire, OpenTask, Outcome, Program, Start
from engine.casework import timers
from engine.casework.tasks.rows import SUPERVISION
from engine.company.calendars import WorkingTime
from engine.complaints.core import meaning
from engine.core.errors import BihuanError
from engine.feel import FeelError, dmn
from engine.replay.limits import Limits
from engine.replay.past import Act, Past
from engine.replay.world import Duties, Surroundings

MOST_FIRED = 400
"""Timers fired in one life; more are a loop without end."""

Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Release:
    """The files of a process and of what it calls, ready to run."""

    program: Program
    tables: Mapping[str, dmn.Model]


@dataclass(frozen=True, slots=True)
class Opened:
    """A task that was opened: its element and whom it was for. main: not a supervisor's."""

    element: str
    name: str
    name_en: str
    group: str
    main: bool

    @property
    def said(self) -> str:
        """Return its names in Chinese and English, with a tab between."""
        return f"{self.name}\t{self.name_en}"


@dataclass(slots=True)
class Life:
    """What came of it.

    stopped: why it could not go on, in Chinese and English; None when it ended as the complaint did. rules: the rows of
    tables that matched, in order. befores: the variables before each act. rungs: the highest rung of each limit.
    """

    limits: Limits
    opened: list[Opened] = field(default_factory=list)
    rules: list[tuple[str, tuple[int, ...]]] = field(default_factory=list)
    flows: Counter[str] = field(default_factory=Counter)
    rungs: dict[str, int] = field(default_factory=dict)
    befores: list[Mapping[str, object]] = field(default_factory=list)
    graded: Mapping[str, object] = field(default_factory=dict)
    variables: Mapping[str, object] = field(default_factory=dict)
    stopped: Words | None = None
    ended: str | None = None


class Stopped(Exception):
    """The life cannot go on; `why` says so in Chinese and English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh)
        self.why = (zh, en)


def live(past: Past, release: Release, around: Surroundings, hours: WorkingTime, other: Life | None = None) -> Life:
    """Live a complaint again on a release. `other`: how it went on the version that it ran on; an answer that left as
    it was what that version proposed leaves as it is what this one proposes."""
    lived = _Living(past, release, around, hours, other)
    try:
        lived.all()
    except Stopped as stopped:
        lived.life.stopped = stopped.why
    except (BihuanError, FeelError, ArithmeticError, LookupError, TypeError, ValueError) as failed:
        lived.life.stopped = _failed(failed)
    return lived.life


def _failed(failed: Exception) -> Words:
    if isinstance(failed, BihuanError):
        return f"流程走不下去：{failed.text('zh')}", f"the process cannot go on: {failed.text('en')}"
    if isinstance(failed, FeelError):
        return f"流程走不下去：{failed.zh}", f"the process cannot go on: {failed.en}"
    return "流程走不下去。", "the process cannot go on."


class _Living:
    """One life in progress."""

    def __init__(
        self, past: Past, release: Release, around: Surroundings, hours: WorkingTime, other: Life | None
    ) -> None:
        self.past, self.release, self.other = past, release, other
        self.life = Life(Limits(hours))
        self.now = past.complaint.received_at
        self.outcome: Outcome | None = None
        self.asleep: set[str] = set()
        self.fired = 0
        self.duties = Duties(past, release.tables, around, self.life.limits, lambda: self.now, self.life.rules)

    def all(self) -> None:
        """Live it from the beginning to the end."""
        self.step(Start(self.past.start))
        self.life.graded = dict(self.life.variables)
        for act in self.past.acts:
            self.let_pass(act.at)
            self.life.befores.append(self.life.variables)
            self.do(act)
            if self.ended:
                return
        self.let_pass(self.past.case.ended_at or self.past.complaint.closed_at or self.now)
        if not self.ended and self.past.case.ended_at is not None:
            raise Stopped(*self.waiting())

    @property
    def ended(self) -> bool:
        return self.outcome is not None and self.outcome.ended is not None

    # ---- time

    def let_pass(self, until: datetime) -> None:
        """Fire what is due before a moment, the oldest first; of several rungs of a limit only the highest."""
        while not self.ended and (due := self.due(until)):
            self.now = due[0].due if self.past.one_by_one else max(self.now, due[0].due)
            together = [due[0]] if self.past.one_by_one else [each for each in due if each.due <= self.now]
            over = timers.passed_over([timers.Timer(expression=each.expression, key=each.key) for each in together])
            self.asleep |= {each.key for each in over}
            timer = next(each for each in together if each.key not in self.asleep)
            if timers.rung_of(timer.expression) and self.past.was_passed(timer.element, timer.due):
                self.asleep.add(timer.key)
                continue
            self.fired += 1
            if self.fired > MOST_FIRED:
                raise Stopped("定时一再到期，案件在原地打转。", "timers are due again and again.")
            if (rung := timers.rung_of(timer.expression)) is not None:
                self.life.rungs[rung[0]] = max(rung[1], self.life.rungs.get(rung[0], 0))
            self.step(Fire(timer.key))
        self.now = max(self.now, until)

    def due(self, until: datetime) -> list["_Due"]:
        assert self.outcome is not None
        waiting = [
            _Due(each.due, each.key, each.element, each.expression)
            for each in self.outcome.timers
            if each.due is not None and each.due <= until and each.key not in self.asleep
        ]
        return sorted(waiting)

    # ---- acts

    def do(self, act: Act) -> None:
        """Do what was done then. Raises `Stopped` where nothing waits for it."""
        if self.ended:
            return
        match act.kind:
            case "pause":
                assert act.pause is not None
                self.life.limits.pause(act.pause)
                self.step(self.duties.retime_all())
            case "change":
                self.step(Change(dict(act.values or {})))
            case "message":
                self.deliver(act)
            case _:
                self.complete(act)

    def deliver(self, act: Act) -> None:
        assert self.outcome is not None
        wait = next((each for each in self.outcome.waits if each.element == act.place), None)
        if wait is None and (act.values or {}).keys() == {"why"}:
            return  # a supervisor was asked for whom nobody would ask here
        if wait is None:
            raise Stopped(*self.waiting())
        self.step(Deliver(wait.key, dict(act.values or {})))

    def complete(self, act: Act) -> None:
        """Complete the task of the same step; what a supervisor did who was never called in falls away."""
        assert self.outcome is not None
        here = [each for each in self.outcome.tasks if each.element == act.place]
        task = next((each for each in here if each.key == act.key), here[0] if here else None)
        if task is None:
            if self.supervises(act.place):
                return
            raise Stopped(*self.waiting())
        if act.values is None:
            raise Stopped("这一步的回答没有保存。", "the answers of this step were not kept.")
        self.duties.done(act)
        self.step(Complete(task.key, self.answers(act)))

    def answers(self, act: Act) -> dict[str, object]:
        """Return the answers; where they left what was proposed as it was, what is proposed now."""
        said = dict(act.values or {})
        at = len(self.life.befores) - 1
        if self.other is None or at >= len(self.other.befores):
            return said
        before, now = self.other.befores[at], self.life.variables
        return {
            key: now[key] if key in now and key in before and before[key] == each else each
            for key, each in said.items()
        }

    def supervises(self, element: str) -> bool:
        found = self.release.program.elements.get(element)
        return found is None or meaning.counts_as(found, SUPERVISION) or found.process != meaning.PROCESS

    # ---- steps

    def step(self, act: Done) -> None:
        """Do an act, then what it leads to by itself."""
        self.one(act)
        for _ in range(200):
            follow = next(self.follows(), None)
            if follow is None or self.ended:
                return
            self.one(follow)
        raise Stopped("案件在原地打转。", "the case goes round in circles.")

    def follows(self) -> Iterator[Done]:
        while self.duties.queue:
            yield self.duties.queue.pop(0)

    def one(self, act: Done) -> None:
        before = self.outcome
        self.duties.waits = before.waits if before else ()
        try:
            outcome = execution.step(
                self.release.program,
                before.state if before else None,
                act,
                self.duties.world(),
                then=self.duties.retime,
            )
        except execution.NotWaiting:
            return
        self.take(outcome, before)

    def take(self, outcome: Outcome, before: Outcome | None) -> None:
        life, known = self.life, {each.key for each in before.tasks} if before else set()
        self.outcome, life.variables = outcome, outcome.variables
        self.duties.row.update(outcome.variables)
        life.flows.update(each.element for each in outcome.happened if each.what == "taken")
        life.opened += [self.open(each) for each in outcome.tasks if each.key not in known]
        self.duties.sent(outcome.thrown)
        if outcome.ended is not None:
            life.ended = outcome.ended.element
            life.limits.end(self.now)

    def open(self, task: OpenTask) -> Opened:
        name, name_en = self.names(task)
        return Opened(task.element, name, name_en, ",".join(task.groups), not self.supervises(task.element))

    def names(self, task: OpenTask) -> Words:
        """Return the name of a task's step in Chinese and English."""
        found = self.release.program.elements.get(task.element)
        name = task.name or task.element
        return name, (found.properties.get("name_en") if found else None) or name

    def waiting(self) -> Words:
        """Return what the process waits for instead."""
        assert self.outcome is not None
        names = list(dict.fromkeys(map(self.names, self.outcome.tasks)))[:3]
        zh, en = ([f"“{each[at]}”" for each in names] for at in (0, 1))
        if not names:
            return "流程停在了当时没有走到的地方。", "the process stands where it never stood then."
        return (
            f"流程等着办{'、'.join(zh)}，当时没有这样办过，办多久没人知道。",
            f"the process waits for {', '.join(en)}, which was not done so then; nobody knows how long it would take.",
        )


@dataclass(frozen=True, slots=True, order=True)
class _Due:
    """A timer that is due."""

    due: datetime
    key: str
    element: str
    expression: str
