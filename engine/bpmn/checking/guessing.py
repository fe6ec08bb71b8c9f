"""Values to try a process with: choices of forms, and values used in conditions and tables."""

import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from engine.bpmn.checking.folder import Field, Folder
from engine.bpmn.checking.texts import Written, written
from engine.bpmn.diagrams import Flow, Node
from engine.feel import FeelError, compile

NAME = r"[^\W\d]\w*"
LITERAL = r'"[^"]*"|-?\d+(?:\.\d+)?|true|false'
COMPARED = re.compile(rf"({NAME})\s*(?:!=|<=|>=|=|<|>)\s*({LITERAL})")
TRUTHS = re.compile(rf"(?:^|\band\b|\bor\b|\bif\b|\bnot\()\s*({NAME})\s*(?:\)|$|\band\b|\bor\b|\bthen\b)")
AMONG = re.compile(rf"({NAME})\s+in\s*[(\[]([^)\]]*)[)\]]")
CELL = re.compile(LITERAL)


@dataclass
class Guesses:
    """Values worth trying, by variable."""

    values: dict[str, list[object]] = field(default_factory=dict)

    def add(self, name: str, values: Iterable[object]) -> None:
        for value in values:
            if value is not None and not any(same(value, other) for other in self.values.get(name, ())):
                self.values.setdefault(name, []).append(value)

    def add_truths(self, names: Iterable[str]) -> None:
        for name in names:
            self.add(name, (True, False))

    def choose(self, name: str, rng: random.Random) -> object:
        found = self.values.get(name)
        return rng.choice(found) if found else rng.choice((True, "x", Decimal(1)))

    def some(self, rng: random.Random) -> dict[str, object]:
        """Return a value for every variable that anything reads."""
        return {name: rng.choice(found) for name, found in self.values.items() if found}


def same(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other


def guesses(folder: Folder) -> Guesses:
    """Collect guesses from all texts and tables of the folder."""
    found = Guesses()
    for diagram in folder.diagrams.values():
        for process in diagram.processes:
            for text in written(diagram, process.id):
                from_text(found, text)
        for node in diagram.nodes:
            from_uses(found, node)
            if node.multi and re.fullmatch(NAME, node.multi.collection):
                found.add(node.multi.collection, ([], ["a"], ["a", "b"]))
    for model in folder.tables.values():
        for decision in model.decisions.values():
            for at, column in enumerate(decision.inputs):
                if re.fullmatch(NAME, column.text):
                    cells = [rule.inputs[at] for rule in decision.rules if at < len(rule.inputs)]
                    found.add(column.text, from_cells(cells))
    return found


def from_uses(found: Guesses, node: Node) -> None:
    """Guess a duration or a department for names that appear alone as a time or a group."""
    for text, likely in ((node.timer, timedelta(hours=1)), (node.due, timedelta(hours=1)), (node.groups, "desk")):
        if text.startswith("=") and re.fullmatch(NAME, text[1:].strip()):
            found.add(text[1:].strip(), (likely,))


def from_text(found: Guesses, written_text: Written) -> None:
    text, at = written_text.text, written_text.at
    for name, written_value in COMPARED.findall(text):
        found.add(name, around(literal(written_value)))
    if isinstance(at, Flow) or at.condition:
        found.add_truths(name for name in TRUTHS.findall(text) if name not in ("true", "false", "null"))
    for name, among in AMONG.findall(text):
        found.add(name, [value for each in CELL.findall(among) for value in around(literal(each))])


def from_cells(cells: Iterable[str]) -> list[object]:
    return [value for text in cells for each in CELL.findall(text) for value in around(literal(each))]


def literal(text: str) -> object:
    try:
        return compile(text).evaluate({})
    except FeelError:
        return None


def around(value: object) -> tuple[object, ...]:
    """Return a value and its neighbours, so that a condition on it comes out both ways."""
    if isinstance(value, bool):
        return True, False
    if isinstance(value, Decimal):
        return value, value + 1, value - 1
    return (value, "其他") if isinstance(value, str) else (value,)


def answer(question: Field, found: Guesses, now: datetime, rng: random.Random) -> object:
    """Return a possible answer to a question of a form."""
    match question.kind:
        case "checkbox":
            return rng.random() < 0.5
        case "checklist":
            return [value for value in question.values if rng.random() < 0.5]
        case "date":
            return (now + timedelta(days=1)).date()
        case "datetime":
            return now + timedelta(days=1)
        case "number":
            numbers = [value for value in found.values.get(question.key, []) if isinstance(value, Decimal)]
            return rng.choice(numbers or [Decimal(0), Decimal(1), Decimal(100000)])
        case _:
            return rng.choice(question.values or ("x",))


def given(types: Mapping[str, str], found: Guesses, now: datetime, rng: random.Random) -> dict[str, object]:
    """Return a possible result of a topic, by the types it declares."""
    samples: dict[str, object] = {
        "number": Decimal(1), "date-time": now + timedelta(hours=1), "date": now.date(), "truth": True,
        "duration": timedelta(hours=1), "list": ["a"],
    }  # fmt: skip
    return {
        name: found.choose(name, rng) if name in found.values or kind not in samples else samples[kind]
        for name, kind in types.items()
    }
