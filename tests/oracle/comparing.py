"""Plays a diagram in the engine and in the token game at once and compares them after every act."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from engine.bpmn import execution
from engine.core.errors import Refused, StepFailed, TooManySteps
from tests.oracle import game, writing
from tests.oracle.drawing import BEGINNING, TASKS, Diagram
from tests.oracle.game import Endless, Game, Unanswered
from tests.oracle.tokens import State, Wait, copied, essence
from tests.oracle.ways import Map

ACTS, CROWD = 40, 25
ORDERS, WIDE_ORDERS, BELIEFS, ALIKE, MOST_TRIES = 400, 30, 30, 200, 30_000
WORDS = ("a", "b", "c")


@dataclass(frozen=True)
class Seen:
    """The observable state of a case at one moment, and what was observed of the step that led there."""

    tasks: Counter[tuple[object, ...]]
    timers: Counter[tuple[object, ...]]
    waits: Counter[tuple[object, ...]]
    thrown: Counter[tuple[object, ...]]
    taken: Counter[str]
    variables: Mapping[str, object]
    ended: str | None

    def difference(self, other: "Seen") -> str:
        lines = []
        for name in ("tasks", "timers", "waits", "thrown", "taken", "ended"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine != theirs:
                lines.append(f"  {name}: game {show(mine, theirs)} engine {show(theirs, mine)}")
        for name in sorted({*self.variables, *other.variables}):
            one, two = self.variables.get(name, "absent"), other.variables.get(name, "absent")
            if one != two:
                lines.append(f"  variable {name}: game {one!r} engine {two!r}")
        return "\n".join(lines)


def show(mine: object, theirs: object) -> str:
    if isinstance(mine, Counter) and isinstance(theirs, Counter):
        return f"only {sorted((mine - theirs).elements(), key=str)}"
    return repr(mine)


class Undecided(Exception):
    """Too many races to follow."""


FAILED = Seen(Counter(), Counter(), Counter(), Counter(), Counter(), {}, "step failed")


@dataclass(frozen=True)
class Act:
    """One act from outside, in terms that both sides understand."""

    kind: str
    seen: tuple[object, ...] = ()
    fields: Mapping[str, object] = field(default_factory=dict)
    key: str = ""
    born: int = 0

    def __str__(self) -> str:
        return f"{self.kind} {self.seen} {dict(self.fields)}"


@dataclass
class Report:
    """The result for one diagram."""

    seed: int
    diagram: Diagram
    refused: str | None = None
    failure: str | None = None
    acts: int = 0
    races: int = 0
    undecided: int = 0
    failures: int = 0
    entered: Counter[str] = field(default_factory=Counter)
    joined_again: bool = False
    ends: Counter[str] = field(default_factory=Counter)


def compare(seed: int, diagram: Diagram, plays: int = 2) -> Report:
    """Parse the diagram and run it `plays` times; stop at the first difference."""
    report = Report(seed, diagram)
    try:
        program = execution.parse(writing.files(diagram), diagram.main)
    except Refused as refused:
        report.refused = refused.text("en")
        return report
    for number in range(plays):
        try:
            Play(report, program, random.Random(seed * 1000 + number)).run()
        except Undecided:
            report.undecided += 1
        if report.failure:
            return report
    return report


class Play:
    """One case, in the engine and in every token game that still agrees with it."""

    def __init__(self, report: Report, program: execution.Program, rng: random.Random) -> None:
        self.report, self.program, self.rng = report, program, rng
        self.map = Map(report.diagram)
        self.now = BEGINNING
        self.beliefs = [State()]
        self.past: list[tuple[Act, datetime, Seen]] = []
        self.outcome: execution.Outcome | None = None
        self.born: dict[str, int] = {}
        self.limit: datetime | None = None
        self.tried = 0

    def run(self) -> None:
        act: Act | None = self.opening()
        while act is not None and len(self.past) < ACTS:
            seen = self.engine_does(act)
            self.past.append((act, self.now, seen))
            self.report.acts += 1
            self.report.failures += seen is FAILED
            if not self.game_follows(act, seen):
                self.report.failure = self.complaint(act, seen)
                return
            act = self.next_act() if self.outcome else None
        state = self.beliefs[0]
        self.report.entered += state.entered
        self.report.ends[state.ended or ("goes on" if act else "stuck")] += 1
        if any(count > 1 for count in state.joined.values()):
            self.report.joined_again = True

    # choosing

    def opening(self) -> Act:
        diagram = self.report.diagram
        named = [
            node.ref for node in diagram.nodes.values() if node.kind == "startEvent" and node.ref and not node.by_event
        ]
        by = (self.rng.choice(named),) if named and self.rng.random() < 0.5 else ()
        return Act("start", by, diagram.variables)

    def next_act(self) -> Act | None:
        outcome = self.outcome
        assert outcome
        if outcome.ended or len(outcome.tasks) + len(outcome.waits) > CROWD:
            return None
        acts: list[tuple[float, Callable[[], Act]]] = []
        for task in outcome.tasks:
            acts.append((1, lambda task=task: self.completing(task)))  # type: ignore[misc]
        for wait in outcome.waits:
            acts.append((0.5, lambda wait=wait: self.delivering(wait)))  # type: ignore[misc]
        due = [timer for timer in outcome.timers if timer.due]
        if due:
            soonest = min(due, key=lambda timer: timer.due or BEGINNING)
            acts.append((0.8, lambda: self.acting("fire", soonest.key, timer_seen(soonest), {})))
        if any(wait.kind == "conditional" for wait in self.beliefs[0].waits.values()):
            acts.append((0.8, lambda: Act("change", (), {f"e{n}": self.rng.random() < 0.6 for n in (1, 2)})))
        if any(self.times_itself(timer.element) for timer in outcome.timers):
            acts.append((0.6, lambda: Act("retime", (self.rng.choice((None, 5, 20, 60)),))))
        alone = [task for task in outcome.tasks if not self.report.diagram.nodes[task.element].multi]
        if alone:
            acts.append((0.05, lambda: self.acting("cancel", alone[0].key, task_seen(alone[0]), {})))
        if not acts:
            return None
        return self.rng.choices([act for _, act in acts], [weight for weight, _ in acts])[0]()

    def times_itself(self, element: str) -> bool:
        timing = self.report.diagram.nodes[element].timing
        return timing is not None and timing.form == "limit"

    def completing(self, task: execution.OpenTask) -> Act:
        answers: dict[str, object] = {f"r_{task.element}": self.rng.randint(1, 99)}
        for number in range(1, 5):
            if self.rng.random() < 0.5:
                answers[f"c{number}"] = self.rng.random() < 0.5
        if self.rng.random() < 0.4:
            answers["w"] = self.rng.choice(WORDS)
        if self.rng.random() < 0.1:
            answers[self.rng.choice(("e1", "e2", "q1"))] = self.rng.random() < 0.7
        return self.acting("complete", task.key, task_seen(task), answers)

    def delivering(self, wait: execution.WaitingMessage) -> Act:
        fields: dict[str, object] = {f"r_{wait.name}": self.rng.randint(1, 99)}
        if wait.kind == "signal":
            return Act("broadcast", (wait.name,), fields)
        if self.rng.random() < 0.3:
            fields["c2"] = self.rng.random() < 0.5
        fields[f"r_{wait.element}"] = self.rng.randint(1, 99)
        return self.acting("deliver", wait.key, wait_seen(wait), fields)

    def acting(self, kind: str, key: str, seen: tuple[object, ...], fields: dict[str, object]) -> Act:
        return Act(kind, seen, fields, key, self.born[key])

    # the engine

    def engine_does(self, act: Act) -> Seen:
        if act.kind == "fire" and isinstance(act.seen[1], datetime):
            self.now = max(self.now, act.seen[1])
        if act.kind == "retime":
            self.limit = limit_of(act)
        functions = {"limit": lambda: self.limit}
        world = execution.World(now=self.now, decide=decide, perform=perform, functions=functions)
        state = self.outcome.state if self.outcome else None
        try:
            self.outcome = execution.step(self.program, state, self.engine_act(act), world)
        except (StepFailed, TooManySteps):
            return FAILED
        for one in (*self.outcome.tasks, *self.outcome.timers, *self.outcome.waits):
            self.born.setdefault(one.key, len(self.past) + 1)
        return seen_in_engine(self.outcome, self.report.diagram)

    def engine_act(self, act: Act) -> execution.Act:
        outcome = self.outcome
        if act.kind == "start" or outcome is None:
            return execution.Start(dict(act.fields), str(act.seen[0]) if act.seen else None)
        match act.kind:
            case "complete":
                return execution.Complete(act.key, dict(act.fields))
            case "fire":
                return execution.Fire(act.key)
            case "deliver":
                return execution.Deliver(act.key, dict(act.fields))
            case "broadcast":
                return execution.Broadcast(str(act.seen[0]), dict(act.fields))
            case "cancel":
                return execution.CancelTask(act.key)
            case "retime":
                return execution.Retime(frozenset(("limit",)))
            case _:
                return execution.Change(dict(act.fields))

    # the game

    def game_follows(self, act: Act, seen: Seen) -> bool:
        """Whether some order of moves leads the token game to the engine's result; the regular one is tried first."""
        found = self.followers(self.beliefs, act, self.now, seen, [game.ORDERLY])
        if not found:
            found = self.followers(self.beliefs, act, self.now, seen, self.orders(ORDERS))
            self.report.races += bool(found)
        if not found and len(self.past) > 1:
            found = self.again_from_the_start()
            self.report.races += bool(found)
        if not found:
            found = self.as_far_as_a_race_allows(act, seen)
            self.report.races += bool(found)
        self.beliefs = found or self.beliefs
        return bool(found)

    def as_far_as_a_race_allows(self, act: Act, seen: Seen) -> list[State]:
        """Where branches race to an end that terminates the others, how far each had come is arbitrary.

        Accepted if the resulting state agrees, and each flow was taken as often as some order allows.
        """
        every = [
            (state, shown)
            for belief in self.beliefs
            for order in self.orders(ORDERS)
            for state, shown in self.tries(belief, act, self.now, order)
        ]
        flows = {flow for _, shown in every for flow in shown.taken} | set(seen.taken)
        taken = {flow: [shown.taken[flow] for _, shown in every] for flow in flows}
        if not all(min(counts) <= seen.taken[flow] <= max(counts) for flow, counts in taken.items() if counts):
            return []
        alike = {essence(state): state for state, shown in every if replace(shown, taken=seen.taken) == seen}
        return list(alike.values())

    def orders(self, number: int) -> list[game.Order]:
        return [*game.ORDERS, *(game.Order((), self.rng.randrange) for _ in range(number))]

    def again_from_the_start(self) -> list[State]:
        """An earlier step may have gone a different way than assumed: first try everything that looks like what was
        acted on, then every order as well."""
        for orders, most in (([game.ORDERLY], ALIKE), ([game.ORDERLY, *self.orders(WIDE_ORDERS)], BELIEFS)):
            beliefs = [State()]
            for act, now, seen in self.past:
                beliefs = self.followers(beliefs, act, now, seen, orders, most)
            if beliefs:
                return beliefs
        return []

    def followers(
        self, beliefs: list[State], act: Act, now: datetime, seen: Seen, orders: list[game.Order], most: int = 6
    ) -> list[State]:
        found: dict[str, State] = {}
        for belief in beliefs:
            for order in orders:
                self.tried += 1
                if self.tried > MOST_TRIES:
                    raise Undecided
                for state, shown in self.tries(belief, act, now, order):
                    if shown == seen:
                        found.setdefault(essence(state), state)
                if len(found) >= most:
                    return list(found.values())
        return list(found.values())

    def tries(self, belief: State, act: Act, now: datetime, order: game.Order) -> Iterator[tuple[State, Seen]]:
        """Apply the act to every thing in the game that looks like what was acted on in the engine."""
        for key in self.candidates(belief, act):
            state = copied(belief)
            state.thrown.clear()
            state.taken.clear()
            state.acts += 1
            try:
                do(Game(self.map, state, now, order), act, key)
            except (Endless, Unanswered):
                failed = copied(belief)
                failed.acts += 1
                yield failed, FAILED
            else:
                yield state, seen_in_game(state, self.map)

    def candidates(self, state: State, act: Act) -> list[int]:
        """Matching things in the game; those that appeared in the same step, if any."""
        match act.kind:
            case "complete" | "cancel":
                found = {key: state.activities[key].born for key in open_tasks(state, self.map)
                         if task_in_game(state, self.map, key) == act.seen}  # fmt: skip
            case "fire" | "deliver":
                kind = {"fire": "timer", "deliver": "message"}[act.kind]
                found = {key: wait.born for key, wait in state.waits.items()
                         if wait.kind == kind and wait_in_game(wait) == act.seen}  # fmt: skip
            case _:
                return [0]
        return [key for key, born in found.items() if born == act.born] or list(found)

    def complaint(self, act: Act, seen: Seen) -> str:
        lines = [f"seed {self.report.seed}, after {len(self.past)} acts:"]
        lines += [f"  {number}. {done}" for number, (done, _, _) in enumerate(self.past, 1)]
        shown = [shown for belief in self.beliefs for _, shown in self.tries(belief, act, self.now, game.ORDERLY)]
        lines.append(shown[0].difference(seen) if shown else "  nothing in the game looks like what was acted on")
        return "\n".join(lines)


