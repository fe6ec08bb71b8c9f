"""Plays a diagram, changes it, moves the case, and plays on: the engine and the token game are compared throughout."""

import random
from collections.abc import Iterator
from dataclasses import replace

from engine.bpmn import execution
from engine.core.errors import Refused, StepFailed
from tests.moving import tokens_moved
from tests.moving.changing import Change, change
from tests.oracle import game, writing
from tests.oracle.comparing import (
    FAILED,
    Act,
    Play,
    Report,
    Seen,
    Undecided,
    decide,
    perform,
    seen_in_engine,
    seen_in_game,
)
from tests.oracle.drawing import Diagram
from tests.oracle.game import Endless, Game, Unanswered
from tests.oracle.tokens import State, copied
from tests.oracle.ways import Map

BEFORE = 8
"""The most acts before the move."""


class Moved(Report):
    """The result for one diagram and its change."""

    stayed: str = ""
    moved: int = 0
    done: tuple[str, ...] = ()


def compare(seed: int, diagram: Diagram, plays: int = 2) -> Moved:
    """Play a diagram `plays` times up to a random place, move, and play on; stop at the first difference."""
    report = Moved(seed, diagram)
    changed = change(seed, diagram)
    report.done = tuple(changed.done)
    try:
        before, after = (execution.parse(writing.files(each), each.main) for each in (diagram, changed.diagram))
    except Refused as refused:
        report.refused = refused.text("en")
        return report
    for number in range(plays):
        report.diagram = diagram
        play = MovedPlay(report, before, after, changed, random.Random(seed * 1000 + number))
        try:
            play.run()
        except Undecided:
            report.undecided += 1
        if report.failure:
            report.failure += f"\n  changed: {changed.done}\n  plan: {changed.plan}"
            return report
    return report


class MovedPlay(Play):
    """One case that is moved on its way. A game's number of acts says which diagram it is on."""

    def __init__(
        self, report: Moved, program: execution.Program, after: execution.Program, changed: Change, rng: random.Random
    ) -> None:
        super().__init__(report, program, rng)
        self.moved = report
        self.after, self.changed = after, changed
        self.maps = (self.map, Map(changed.diagram))
        self.when = rng.randint(1, BEFORE)
        self.moved_at: int | None = None
        self.tried_move = False

    def next_act(self) -> Act | None:
        outcome = self.outcome
        if outcome is not None and outcome.ended is None and len(self.past) >= self.when and not self.tried_move:
            self.tried_move = True
            if self.goes():
                return Act("move")
        return super().next_act()

    def goes(self) -> bool:
        """Whether the case can be moved: the engine and the token game must agree; it stays as it was otherwise."""
        assert self.outcome is not None
        before = self.outcome.state
        try:
            self.move()
        except execution.CannotMove as refused:
            self.moved.stayed = refused.text("en")
            if not refused.text("en").strip() or not refused.text("zh").strip():
                self.moved.failure = "refused without a reason"
            if any(not self.stays(belief) for belief in self.beliefs[:1]):
                self.moved.failure = f"seed {self.moved.seed}: refused, but could go on: {self.moved.stayed}"
            return False
        except StepFailed:
            return self.outcome.state == before
        return True

    def move(self) -> execution.Outcome:
        world = execution.World(now=self.now, decide=decide, perform=perform, functions={"limit": lambda: self.limit})
        assert self.outcome is not None
        plan = execution.Plan(self.changed.plan)
        return execution.move(self.program, self.outcome.state, self.after, plan, world)

    def stays(self, belief: State) -> bool:
        self.moved_at = len(self.past)
        try:
            return not list(self.tries(belief, Act("move"), self.now, game.ORDERLY))
        finally:
            self.moved_at = None

    def engine_does(self, act: Act) -> Seen:
        if act.kind != "move":
            return super().engine_does(act)
        self.moved_at = len(self.past)
        try:
            self.outcome = self.move()
        except StepFailed:
            return FAILED
        self.program, self.moved.diagram = self.after, self.changed.diagram
        self.moved.moved += 1
        for one in (*self.outcome.tasks, *self.outcome.timers, *self.outcome.waits):
            self.born.setdefault(one.key, len(self.past) + 1)
        return seen_in_engine(self.outcome, self.changed.diagram)

    def game_follows(self, act: Act, seen: Seen) -> bool:
        found = super().game_follows(act, seen)
        if act.kind == "move" and not found and self.is_a_race():
            raise Undecided
        if act.kind == "move" and seen is FAILED:
            self.moved_at = None  # it stays where it was
            self.past.pop()
            self.beliefs = (
                [replace(copied(each), acts=each.acts - 1) for each in self.beliefs] if found else self.beliefs
            )
        return found

    def is_a_race(self) -> bool:
        """Whether branches that begin anew at once write the same variables, so that the result depends on their turns:
        the game ends a branch in the move in which the engine may let others come first."""
        shown = [
            str(seen) for order in self.orders(60) for belief in self.beliefs
            for _, seen in self.tries(belief, Act("move"), self.now, order)
        ]  # fmt: skip
        return len(set(shown)) > 1

    def tries(self, belief: State, act: Act, now: game.datetime, order: game.Order) -> Iterator[tuple[State, Seen]]:
        if act.kind == "move":
            yield from self.moves(belief, now, order)
            return
        self.map = self.maps[self.moved_at is not None and belief.acts > self.moved_at]
        yield from super().tries(belief, act, now, order)

    def moves(self, belief: State, now: game.datetime, order: game.Order) -> Iterator[tuple[State, Seen]]:
        was = copied(belief)
        state = State(numbers=was.numbers, acts=was.acts + 1, limit=was.limit, envs=was.envs, entered=was.entered,
                      joined=was.joined)  # fmt: skip
        try:
            tokens_moved.move(Game(self.maps[1], state, now, order), self.maps[0], was, self.changed.plan)
        except tokens_moved.Stays:
            return
        except (Endless, Unanswered):
            failed = copied(belief)
            failed.acts += 1
            yield failed, FAILED
        else:
            yield state, seen_in_game(state, self.maps[1])
