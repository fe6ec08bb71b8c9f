"""Do two versions of a process behave the same? Both are played with the same answers, and what they do is compared."""

import json
import random
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from itertools import islice
from typing import Any

from engine.bpmn import execution
from engine.bpmn.checking.folder import Field, Folder
from engine.bpmn.execution import Outcome, Work
from engine.core.errors import BihuanError
from engine.feel import FeelError
from engine.processes import publishing, topics
from tests.verdicts.breaking import WORD

BEGIN = datetime(2026, 3, 2, 1, tzinfo=UTC)
CASES, ACTS, ENOUGH = 1000, 200, 8
MOSTLY, JOINED = 0.85, 0.02
"""How often somebody does a task, rather than a timer or a message coming first: cases get far that way."""

CODES = {
    "urgency": ("critical", "urgent", "normal", "complex"),
    "kind": ("enquiry", "repair", "complaint"),
    "channel": ("web", "phone", "hotline"),
    "about": ("", "staff", "head", "project_manager", "region", "headquarters"),
    "category": ("1001", "7002", "8002", "4001", "5001"),
    "department": ("engineering", "security", "desk"),
    "region": ("hangzhou", "shanghai"),
}
TRUTHS = ("danger", "unconfirmed", "press", "taken_by_desk", "anonymous")
MESSAGES = {
    "resident_answer": {"outcome": ("solved", "unsolved"), "score": (1, 3, 5)},
    "plan_answer": {"accepted": (True, False)},
}


@dataclass
class Played:
    """What one case did, line by line, and what it came by: elements, tables, questions."""

    lines: list[tuple[object, ...]] = field(default_factory=list)
    met: set[str] = field(default_factory=set)


@cache
def as_shipped(process: str, number: int) -> Played:
    """Return what a case of the shipped version does."""
    whole = {path: text for files in publishing.shipped().values() for path, text in files.items()}
    return play(process, whole, number)


def same(process: str, other: Mapping[str, bytes], element: str) -> bool:
    """Return whether a version behaves as the shipped one in the cases that come by the element; some have to."""
    coming_by = (number for number in range(CASES) if element in as_shipped(process, number).met)
    numbers = list(islice(coming_by, ENOUGH))
    return bool(numbers) and all(
        play(process, other, each).lines == as_shipped(process, each).lines for each in numbers
    )


def play(process: str, files: Mapping[str, bytes], number: int) -> Played:
    """Play the same case in every version: what is answered depends only on the case and the question."""
    played = Played()
    try:
        folder, program = read(process, *sorted(files.items()))
    except BihuanError as bad:
        return Played([("refused", bad.text("en"))])
    _Case(folder, program, process, number, played).run()
    return played


@lru_cache(maxsize=2)
def read(process: str, *files: tuple[str, bytes]) -> tuple[Folder, execution.Program]:
    """Read the files of a version."""
    whole = dict(files)
    program = execution.parse({path: text for path, text in whole.items() if path.endswith(".bpmn")}, process)
    return Folder.of(whole), program


