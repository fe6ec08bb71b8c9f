"""Play trial cases through a diagram with chosen answers until its branches are walked or a bound is met."""

import random
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from engine.bpmn import execution
from engine.bpmn.checking.folder import Folder
from engine.bpmn.checking.guessing import Guesses, answer, given, guesses, literal
from engine.bpmn.checking.names import Variables
from engine.bpmn.checking.texts import written
from engine.bpmn.checking.verdict import Available
from engine.bpmn.execution import Happened, OpenTask, Outcome, Program, WaitingMessage, WaitingTimer, Work
from engine.core.errors import BihuanError, Finding, NotWaiting, StepFailed, TooManySteps
from engine.feel import FUNCTION_NAMES, FeelError

BEGINNING = datetime(2026, 3, 2, 1, tzinfo=UTC)
ACTS, CASES, ACTS_OF_A_CASE, WITHOUT_NEWS, STEPS = 1000, 60, 60, 8, 400
TRIES, LONGER = 3, 8

Choice = OpenTask | WaitingTimer | WaitingMessage


@dataclass
class Walked:
    """What the cases of one process met."""

    seen: set[str] = field(default_factory=set)
    failed: Counter[str] = field(default_factory=Counter)
    why: dict[str, StepFailed] = field(default_factory=dict)
    stuck: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    acts: int = 0


class Trial:
    """Plays one process. Nothing real is called: services, tables and functions answer with likely values."""

    def __init__(self, folder: Folder, available: Available, path: str, program: Program, until: float) -> None:
        self.folder, self.available, self.path, self.program = folder, available, path, program
        self.until = until
        self.found: Guesses = guesses(folder)
        self.rng = random.Random(7)  # noqa: S311 (the same values in every check)
        self.decisions = folder.decisions(path)
        self.nodes = {node.id: (where, node) for where, d in folder.diagrams.items() for node in d.nodes}
        self.functions = available.functions if available.functions is not None else called_anywhere(folder)
        self.openings: list[str | None] = [None, *self.message_starts()]
        self.walked = Walked()
        self.most_acts = ACTS
        self.now = BEGINNING

    def message_starts(self) -> list[str]:
        """Return the names of the messages that can begin the process."""
        here = (node for _, node in self.nodes.values() if node.body == self.program.process)
        return sorted({node.ref for node in here if node.kind == "startEvent" and node.ref})

    def play(self, wanted: frozenset[str] = frozenset()) -> Walked:
        """Play cases until nothing new has come up for a while; longer while a wanted node was not reached."""
        quiet = 0
        self.most_acts = ACTS * LONGER if wanted else ACTS
        for _ in range(CASES * LONGER if wanted else CASES):
            before = len(self.walked.seen)
            self.case()
            quiet = quiet + 1 if len(self.walked.seen) == before else 0
            if self.spent() or (quiet > WITHOUT_NEWS and wanted <= self.walked.seen):
                break
        return self.walked

    def spent(self) -> bool:
        return self.walked.acts > self.most_acts or time.thread_time() > self.until

    def case(self) -> None:
        self.now = BEGINNING
        message = self.rng.choice(self.openings)
        outcome = self.tried([execution.Start(self.found.some(self.rng), message) for _ in range(TRIES)], None)
        for _ in range(ACTS_OF_A_CASE):
            if outcome is None or outcome.ended or self.spent():
                return
            acts = [self.act(choice) for choice in self.choices(outcome)]
            if outcome.stuck or not acts:
                self.walked.stuck.update(outcome.stuck)
                return
            outcome = self.tried(acts, outcome)

    def choices(self, outcome: Outcome) -> list[Choice]:
        """Return some of the possible next acts, those not done before first."""
        timers = [timer for timer in outcome.timers if timer.due]
        every: list[Choice] = [*outcome.tasks, *outcome.waits, *timers]
        self.rng.shuffle(every)
        return sorted(every, key=lambda choice: self.walked.passed[choice.element])[:TRIES]

    def act(self, choice: Choice) -> execution.Act:
        match choice:
            case OpenTask():
                return execution.Complete(choice.key, self.answers(choice))
            case WaitingTimer():
                self.now = max(self.now, choice.due or self.now)
                return execution.Fire(choice.key)
            case _:
                return execution.Deliver(choice.key, self.found.some(self.rng))

    def answers(self, task: OpenTask) -> dict[str, object]:
        where, _ = self.nodes.get(task.element, (self.path, None))
        form = self.folder.form(where, task.form or "")
        if form is None:
            return self.found.some(self.rng)
        return {question.key: answer(question, self.found, self.now, self.rng) for question in form}

    def tried(self, acts: list[execution.Act], outcome: Outcome | None) -> Outcome | None:
        """Return the outcome of the first act that succeeds; failures are kept."""
        for act in acts:
            self.walked.acts += 1
            try:
                done = execution.step(self.program, outcome.state if outcome else None, act, self.world(), bound=STEPS)
            except StepFailed as failed:
                self.walked.failed[failed.element] += 1
                self.walked.why.setdefault(failed.element, failed)
            except (NotWaiting, BihuanError, FeelError):
                continue
            else:
                self.note(done.happened)
                return done
        return None

    def note(self, happened: tuple[Happened, ...]) -> None:
        for each in happened:
            self.walked.seen.add(each.element)
            if each.what in ("completed", "fired", "taken"):
                self.walked.passed[each.element] += 1

    def world(self) -> execution.World:
        functions = dict.fromkeys(self.functions, self.later)
        return execution.World(now=self.now, decide=self.decide, perform=self.perform, functions=functions)

    def later(self, *_: object) -> datetime:
        """Return a moment: what each of our functions answers in a trial."""
        return self.now + timedelta(hours=1)

    def decide(self, decision: str, variables: Mapping[str, object]) -> object:
        """Return the table's result, or where it has none for made-up values, what one of its rows would give."""
        model = self.decisions.get(decision)
        if model is None:
            return self.found.some(self.rng)
        try:
            value = model.decide(decision, variables).value
        except FeelError:
            value = None
        return self.row(decision) if value is None else value

    def row(self, decision: str) -> object:
        found = self.decisions[decision].decisions[decision]
        if not found.rules:
            return None
        cells = self.rng.choice(found.rules).outputs
        values = {output.name: literal(text) for output, text in zip(found.outputs, cells, strict=False)}
        return next(iter(values.values()), None) if len(found.outputs) == 1 else values

    def perform(self, work: Work) -> Mapping[str, object]:
        topic = (self.available.topics or {}).get(work.topic)
        if topic is None:
            return self.found.some(self.rng)
        return given(topic.gives, self.found, self.now, self.rng)


