"""Play trial cases through a diagram with chosen answers until its branches are walked or a bound is met."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from engine.bpmn import execution
from engine.bpmn.checking.budget import Budget
from engine.bpmn.checking.folder import Folder
from engine.bpmn.checking.guessing import Guesses, answer, given, guesses, literal
from engine.bpmn.checking.names import Variables
from engine.bpmn.checking.texts import of_node, written
from engine.bpmn.checking.verdict import Available
from engine.bpmn.diagrams import Diagram, Node, reachable
from engine.bpmn.execution import Happened, OpenTask, Outcome, Program, WaitingMessage, WaitingTimer, Work
from engine.core.errors import BihuanError, Finding, NotWaiting, StepFailed, TooManySteps
from engine.feel import FUNCTION_NAMES, FeelError, compile, syntax

BEGINNING = datetime(2026, 3, 2, 1, tzinfo=UTC)
ACTS, CASES, ACTS_OF_A_CASE, STEPS = 8000, 480, 60, 400
AGAIN = 2
"""How often a case may on average come by each node before it is given up as going round."""

WITHOUT_NEWS, LONGER = 8, 40
"""Cases without anything new after which to stop: when everything was met, and while something was not."""

TRIES = 3
MOST_SECONDS = 1.8
"""CPU seconds for the cases of one process."""

CHANGES = 0.15
"""How often something is changed from outside rather than done, where the domain does that."""

ENOUGH = 3
"""How often an expression must have come to nothing, and never to anything, to be told."""

Choice = OpenTask | WaitingTimer | WaitingMessage | execution.Change


@dataclass
class Walked:
    """What the cases of one process met."""

    seen: set[str] = field(default_factory=set)
    failed: Counter[str] = field(default_factory=Counter)
    why: dict[str, StepFailed] = field(default_factory=dict)
    stuck: Counter[str] = field(default_factory=Counter)
    nothing: Counter[tuple[str, str]] = field(default_factory=Counter)
    something: set[tuple[str, str]] = field(default_factory=set)
    cases: int = 0
    ended: int = 0
    passed: Counter[str] = field(default_factory=Counter)
    acts: int = 0


class Trial:
    """Plays one process. Nothing real is called: services, tables and functions answer with likely values."""

    def __init__(self, folder: Folder, available: Available, path: str, program: Program, budget: Budget) -> None:
        self.folder, self.available, self.path, self.program = folder, available, path, program
        self.budget = budget
        self.found: Guesses = guesses(folder)
        self.rng = random.Random(7)  # noqa: S311 (the same values in every check)
        self.decisions = folder.decisions(path)
        self.nodes = {node.id: (where, node) for where, d in folder.diagrams.items() for node in d.nodes}
        self.functions = available.functions if available.functions is not None else called_anywhere(folder)
        self.openings: list[str | None] = [None, *self.message_starts()]
        self.changed = self.heeded()
        self.walked = Walked()
        self.now = BEGINNING

    def message_starts(self) -> list[str]:
        """Return the names of the messages, and the ids of the timers, that can begin the process."""
        here = [node for _, node in self.nodes.values() if node.body == self.program.process]
        begin = [node for node in here if node.kind == "startEvent"]
        return sorted({node.id if node.event == "timer" else node.ref for node in begin} - {""})

    def heeded(self) -> list[str]:
        """Return what the domain changes from outside while a conditional event waits for it."""
        events = (node for _, node in self.nodes.values() if node.event == "conditional")
        read = {name for node in events for text in of_node(node) for name in text.names}
        changed = self.available.changed.get(self.program.process, frozenset())
        return sorted(read & changed & self.found.values.keys())

    def play(self, wanted: frozenset[str] = frozenset()) -> Walked:
        """Play cases until nothing new has come up for a while; longer while a wanted node was not reached."""
        quiet, longest = 0, max(ACTS_OF_A_CASE, AGAIN * len(wanted))
        for _ in range(CASES):
            before = len(self.walked.seen)
            self.case(longest)
            quiet = quiet + 1 if len(self.walked.seen) == before else 0
            hopeless = quiet >= TRIES and not self.walked.seen
            if hopeless or self.spent() or quiet > (WITHOUT_NEWS if wanted <= self.walked.seen else LONGER):
                break
        return self.walked

    def spent(self) -> bool:
        return self.walked.acts > ACTS or self.budget.spent

    def case(self, longest: int) -> None:
        self.now = BEGINNING
        self.walked.cases += 1
        message = self.rng.choice(self.openings)
        outcome = self.tried([execution.Start(self.begun(message), message) for _ in range(TRIES)], None)
        for _ in range(longest):
            if outcome is not None and outcome.ended:
                self.walked.ended += 1
            if outcome is None or outcome.ended or self.spent():
                return
            acts = [self.act(choice) for choice in self.choices(outcome)]
            if outcome.stuck or not acts:
                self.walked.stuck.update(outcome.stuck)
                return
            outcome = self.tried(acts, outcome)

    def begun(self, message: str | None) -> dict[str, object]:
        """Return the first variables of a case: made up, and where people fill in a start form, as it asks."""
        variables = self.found.some(self.rng)
        start = next((node for _, node in self.nodes.values() if self.is_asked(node)), None)
        form = self.folder.form(self.path, start.form) if start is not None and message is None else None
        return {**variables, **{each.key: answer(each, self.found, self.now, self.rng) for each in form or ()}}

    def is_asked(self, node: Node) -> bool:
        return node.kind == "startEvent" and node.event is None and node.body == self.program.process

    def choices(self, outcome: Outcome) -> list[Choice]:
        """Return some of the possible next acts, those not done before first."""
        timers = [timer for timer in outcome.timers if timer.due]
        every: list[Choice] = [*outcome.tasks, *outcome.waits, *timers]
        if every and self.changed and self.rng.random() < CHANGES:
            name = self.rng.choice(self.changed)
            return [execution.Change({name: self.found.choose(name, self.rng)})]
        self.rng.shuffle(every)
        return sorted(every, key=self.often)[:TRIES]

    def often(self, choice: Choice) -> int:
        return 0 if isinstance(choice, execution.Change) else self.walked.passed[choice.element]

    def act(self, choice: Choice) -> execution.Act:
        match choice:
            case OpenTask():
                return execution.Complete(choice.key, self.answers(choice))
            case execution.Change():
                return choice
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
        return execution.World(
            now=self.now, decide=self.decide, perform=self.perform, functions=functions, heard=self.hear
        )

    def hear(self, element: str, text: str, value: object) -> None:
        """Keep which expressions came to nothing, and which to something."""
        if value is None:
            self.walked.nothing[element, text] += 1
        else:
            self.walked.something.add((element, text))

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


def troubles(folder: Folder, available: Available, path: str, program: Program, budget: Budget) -> list[Finding]:
    """Return what went wrong in every case that reached an element, and what the cases did not come by.

    An error where only the diagram itself can be the reason; a warning where the made-up values may be.
    """
    diagram = folder.diagrams[path]
    wanted = reachable(diagram, program.process)
    trial = Trial(folder, available, path, program, Budget(MOST_SECONDS, budget))
    walked = trial.play(wanted)
    variables = Variables(folder, available)
    nodes = {node.id: node.process for each in folder.diagrams.values() for node in each.nodes}
    nodes |= {flow.id: flow.process for each in folder.diagrams.values() for flow in each.flows}

    guessed = trial.found.values.keys()

    def sure(element: str) -> bool:
        process = nodes.get(element, program.process)
        return certain(folder, variables, element, process) and not unguessed(variables, element, process, guessed)

    found = [failure(why, sure(id)) for id, why in walked.why.items() if not walked.passed[id]]
    found += [waits_for_ever(program, id, variables.certain(program.process)) for id in walked.stuck]
    found += [null(program, id, text) for id, text in nothings(walked, variables, nodes) if sure(id)]
    if walked.seen and not walked.ended and not found:
        known = variables.certainly_ours(program.process) and variables.certain(program.process)
        found.append(never_ends(program.process, walked.cases, known and not trial.spent()))
    return [*found, *unmet(diagram, wanted, walked, program.process)]


def certain(folder: Folder, variables: Variables, element: str, process: str) -> bool:
    if process not in variables.where:
        return False
    _, diagram = variables.where[process]
    names = {name for text in written(diagram, process) if text.at.id == element for name in text.names}
    return not names or variables.certain(process)


def unguessed(variables: Variables, element: str, process: str, guessed: AbstractSet[str]) -> AbstractSet[str]:
    """Return the variables at an element that come from outside and for which no likely value was known."""
    _, diagram = variables.where[process]
    names = {name for text in written(diagram, process) if text.at.id == element for name in text.names}
    available = variables.available
    outside = {*available.variables.get(process, ()), *available.changed.get(process, ())}
    return (names & outside) - guessed


def failure(why: StepFailed, sure: bool) -> Finding:
    said = {language: why.text(language).partition("): ")[2] or why.text(language) for language in ("zh", "en")}
    endless = isinstance(why, TooManySteps)
    zh = "在试运行中，这里循环不止。" if endless else f"在试运行中，每次到这里都停住：{said['zh']}"
    en = "trial runs looped here without end." if endless else f"trial runs always stopped here: {said['en']}"
    return Finding("error" if sure else "warning", why.element, why.name, zh, en)


def waits_for_ever(program: Program, element: str, sure: bool) -> Finding:
    zh = "在试运行中，有的分支在这里等另一条永远不会来的分支。"
    en = "in a trial run a branch waited here for another one that could no longer come."
    return Finding("error" if sure else "warning", element, named(program, element), zh, en)


def never_ends(process: str, cases: int, sure: bool) -> Finding:
    zh = f"试走了 {cases} 个案件，一个也没有走到结束。请检查通向结束的条件。"
    en = f"{cases} trial cases were played and none came to an end. Check the conditions on the way to the end."
    return Finding("error" if sure else "warning", process, "", zh, en)


def nothings(walked: Walked, variables: Variables, nodes: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the expressions that came to nothing each time, where it is known all that can be in them."""
    found = []
    for (element, text), count in walked.nothing.items():
        process = nodes.get(element, "")
        is_null = count >= ENOUGH and (element, text) not in walked.something and computes(text)
        if is_null and variables.certainly_ours(process) and variables.certain(process):
            found.append((element, text))
    return found


