"""Test cases in the XML format of the DMN conformance kit: a company keeps such files beside its own tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from lxml import etree

from engine.feel import moments
from engine.feel.bounds import Run
from engine.feel.dmn.logic import attribute, child, children, local
from engine.feel.dmn.model import Model
from engine.feel.dmn.reading import parse, read
from engine.feel.errors import FeelError
from engine.feel.expression import NO_FUNCTIONS, Functions
from engine.feel.operators import equal
from engine.feel.texts import string
from engine.feel.values import Range, kind

Element = etree._Element
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
TOLERANCE = Decimal("1e-8")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One expected result of one case, and what came out. `failed` says the error that stopped it, if any."""

    file: str
    case: str
    node: str
    expected: object
    actual: object
    failed: str
    passed: bool


def run(folder: Path, functions: Functions = NO_FUNCTIONS) -> Iterator[Outcome]:
    """All results of all test files in this folder, with the models that lie beside them."""
    roots = {path.name: parse(path.read_bytes()) for path in sorted(folder.glob("*.dmn"))}
    models = read_all(roots)
    for path in sorted(folder.glob("*.xml")):
        root = parse(path.read_bytes())
        if local(root) != "testCases":
            continue
        name = (child(root, "modelName").text or "").strip()  # type: ignore[union-attr]
        for case in children(root, "testCase"):
            yield from run_case(path.name, case, models[name], functions)


def read_all(roots: Mapping[str, Element]) -> dict[str, Model]:
    """The models of these files, those first that others import."""
    models: dict[str, Model] = {}
    by_namespace: dict[str, Model] = {}
    waiting = dict(roots)
    here = {attribute(root, "namespace") for root in roots.values()}
    while waiting:
        ready = [
            name
            for name, root in waiting.items()
            if all(
                attribute(each, "namespace") in by_namespace or attribute(each, "namespace") not in here
                for each in children(root, "import")
            )
        ] or list(waiting)
        for name in ready:
            models[name] = read(waiting.pop(name), by_namespace)
            by_namespace[models[name].namespace] = models[name]
    return models


def run_case(file: str, case: Element, model: Model, functions: Functions) -> Iterator[Outcome]:
    context = {attribute(each, "name"): value_of(each) for each in children(case, "inputNode")}
    for node in children(case, "resultNode"):
        name = attribute(node, "name")
        expected = value_of(expectation) if (expectation := child(node, "expected")) is not None else None
        actual, failed = None, ""
        try:
            actual = answer(case, name, model, context, functions)
        except FeelError as error:
            failed = str(error)
        passed = alike(expected, actual)
        yield Outcome(file, attribute(case, "id"), name, expected, actual, failed, passed)


def answer(case: Element, name: str, model: Model, context: dict[str, object], functions: Functions) -> object:
    what, invocable = attribute(case, "type"), attribute(case, "invocableName")
    if what == "decisionService":
        value = model.serve(invocable, context, functions)
        return value[name] if isinstance(value, dict) and len(model.service(invocable).outputs) > 1 else value
    if what == "bkm":
        return model.invoke(invocable, context, functions)
    return model.decide(name, context, functions).value


def alike(expected: object, actual: object) -> bool:
    """Whether they are the same, numbers to within a hundred-millionth."""
    if kind(expected) != kind(actual):
        return False
    if isinstance(expected, Decimal) and isinstance(actual, Decimal):
        return abs(expected - actual) <= TOLERANCE * max(Decimal(1), abs(expected))
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(alike, expected, actual))
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(alike(expected[key], actual[key]) for key in expected)
    return equal(expected, actual, Run({})) is True


# -- values --------------------------------------------------------------------------------------------------------


def value_of(element: Element) -> object:
    """The value that an inputNode, expected, item or component holds."""
    if (value := child(element, "value")) is not None:
        return simple(value)
    if (items := child(element, "list")) is not None:
        return None if items.get(f"{XSI}nil") == "true" else [value_of(item) for item in children(items, "item")]
    parts = {attribute(part, "name"): value_of(part) for part in children(element, "component")}
    return parts or None


def simple(element: Element) -> object:
    if element.get(f"{XSI}nil") == "true":
        return None
    type, text = (element.get(f"{XSI}type") or "").rpartition(":")[2], element.text or ""
    if type in ("decimal", "double", "integer", "int", "long", "float"):
        return Decimal(text.strip())
    if type == "boolean":
        return text.strip() == "true"
    reader = READERS.get(type)
    return text if reader is None else reader(text.strip())


READERS = {
    "date": moments.read_date,
    "time": moments.read_time,
    "dateTime": moments.read_moment,
    "duration": moments.read_duration,
    "dayTimeDuration": moments.read_duration,
    "yearMonthDuration": moments.read_duration,
}


def shown(value: object) -> str:
    """A value as a failing case prints it."""
    if isinstance(value, Range):
        return repr(value)
    return string(Run({}), value, quoted=True)