def called_anywhere(folder: Folder) -> frozenset[str]:
    """Return the functions that the diagrams call, for when the existing ones are unknown."""
    return frozenset(
        name
        for diagram in folder.diagrams.values()
        for process in diagram.processes
        for text in written(diagram, process.id)
        for name in text.calls - FUNCTION_NAMES
    )


def troubles(folder: Folder, available: Available, path: str, program: Program, until: float) -> list[Finding]:
    """Return what went wrong in every case that reached an element.

    An error where only the diagram itself can be the reason; a warning where the made-up values may be.
    """
    walked = Trial(folder, available, path, program, until).play()
    variables = Variables(folder, available)
    nodes = {node.id: node.process for diagram in folder.diagrams.values() for node in diagram.nodes}
    nodes |= {flow.id: flow.process for diagram in folder.diagrams.values() for flow in diagram.flows}
    found = []
    for element, why in walked.why.items():
        if not walked.passed[element]:
            sure = certain(folder, variables, element, nodes.get(element, program.process))
            found.append(failure(why, "error" if sure else "warning"))
    return found + [waits_for_ever(program, element) for element in walked.stuck]


def certain(folder: Folder, variables: Variables, element: str, process: str) -> bool:
    if process not in variables.where:
        return False
    _, diagram = variables.where[process]
    names = {name for text in written(diagram, process) if text.at.id == element for name in text.names}
    return not names or variables.certain(process)


def failure(why: StepFailed, level: str) -> Finding:
    said = {language: why.text(language).partition("): ")[2] or why.text(language) for language in ("zh", "en")}
    endless = isinstance(why, TooManySteps)
    zh = "在试运行中，这里循环不止。" if endless else f"在试运行中，每次到这里都停住：{said['zh']}"
    en = "trial runs looped here without end." if endless else f"trial runs always stopped here: {said['en']}"
    return Finding("error" if level == "error" else "warning", why.element, why.name, zh, en)


def waits_for_ever(program: Program, element: str) -> Finding:
    known = program.elements.get(element)
    return Finding(
        "warning",
        element,
        known.name if known else "",
        "在试运行中，有的分支在这里等另一条永远不会来的分支。",
        "in a trial run a branch waited here for another one that could no longer come.",
    )