@dataclass
class _Case:
    folder: Folder
    program: execution.Program
    process: str
    number: int
    played: Played
    now: datetime = BEGIN
    done: list[tuple[object, ...]] = field(default_factory=list)
    """What topics did in this step; branches that run at once do it in any order."""

    def pick(self, *about: object) -> random.Random:
        return random.Random(zlib.crc32(repr((self.number, *about)).encode()))

    def run(self) -> None:
        outcome = self.step(None, execution.Start(self.beginning()))
        for turn in range(ACTS):
            if outcome is None or outcome.ended:
                return
            act = self.next(outcome, turn)
            outcome = None if act is None else self.step(outcome, act)

    def beginning(self) -> dict[str, object]:
        given: dict[str, object] = {}
        names = set(topics.ALLOWED.beginnings.get(self.process, ())) or {"kind", "rung", "about", "lead"}
        for name in sorted(names):
            rng = self.pick("begin", name)
            given[name] = rng.choice(CODES.get(name, (True, False) if name in TRUTHS else (Decimal(1), Decimal(3))))
        given["registered_by"], given["reply_limit"] = "agent", None
        if self.process in ("escalation", "reply"):
            given |= {"kind": "reply" if self.process == "reply" else "resolve", "lead": "engineering"}
        return given | self.applied()

    def applied(self) -> dict[str, object]:
        """Return the answers to the form with which people start the process, if there is one."""
        drawn = [each for each in self.folder.diagrams.values() if self.process in {one.id for one in each.processes}]
        starts = [node for each in drawn for node in each.inside(self.process) if node.kind == "startEvent"]
        form = next((each.form for each in starts if each.form), "")
        self.played.met |= self.folder.keys.get((self.process, form), frozenset())
        self.played.lines.append((self.number, self.shown(f"{self.process}/{form}", "", {})))
        asked = self.folder.forms.get((self.process, form), ())
        return {each.key: self.answer(each, at, -1) for at, each in enumerate(asked)}

    def next(self, outcome: Outcome, turn: int) -> execution.Act | None:
        timers = [each for each in outcome.timers if each.due]
        every = sorted([*outcome.tasks, *outcome.waits, *timers], key=lambda each: (each.element, each.key))
        if not every:
            self.played.lines.append((self.number, "hangs"))
            return None
        rng = self.pick("next", turn)
        if self.process == "complaint" and rng.random() < JOINED:
            return execution.Change({"joined": rng.choice(("group", "repeat")), "joined_to": "TS-1"})
        tasks = [each for each in every if isinstance(each, execution.OpenTask)]
        choice = rng.choice(tasks if tasks and rng.random() < MOSTLY else every)
        if isinstance(choice, execution.OpenTask):
            return execution.Complete(choice.key, self.answers(choice, turn))
        if isinstance(choice, execution.WaitingTimer):
            self.now = max(self.now, choice.due or self.now)
            return execution.Fire(choice.key)
        fields = {name: self.pick(turn, name).choice(each) for name, each in MESSAGES.get(choice.name, {}).items()}
        return execution.Deliver(choice.key, fields)

    def answers(self, task: execution.OpenTask, turn: int) -> dict[str, object]:
        form = self.folder.forms.get((task.process, task.form or ""), ())
        self.played.met |= self.folder.keys.get((task.process, task.form or ""), frozenset())
        return {each.key: self.answer(each, at, turn) for at, each in enumerate(form)}

    def answer(self, question: Field, at: int, turn: int) -> object:
        rng = self.pick("answer", at, turn)
        if question.kind == "checkbox":
            return rng.random() < 0.5
        if question.kind == "checklist":
            return [each for each in question.values if rng.random() < 0.5]
        if question.kind in ("date", "datetime"):
            found = self.now + timedelta(days=rng.randint(1, 5))
            return found if question.kind == "datetime" else found.date()
        if question.kind == "number":
            return Decimal(rng.choice((0, 100, 800, 3000, 30000)))
        return rng.choice(question.values) if question.values else rng.choice(("engineering", "security"))

    def step(self, outcome: Outcome | None, act: execution.Act) -> Outcome | None:
        world = execution.World(
            now=self.now, decide=self.decide, perform=self.perform,
            functions={name: self.calling(name) for name in topics.ALLOWED.functions},
        )  # fmt: skip
        try:
            done = execution.step(self.program, outcome.state if outcome else None, act, world, bound=400)
        except BihuanError as bad:
            self.played.lines.append((self.number, "stops", getattr(bad, "element", ""), type(bad).__name__))
            return None
        self.note(done)
        return done

    def note(self, done: Outcome) -> None:
        self.played.lines += sorted(self.done, key=repr)
        self.done.clear()
        for each in done.happened:
            self.played.met.add(each.element)
        said = self.program.elements
        waits = [(each.element, each.due) for each in done.timers]
        tasks = [
            (
                each.element,
                each.groups,
                each.assignee,
                each.due,
                each.priority,
                repr(sorted(said[each.element].properties.items())),
                self.seen(each, done.variables),
            )
            for each in done.tasks
        ]
        awaited = [(each.element, self.sent(each), each.correlation) for each in done.waits]
        ended = (done.ended.element, done.ended.kind) if done.ended else None
        self.played.lines.append(
            (
                self.number,
                repr(sorted(tasks, key=repr)),
                repr(sorted(waits, key=repr)),
                repr(sorted(awaited, key=repr)),
                ended,
            )
        )

    def seen(self, task: execution.OpenTask, variables: Mapping[str, object]) -> str:
        """Return what people see of a task's form, and what its conditions and first values read of the case. Its keys
        are not among it: what the product reads by them is declared (`topics.reads_answers`), and a form without them
        does not get here."""
        told = self.program.elements[task.element].properties.get("tells_resident", "")
        return self.shown(f"{task.process}/{task.form}", told, variables)

    def shown(self, form: str, told: str, variables: Mapping[str, object]) -> str:
        parts = json.loads(self.folder.files.get(f"forms/{form}.json", b"{}")).get("components", ())
        shown = [(each.get("key") == told, {**each, "key": None, "values": _labels(each)}) for each in parts]
        names = set(WORD.findall(repr(shown))) - {each.get("key") for each in parts}
        read = {name: variables[name] for name in names if name in variables}
        return repr((shown, sorted(read.items())))

    def sent(self, wait: execution.WaitingMessage) -> str:
        """Return who sends what is awaited. What only a resident sends, by a button, goes by the words on it."""
        button = self.program.elements[wait.element].properties.get("offers_resident")
        return button if button and wait.name not in topics.ALLOWED.messages else wait.name

    def calling(self, name: str) -> object:
        def called(*arguments: object) -> object:
            rng = self.pick(name, *arguments)
            if name == "somebody_else":
                return rng.random() < 0.5
            if name == "supervisor":
                return rng.choice(("project_manager", "company:headquarters"))
            return self.now + timedelta(hours=rng.randint(1, 40))

        return called

    def decide(self, decision: str, variables: Mapping[str, object]) -> object:
        for path, model in self.folder.tables.items():
            if decision in model.decisions:
                self.played.met |= {decision, *(each.id for each in model.decisions[decision].requires)}
                try:
                    return model.decide(decision, variables).value
                except FeelError as bad:
                    raise KeyError(f"{path}: {bad}") from bad
        raise KeyError(decision)

    def perform(self, work: Work) -> Mapping[str, object]:
        self.done.append((self.number, work.element, work.topic, repr(sorted(work.inputs.items()))))
        gives = topics.ALLOWED.topics[work.topic].gives
        level = self.pick("level", len(self.played.lines)).randint(1, 3)
        samples = {
            "number": Decimal(level),
            "date-time": self.now + timedelta(hours=1),
            "truth": self.pick("truth", len(self.played.lines)).random() < 0.5,
            "list": ["engineer", "guard"],
            "a group": "project_manager",
        }
        return {name: samples.get(kind, "x") for name, kind in gives.items()}


def _labels(question: Mapping[str, Any]) -> list[object]:
    """Return the choices of a question as people see them; their codes are answered, and steer."""
    return [{**each, "value": None} for each in question.get("values", ())]
