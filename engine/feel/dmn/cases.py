"""Test cases in the XML format of the DMN conformance kit, which a company can keep beside its tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from lxml import etree

from engine.feel import moments
from engine.feel.bounds import Run
from engine.feel.dmn.logic import attribute, child, children, local, text_of
from engine.feel.dmn.model import Model
from engine.feel.dmn.reading import parse, read
from engine.feel.errors import BadModel, FeelError
from engine.feel.expression import NO_FUNCTIONS, Functions
from engine.feel.operators import equal
from engine.feel.texts import string
from engine.feel.values import Range, kind

Element = etree._Element
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
TOLERANCE = Decimal("1e-8")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One expected result of one case, and the actual one. `failed` is the error that stopped it, if any."""

    file: str
    case: str
    node: str
    expected: object
    actual: object
    failed: str
    passed: bool


@dataclass(frozen=True, slots=True)
class TableCase:
    """One test case: it passes when all expected results match. `file` is the path of the test file."""

    file: Path
    id: str
    outcomes: tuple[Outcome, ...]

    @property
    def passed(self) -> bool:
        return all(outcome.passed for outcome in self.outcomes)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The models that test cases may name: by file name, and why others cannot be read."""

    models: Mapping[str, Model]
    broken: Mapping[str, FeelError]

    def model(self, name: str) -> Model:
        """Return a model. Raises BadModel when there is no such file, and any error of reading it."""
        if name in self.broken:
            raise self.broken[name]
        if name not in self.models:
            raise BadModel(f"测试旁边没有文件 {name}", f"there is no file {name} beside the test")
        return self.models[name]


def folders(path: Path) -> list[Path]:
    """Return this folder and those below it that contain XML files."""
    return sorted({each.parent for each in path.rglob("*.xml")})


def run(folder: Path, functions: Functions = NO_FUNCTIONS) -> Iterator[Outcome]:
    """Yield all results of all test files in this folder."""
    for case in run_cases(folder, functions):
        yield from case.outcomes


def run_cases(folder: Path, functions: Functions = NO_FUNCTIONS) -> Iterator[TableCase]:
    """Run all test cases in this folder; their models are beside them, or one folder up."""
    shelf = shelved(folder)
    for path in sorted(folder.glob("*.xml")):
        try:
            root = parse(path.read_bytes())
        except FeelError as bad:
            yield TableCase(path, "", (Outcome(path.name, "", "", None, None, str(bad), False),))
            continue
        if local(root) != "testCases":
            continue
        name = text_of(child(root, "modelName"))
        for case in children(root, "testCase"):
            yield TableCase(path, attribute(case, "id"), tuple(run_case(path.name, case, name, shelf, functions)))


def shelved(folder: Path) -> Shelf:
    """Return the decision files of this folder and of the one above; this one's take precedence."""
    roots: dict[str, Element] = {}
    broken: dict[str, FeelError] = {}
    for path in (*sorted(folder.parent.glob("*.dmn")), *sorted(folder.glob("*.dmn"))):
        roots.pop(path.name, None)
        broken.pop(path.name, None)
        try:
            roots[path.name] = parse(path.read_bytes())
        except FeelError as bad:
            broken[path.name] = bad
    return Shelf(read_all(roots, broken), broken)


def read_all(roots: Mapping[str, Element], broken: dict[str, FeelError]) -> dict[str, Model]:
    """Read the models of these files, imported ones first; unreadable ones go to `broken`."""
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
            root = waiting.pop(name)
            here.discard(attribute(root, "namespace"))
            try:
                models[name] = read(root, by_namespace)
            except FeelError as bad:
                broken[name] = bad
                continue
            by_namespace[models[name].namespace] = models[name]
    return models


def run_case(file: str, case: Element, model: str, shelf: Shelf, functions: Functions) -> Iterator[Outcome]:
    """Yield the results that the case expects, one by one. A case without any proves nothing, and fails."""
    nodes = list(children(case, "resultNode"))
    if not nodes:
        yield Outcome(file, attribute(case, "id"), "", None, None, "no resultNode", False)
    for node in nodes:
        yield run_node(file, case, node, model, shelf, functions)


def run_node(file: str, case: Element, node: Element, model: str, shelf: Shelf, functions: Functions) -> Outcome:
    name = attribute(node, "name")
    expected, actual, failed, passed = None, None, "", False
    try:
        expected = value_of(expectation) if (expectation := child(node, "expected")) is not None else None
        context = {attribute(each, "name"): value_of(each) for each in children(case, "inputNode")}
        found = shelf.model(model)
        try:
            actual = answer(case, name, found, context, functions)
        except FeelError as error:
            failed = str(error)
        passed = alike(expected, actual)
    except FeelError as error:
        failed = str(error)
    return Outcome(file, attribute(case, "id"), name, expected, actual, failed, passed)


def answer(case: Element, name: str, model: Model, context: dict[str, object], functions: Functions) -> object:
    what, invocable = attribute(case, "type"), attribute(case, "invocableName")
    if what == "decisionService":
        value = model.serve(invocable, context, functions)
        return value[name] if isinstance(value, dict) and len(model.service(invocable).outputs) > 1 else value
    if what == "bkm":
        return model.invoke(invocable, context, functions)
    return model.decide(name, context, functions).value


def alike(expected: object, actual: object) -> bool:
    """Return whether two values are the same, numbers to within a hundred-millionth."""
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
    """Return the value in an inputNode, expected, item or component."""
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
        return _number(text.strip())
    if type == "boolean":
        return text.strip() == "true"
    reader = READERS.get(type)
    return text if reader is None else reader(text.strip())


def _number(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise BadModel(f"{text} 不是数字", f"{text} is no number") from None


READERS = {
    "date": moments.read_date,
    "time": moments.read_time,
    "dateTime": moments.read_moment,
    "duration": moments.read_duration,
    "dayTimeDuration": moments.read_duration,
    "yearMonthDuration": moments.read_duration,
}


def shown(value: object) -> str:
    """Return a value as a failing case prints it."""
    if isinstance(value, Range):
        return repr(value)
    return string(Run({}), value, quoted=True)