def do(played: Game, act: Act, key: int) -> None:
    fields = dict(act.fields)
    match act.kind:
        case "start":
            played.start(fields, str(act.seen[0]) if act.seen else None)
        case "complete":
            played.complete(key, fields)
        case "fire":
            played.fire(key)
        case "deliver":
            played.deliver(key, fields)
        case "broadcast":
            played.broadcast(str(act.seen[0]), fields)
        case "cancel":
            played.cancel(key)
        case "retime":
            played.retime(limit_of(act))
        case _:
            played.change(fields)


def limit_of(act: Act) -> datetime | None:
    hours = act.seen[0]
    return BEGINNING + timedelta(hours=hours) if isinstance(hours, int) else None


# the observations of each


def seen_in_engine(outcome: execution.Outcome, diagram: Diagram) -> Seen:
    ended = outcome.ended.kind if outcome.ended else None
    taken = Counter(happened.element for happened in outcome.happened if happened.what == "taken")
    return Seen(
        tasks=Counter(task_seen(task) for task in outcome.tasks),
        timers=Counter(timer_seen(timer) for timer in outcome.timers),
        waits=Counter(wait_seen(wait) for wait in outcome.waits),
        thrown=Counter((thrown.kind, thrown.name) for thrown in outcome.thrown if thrown.kind != "escalation"),
        taken=Counter({flow: count for flow, count in taken.items() if told(diagram, flow)}),
        variables=outcome.variables,
        ended=ended if ended in (None, "terminate", "error") else "none",
    )


