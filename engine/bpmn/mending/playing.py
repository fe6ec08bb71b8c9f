"""Play a drawing with choices only: which task next, which way, what has happened."""

import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from engine.bpmn import execution
from engine.bpmn.execution import OpenTask, Outcome, Program, WaitingMessage, WaitingTimer
from engine.bpmn.mending.asking import Question
from engine.core.errors import NotWaiting, StepFailed

BEGINNING = datetime(2026, 3, 2, 1, tzinfo=UTC)
STEPS, ACTS, CASES, QUIET = 1000, 200, 300, 40
MOST_SECONDS = 3.0

Choice = OpenTask | WaitingTimer | WaitingMessage


@dataclass
class Played:
    """The result of playing: `ended` are the nodes of cases that came to an end, `met` those of any case.

    `stuck` are the places at which a case waited for what can no longer come, `failed` the reasons why one stopped.
    """

    ended: set[str] = field(default_factory=set)
    met: set[str] = field(default_factory=set)
    ends: int = 0
    stuck: set[str] = field(default_factory=set)
    failed: dict[str, StepFailed] = field(default_factory=dict)


class Player:
    """Plays one process case after case, each time doing what was done least so far."""

    def __init__(self, program: Program, questions: Mapping[str, Sequence[Question]]) -> None:
        self.program, self.questions = program, questions
        self.rng = random.Random(11)  # noqa: S311 (the same choices every time)
        self.used: Counter[object] = Counter()
        self.played = Played()
        self.openings = [start.called or None for start in program.starts]

    def play(self, wanted: frozenset[str]) -> Played:
        """Play until every wanted node lies on a case that ended, or nothing new came up for long."""
        quiet, until = 0, time.perf_counter() + MOST_SECONDS
        for number in range(CASES):
            before = len(self.played.ended), len(self.played.met)
            self.case(self.openings[number % len(self.openings)] if self.openings else None)
            quiet = quiet + 1 if before == (len(self.played.ended), len(self.played.met)) else 0
            if wanted <= self.played.ended or quiet > QUIET or time.perf_counter() > until:
                break
        return self.played

    def case(self, opening: str | None) -> None:
        seen: set[str] = set()
        now = BEGINNING
        outcome = self.step(None, execution.Start({}, opening), now)
        for _ in range(ACTS):
            if outcome is None:
                return
            seen |= {each.element for each in outcome.happened}
            self.played.met |= seen
            if outcome.ended:
                self.played.ends += 1
                self.played.ended |= seen
                return
            choice = self.choose([*outcome.tasks, *outcome.timers, *outcome.waits])
            if choice is None or outcome.stuck:
                self.played.stuck.update(outcome.stuck)
                return
            now += timedelta(hours=1)
            outcome = self.step(outcome, self.act(choice), now)

    def choose(self, choices: Sequence[Choice]) -> Choice | None:
        """Choose mostly what was done least, and tasks before events that may repeat."""
        if not choices:
            return None
        if self.rng.random() < 0.3:
            tasks = [choice for choice in choices if isinstance(choice, OpenTask)]
            chosen = self.rng.choice(tasks or list(choices))
        else:
            chosen = min(choices, key=lambda choice: (self.used[choice.element], self.rng.random()))
        self.used[chosen.element] += 1
        return chosen

    def act(self, choice: Choice) -> execution.Act:
        match choice:
            case OpenTask():
                return execution.Complete(choice.key, self.answers(self.questions.get(choice.element, ())))
            case WaitingTimer():
                return execution.Fire(choice.key)
            case _:
                return execution.Deliver(choice.key, {})

    def answers(self, questions: Sequence[Question]) -> dict[str, object]:
        found: dict[str, object] = {}
        for question in questions:
            if question.options:
                values = [option.value for option in question.options]
                value = min(values, key=lambda value: (self.used[question.variable, value], self.rng.random()))
                self.used[question.variable, value] += 1
                found[question.variable] = value
            else:
                found[question.variable] = self.rng.random() < 0.5
        needed = [question.variable for question in questions if question.one_at_least]
        if needed and not any(found[name] for name in needed):
            found[self.rng.choice(needed)] = True
        return found

    def step(self, outcome: Outcome | None, act: execution.Act, now: datetime) -> Outcome | None:
        world = execution.World(now=now, decide=lambda decision, variables: None, perform=lambda work: {}, functions={})
        try:
            return execution.step(self.program, outcome.state if outcome else None, act, world, bound=STEPS)
        except StepFailed as failed:
            self.played.failed.setdefault(failed.element, failed)
        except NotWaiting:
            pass
        return None
