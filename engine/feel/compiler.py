"""Compile the syntax tree to closures, which take the frame of names and return a value."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from inspect import signature
from typing import Any

from engine.feel import kinds, loops, operators, paths, syntax, unary
from engine.feel.bounds import Run
from engine.feel.builtins import BUILTINS, Builtin, conversions
from engine.feel.errors import BadCall
from engine.feel.frames import MISSING, Code, Frame, Function
from engine.feel.outside import plain
from engine.feel.syntax import Node
from engine.feel.values import CONTEXT, Range, decimal


def build(node: Node) -> Code:
    """Return the closure of any node."""
    return BUILDERS[type(node)](node)


# -- leaves --------------------------------------------------------------------------------------------------------


def literal(node: syntax.Literal) -> Code:
    value = node.value
    return lambda frame: value


def name(node: syntax.Name) -> Code:
    wanted = node.name

    def look(frame: Frame) -> object:
        value = frame.names.get(wanted, MISSING)
        if value is MISSING:
            value = frame.outer.find(wanted) if frame.outer is not None else MISSING
            if value is MISSING:
                return function_named(wanted, frame)
        return decimal(value) if type(value) is float else value

    return look


def function_named(name: str, frame: Frame) -> object:
    """Return the caller's function of this name, or a built-in one as a value; null when there is neither."""
    given = frame.run.functions.get(name)
    if given is not None:
        return given
    known = BUILTINS.get(name)
    return None if known is None else BoundBuiltin(known, frame)


class BoundBuiltin:
    """A built-in function used as a value."""

    __slots__ = ("builtin", "frame")

    def __init__(self, builtin: Builtin, frame: Frame) -> None:
        self.builtin, self.frame = builtin, frame

    def __call__(self, *arguments: object) -> object:
        return self.builtin.call(self.frame.run, arguments)


def path(node: syntax.Path) -> Code:
    source, wanted, follow = build(node.source), node.name, paths.follow

    def walk(frame: Frame) -> object:
        value = source(frame)
        found = value.get(wanted) if type(value) is dict else follow(value, wanted, frame.run)
        return decimal(found) if type(found) is float else found

    return walk


# -- operators -----------------------------------------------------------------------------------------------------


def negate(node: syntax.Negate) -> Code:
    value = build(node.value)
    return lambda frame: operators.negative(value(frame))


FAST: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": CONTEXT.add,
    "-": CONTEXT.subtract,
    "*": CONTEXT.multiply,
}


def binary(node: syntax.Binary) -> Code:
    left, right, sign = build(node.left), build(node.right), node.sign
    arithmetic, fast = operators.arithmetic, FAST.get(node.sign)
    if fast is None:
        return lambda frame: arithmetic(sign, left(frame), right(frame), frame.run)
    operate = fast

    def work(frame: Frame) -> object:
        a, b = left(frame), right(frame)
        if type(a) is Decimal and type(b) is Decimal:
            result = operate(a, b)
            return result if result.is_finite() else None
        return arithmetic(sign, a, b, frame.run)

    return work


def compare(node: syntax.Compare) -> Code:
    left, right = build(node.left), build(node.right)
    slow, quick = operators.COMPARE[node.sign], operators.QUICK[node.sign]
    alike = operators.ALIKE
    if isinstance(node.right, syntax.Literal):
        return _compare_with(left, node.right.value, slow, quick)

    def work(frame: Frame) -> bool | None:
        a, b = left(frame), right(frame)
        if (type(a), type(b)) in alike:
            return quick(a, b)
        return slow(a, b, frame.run)

    return work


def _compare_with(left: Code, wanted: object, slow: operators.Comparison, quick: operators.Quick) -> Code:
    """Compare with a literal, the most frequent case."""
    what, alike = type(wanted), operators.ALIKE
    also = int if what is Decimal else what

    def work(frame: Frame) -> bool | None:
        value = left(frame)
        found = type(value)
        if (found is what or found is also) and (found, what) in alike:
            return quick(value, wanted)
        return slow(value, wanted, frame.run)

    return work


def logic(node: syntax.Logic) -> Code:
    parts = tuple(map(build, node.parts))
    decisive = node.sign == "or"  # one true decides "or", one false decides "and"
    if len(parts) == 2:
        return _logic_of_two(parts[0], parts[1], decisive)

    def work(frame: Frame) -> bool | None:
        sure = True
        for part in parts:
            value: object = part(frame)
            if value is decisive:
                return decisive
            if value is not (not decisive):
                sure = False
        return not decisive if sure else None

    return work


def _logic_of_two(left: Code, right: Code, decisive: bool) -> Code:
    other = not decisive

    def work(frame: Frame) -> bool | None:
        a: object = left(frame)
        if a is decisive:
            return decisive
        b: object = right(frame)
        if b is decisive:
            return decisive
        return other if a is other and b is other else None

    return work


def between(node: syntax.Between) -> Code:
    value, low, high = build(node.value), build(node.low), build(node.high)

    def work(frame: Frame) -> bool | None:
        v, run = value(frame), frame.run
        return operators.every([operators.at_most(low(frame), v, run), operators.at_most(v, high(frame), run)])

    return work


def within(node: syntax.In) -> Code:
    value, test = build(node.value), unary.any_of(node.tests, build)
    return lambda frame: test(value(frame), frame)


def condition(node: syntax.If) -> Code:
    asked, then, otherwise = build(node.condition), build(node.then), build(node.otherwise)
    return lambda frame: then(frame) if asked(frame) is True else otherwise(frame)


def instance_of(node: syntax.InstanceOf) -> Code:
    value, type_, conforms = build(node.value), node.type, kinds.conforms
    return lambda frame: conforms(value(frame), type_, frame.run)