def computes(text: str) -> bool:
    """Return whether an expression works something out: what only passes a value on may pass on that there is none."""
    node = compile(text.removeprefix("=").strip()).node
    passes = isinstance(node, syntax.Literal | syntax.Name | syntax.Path | syntax.Filter)
    return not passes and not any(isinstance(each, syntax.Literal) and each.value is None for each in node.walk())


def null(program: Program, element: str, text: str) -> Finding:
    zh = f"在试运行中，公式「{text}」每次都没有结果(null)。请检查里面的名称和取值。"
    en = f'the expression "{text}" came to nothing (null) in every trial run. Check its names and values.'
    return Finding("error", element, named(program, element), zh, en)


def unmet(diagram: Diagram, wanted: frozenset[str], walked: Walked, process: str) -> Iterator[Finding]:
    """Yield what the trial runs came by, and the nodes that none of them reached although the drawing allows it."""
    missed = sorted(wanted - walked.seen)
    total, met = len(wanted), len(wanted) - len(missed)
    zh = f"试走了 {walked.cases} 个案件，{total} 个节点里走到了 {met} 个。"
    en = f"{walked.cases} trial cases were played; they came by {met} of {total} nodes."
    yield Finding("note", process, "", zh, en)
    for id in missed:
        zh = "试运行没有走到这里，请自己试一试，或看看通向它的条件。"
        en = "no trial run reached this point. Try it yourself, or check the conditions before it."
        yield Finding("note", id, diagram.node[id].name, zh, en)


def named(program: Program, element: str) -> str:
    known = program.elements.get(element)
    return known.name if known else ""