def told(diagram: Diagram, flow: str) -> bool:
    """Flows out of an event-based gateway may be reported on entering or leaving it: not compared."""
    return diagram.nodes[diagram.flows[flow].source].kind != "eventBasedGateway"


def task_seen(task: execution.OpenTask) -> tuple[object, ...]:
    return task.element, local_seen(task.local)


def local_seen(local: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(sorted((k, v) for k, v in local.items() if k == "loopCounter" or k.startswith("x_")))


def timer_seen(timer: execution.WaitingTimer) -> tuple[object, ...]:
    return timer.element, timer.due


def wait_seen(wait: execution.WaitingMessage) -> tuple[object, ...]:
    return wait.element, wait.kind, wait.name, wait.correlation


def seen_in_game(state: State, drawn: Map) -> Seen:
    waits = state.waits.values()
    return Seen(
        tasks=Counter(task_in_game(state, drawn, key) for key in open_tasks(state, drawn)),
        timers=Counter(wait_in_game(wait) for wait in waits if wait.kind == "timer"),
        waits=Counter(wait_in_game(wait) for wait in waits if wait.kind in ("message", "signal")),
        thrown=Counter((kind, name) for kind, name in state.thrown if kind != "escalation"),
        taken=Counter({flow: count for flow, count in state.taken.items() if told(drawn.diagram, flow)}),
        variables=state.envs[1].variables,
        ended=state.ended,
    )


def open_tasks(state: State, drawn: Map) -> list[int]:
    return [
        key
        for key, activity in state.activities.items()
        if drawn.nodes[activity.node].kind in TASKS and not activity.many
    ]


def task_in_game(state: State, drawn: Map, key: int) -> tuple[object, ...]:
    activity = state.activities[key]
    local: dict[str, object] = {}
    env = state.envs[activity.env]
    while env.outer is not None:
        local = env.variables | local
        env = state.envs[env.outer]
    return activity.node, local_seen(local)


def wait_in_game(wait: Wait) -> tuple[object, ...]:
    if wait.kind == "timer":
        return wait.node, wait.due
    return wait.node, wait.kind, wait.name, wait.correlation


# the stub world


def decide(decision: str, variables: Mapping[str, object]) -> object:
    said = game.decided(variables.get("c1"))
    return said if decision == "rule" else {f"b_{decision.removeprefix('pair_')}": said}


def perform(work: execution.Work) -> Mapping[str, object]:
    given = work.inputs.get("given")
    if work.topic == "fail":
        if given is True:
            raise execution.BpmnError("x1")
        return {f"s_{work.element}": game.answered(given)}
    return {"out" if work.topic == "echo" else f"s_{work.element}": game.answered(given)}