# -- collections ---------------------------------------------------------------------------------------------------


def list_of(node: syntax.ListOf) -> Code:
    items = tuple(map(build, node.items))
    return lambda frame: [item(frame) for item in items]


def context_of(node: syntax.ContextOf) -> Code:
    entries = tuple((key, build(value)) for key, value in node.entries)
    twice = len({key for key, _ in entries}) < len(entries)

    def make(frame: Frame) -> dict[str, object] | None:
        made: dict[str, object] = {}
        inner = Frame(made, frame, frame.run)
        for key, value in entries:
            made[key] = value(inner)
        return None if twice else made

    return make


def range_of(node: syntax.RangeOf) -> Code:
    start, end = node.start and build(node.start), node.end and build(node.end)
    start_included, end_included = node.start_included, node.end_included

    def make(frame: Frame) -> Range | None:
        first, last = start and start(frame), end and end(frame)
        if (start and first is None) or (end and last is None):
            return None
        # one end stands for both where the other is open: a value without order has no range
        low, high = (last if first is None else first), (first if last is None else last)
        if operators.at_most(low, high, frame.run) is not True:
            return None
        return Range(first, last, start_included, end_included)

    return make


# -- functions -----------------------------------------------------------------------------------------------------


def function_of(node: syntax.FunctionOf) -> Code:
    body, parameters, types, weight = build(node.body), node.parameters, node.types, node.weight

    def accepts(arguments: tuple[object, ...], run: Run) -> tuple[object, ...] | None:
        taken = [kinds.accepted(value, type_, run) for value, type_ in zip(arguments, types, strict=True)]
        return None if None in taken else tuple(value[0] for value in taken if value is not None)

    if not any(types):
        return lambda frame: Function(parameters, lambda arguments, run: arguments, body, frame, weight)
    return lambda frame: Function(parameters, accepts, body, frame, weight)


def call(node: syntax.Call) -> Code:
    arguments, names = tuple(map(build, node.arguments)), node.names
    if isinstance(node.function, syntax.Name):
        by_name = _call_by_name(node.function.name, arguments, names)
        return _folded(node, by_name) if node.function.name in conversions.FROM_TEXT else by_name
    function = build(node.function)
    return lambda frame: apply(function(frame), [argument(frame) for argument in arguments], names, frame.run)


def _folded(node: syntax.Call, otherwise: Code) -> Code:
    """Evaluate date("2026-02-14") and the like once, unless a variable has the function's name."""
    wanted, argument = node.function, node.arguments[0] if len(node.arguments) == 1 else None
    if node.names or not (isinstance(argument, syntax.Literal) and isinstance(argument.value, str)):
        return otherwise
    assert isinstance(wanted, syntax.Name)
    name, value = wanted.name, conversions.FROM_TEXT[wanted.name](argument.value)

    def work(frame: Frame) -> object:
        if name in frame.run.functions or callable(frame.find(name)):
            return otherwise(frame)
        return value

    return work


def _call_by_name(wanted: str, arguments: tuple[Code, ...], names: tuple[str, ...]) -> Code:
    """Call a variable, a caller's function or a built-in one, in this order."""
    known = BUILTINS.get(wanted)
    given = wanted not in ("now", "today")  # these two ask the caller themselves

    def work(frame: Frame) -> object:
        function = frame.find(wanted)
        values = [argument(frame) for argument in arguments]
        if not callable(function):
            run = frame.run
            function = run.functions.get(wanted) if given else None
            if function is None and known is not None:
                run.spend(1)
                if names:
                    return known.call_by_name(run, dict(zip(names, values, strict=True)))
                return known.call(run, values)
        return apply(function, values, names, frame.run)

    return work


def apply(function: Any, values: list[object], names: tuple[str, ...], run: Run) -> object:
    """Call a callable; anything else gives null."""
    if not callable(function):
        return None
    if not isinstance(function, Function | BoundBuiltin):
        outside = [plain(value, run) for value in values]
        if names:
            return invoke(function, [], dict(zip(names, outside, strict=True)))
        return invoke(function, outside, {})
    if not names:
        return function(*values)
    named = dict(zip(names, values, strict=True))
    if isinstance(function, Function):
        return function.by_name(named)
    return function.builtin.call_by_name(run, named)


def invoke(function: Callable[..., object], values: list[object], named: dict[str, object]) -> object:
    """Call a caller's function. Raises BadCall when it does not take these arguments."""
    try:
        return function(*values, **named)
    except TypeError:
        name, count = getattr(function, "__name__", "?"), len(values) + len(named)
        try:
            shape = signature(function)
        except ValueError:
            raise BadCall(name, count, "?") from None
        try:
            shape.bind(*values, **named)
        except TypeError:
            raise BadCall(name, count, "(" + ", ".join(shape.parameters) + ")") from None
        raise


BUILDERS: dict[type[Node], Callable[[Any], Code]] = {
    syntax.Literal: literal,
    syntax.Name: name,
    syntax.Path: path,
    syntax.Negate: negate,
    syntax.Binary: binary,
    syntax.Compare: compare,
    syntax.Logic: logic,
    syntax.Between: between,
    syntax.In: within,
    syntax.If: condition,
    syntax.InstanceOf: instance_of,
    syntax.ListOf: list_of,
    syntax.ContextOf: context_of,
    syntax.RangeOf: range_of,
    syntax.FunctionOf: function_of,
    syntax.Call: call,
    syntax.CompareTest: partial(unary.lone, build=build),
    syntax.For: partial(loops.repeat, build=build),
    syntax.Quantified: partial(loops.quantify, build=build),
    syntax.Filter: partial(loops.select, build=build),
}
