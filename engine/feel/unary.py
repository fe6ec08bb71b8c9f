"""Unary tests: a cell of a decision table, or the right side of `in`, applied to a value."""

from collections.abc import Callable

from engine.feel import operators, syntax
from engine.feel.frames import Code, Frame, Test
from engine.feel.syntax import Node
from engine.feel.values import Range

Build = Callable[[Node], Code]


def any_of(node: syntax.AnyOf, build: Build) -> Test:
    """Test whether one of the tests holds; negated, whether none does. Without tests it always holds."""
    if not node.tests:
        return lambda value, frame: True
    tests = tuple(test(each, build) for each in node.tests)
    chosen = tests[0] if len(tests) == 1 else _one_of(tests)
    if not node.negated:
        return chosen
    return lambda value, frame: operators.negation(chosen(value, frame))


def _one_of(tests: tuple[Test, ...]) -> Test:
    def ask(value: object, frame: Frame) -> bool | None:
        answer: bool | None = False
        for each in tests:
            one = each(value, frame)
            if one is True:
                return True
            if one is None:
                answer = None
        return answer

    return ask


def test(node: Node, build: Build) -> Test:
    """Compile one test."""
    if isinstance(node, syntax.CompareTest):
        return compare_test(node, build)
    assert isinstance(node, syntax.ValueTest)
    if node.asks:
        return asking(build(node.value))
    if isinstance(node.value, syntax.RangeOf):
        return range_test(node.value, build)
    if isinstance(node.value, syntax.Literal):
        return literal_test(node.value.value)
    return value_test(build(node.value))


def literal_test(wanted: object) -> Test:
    """Compile the most frequent cell: one value to equal."""
    alike, what = operators.ALIKE, type(wanted)

    def ask(value: object, frame: Frame) -> bool | None:
        if (type(value), what) in alike:
            return value == wanted
        return operators.matches(value, wanted, frame.run)

    return ask


def compare_test(node: syntax.CompareTest, build: Build) -> Test:
    """Compile `< 5` and the like."""
    operand, slow, quick, alike = (
        build(node.operand),
        operators.COMPARE[node.sign],
        operators.QUICK[node.sign],
        operators.ALIKE,
    )

    def ask(value: object, frame: Frame) -> bool | None:
        other = operand(frame)
        if (type(value), type(other)) in alike:
            return quick(value, other)
        return slow(value, other, frame.run)

    return ask


def range_test(node: syntax.RangeOf, build: Build) -> Test:
    """Compile `[1..5]`, with ends that may be expressions."""
    start = None if node.start is None else build(node.start)
    end = None if node.end is None else build(node.end)
    after = operators.COMPARE[">=" if node.start_included else ">"]
    before = operators.COMPARE["<=" if node.end_included else "<"]

    def ask(value: object, frame: Frame) -> bool | None:
        if isinstance(value, Range):
            span = Range(start and start(frame), end and end(frame), node.start_included, node.end_included)
            return operators.equal(value, span, frame.run)
        low = after(value, start(frame), frame.run) if start else True
        if low is False:
            return False
        high = before(value, end(frame), frame.run) if end else True
        return high if low is True or high is False else None

    low, high = node.start, node.end
    if isinstance(low, syntax.Literal) and isinstance(high, syntax.Literal) and type(low.value) is type(high.value):
        return _quick_range(node, low.value, high.value, ask)
    return ask


def _quick_range(node: syntax.RangeOf, low: object, high: object, otherwise: Test) -> Test:
    """Compile a range between two literals."""
    above = operators.QUICK[">=" if node.start_included else ">"]
    below = operators.QUICK["<=" if node.end_included else "<"]
    what, alike = type(low), operators.ALIKE

    def ask(value: object, frame: Frame) -> bool | None:
        if (type(value), what) in alike:
            return above(value, low) and below(value, high)
        return otherwise(value, frame)

    return ask


def asking(code: Code) -> Test:
    """Compile a condition on `?`."""

    def ask(value: object, frame: Frame) -> bool | None:
        answer = code(Frame({"?": value}, frame, frame.run))
        return answer if isinstance(answer, bool) else None

    return ask


def value_test(code: Code) -> Test:
    """Compile an expression without `?`: a value, list or range to match; or true or false for non-boolean values."""

    def ask(value: object, frame: Frame) -> bool | None:
        wanted = code(frame)
        if isinstance(wanted, bool) and not isinstance(value, bool):
            return wanted
        return operators.matches(value, wanted, frame.run)

    return ask


def lone(node: syntax.CompareTest, build: Build) -> Code:
    """Compile a test such as (!= 5) where a value is wanted: it can only be applied to `?`."""
    ask, value = compare_test(node, build), build(syntax.Name("?"))
    return lambda frame: ask(value(frame), frame)
