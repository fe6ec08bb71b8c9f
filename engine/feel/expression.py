"""Expressions and unary tests for callers: compiled once, cached by their text."""

from collections.abc import Callable, Container, Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from types import MappingProxyType

from engine.feel import cursor, parser, syntax, unary
from engine.feel.bounds import DEPTH, Run
from engine.feel.builtins import BUILTINS
from engine.feel.compiler import build
from engine.feel.errors import BoundReached
from engine.feel.frames import Code, Frame, Test
from engine.feel.outside import plain

Functions = Mapping[str, Callable[..., object]]
NO_FUNCTIONS: Functions = MappingProxyType({})
BUILTIN_NAMES = cursor.index(name for name in BUILTINS if " " in name)
KEPT = 4096  # texts kept compiled, each way


class Expression:
    """A compiled expression, made by `compile`.

    text: the source. names: the variables that it reads (roots of paths), without those that it binds itself. fields:
    names inside a filter, which may be variables or fields of what is filtered. calls: functions called by name,
    built-in ones too. node: its syntax tree.
    """

    __slots__ = ("calls", "code", "fields", "names", "node", "text")

    def __init__(self, text: str, parsed: parser.Parsed, code: Code) -> None:
        self.text, self.code, self.node = text, code, parsed.node
        self.names, self.fields, self.calls = parsed.names, parsed.fields, parsed.calls

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def evaluate(self, context: Mapping[str, object], functions: Functions = NO_FUNCTIONS) -> object:
        """Return the value for these variables; unknown names are null, as the standard says.

        `functions` are the caller's own, called with FEEL values by position; errors they raise pass through
        unchanged. Numbers are returned as Decimal. Raises BoundReached when the evaluation costs too much, NoTime for
        now() and today() unless `functions` has them.
        """
        try:
            run = Run(functions)
            value = self.code(Frame(context, None, run))
            return value if type(value) is bool else plain(value, run)
        except RecursionError:
            raise BoundReached("depth", DEPTH) from None

    def missing(self, context: Mapping[str, object], functions: Functions = NO_FUNCTIONS) -> list[str]:
        """Return the variables and functions that are missing, sorted."""
        return missing(self.names, self.calls, context, functions)


class Tests:
    """Compiled unary tests, made by `compile_tests`. `names` is as in Expression, without `?`."""

    __slots__ = ("ask", "calls", "fields", "names", "node", "text")

    def __init__(self, text: str, parsed: parser.Parsed, ask: Test) -> None:
        self.text, self.ask, self.node = text, ask, parsed.node
        self.names, self.fields, self.calls = parsed.names - {"?"}, parsed.fields - {"?"}, parsed.calls

    def __repr__(self) -> str:
        return f"Tests({self.text!r})"

    def holds(self, value: object, context: Mapping[str, object], functions: Functions = NO_FUNCTIONS) -> bool | None:
        """Return whether one of the tests holds for the value; None where that is undecided."""
        try:
            return self.ask(value, Frame(context, None, Run(functions)))
        except RecursionError:
            raise BoundReached("depth", DEPTH) from None

    def missing(self, context: Mapping[str, object], functions: Functions = NO_FUNCTIONS) -> list[str]:
        """Return the variables and functions that are missing, sorted."""
        return missing(self.names, self.calls, context, functions)


@lru_cache(maxsize=KEPT)
def compile(text: str, known: frozenset[str] = frozenset()) -> Expression:
    """Compile an expression. Raises BadExpression with the position, BoundReached when it is too long or deep.

    `known` are names in the text that cannot be recognised by rule: with signs or keywords in them ("cost/benefit",
    "date and place"). Plain names, of several words too, need not be given.
    """
    try:
        parsed = parser.parse_expression(text, _known(known))
        return Expression(text, parsed, build(parsed.node))
    except RecursionError:
        raise BoundReached("depth", DEPTH) from None


@lru_cache(maxsize=KEPT)
def compile_tests(text: str, known: frozenset[str] = frozenset()) -> Tests:
    """Compile unary tests: comma-separated, `-` or nothing for any value, `not(…)`. Raises like `compile`."""
    try:
        parsed = parser.parse_tests(text, _known(known))
        assert isinstance(parsed.node, syntax.AnyOf)
        return Tests(text, parsed, unary.any_of(parsed.node, build))
    except RecursionError:
        raise BoundReached("depth", DEPTH) from None


@lru_cache(maxsize=256)
def _known(names: frozenset[str]) -> cursor.Names:
    return cursor.merge(BUILTIN_NAMES, cursor.index(names)) if names else BUILTIN_NAMES


def evaluate(text: str, context: Mapping[str, object], functions: Functions = NO_FUNCTIONS) -> object:
    """Compile (or take from the cache) and evaluate."""
    return compile(text).evaluate(context, functions)


def missing(
    names: Iterable[str], calls: Iterable[str], context: Container[str], functions: Container[str]
) -> list[str]:
    absent = [name for name in names if name not in context and name not in functions and name not in BUILTINS]
    unknown = [name for name in calls if name not in functions and name not in BUILTINS and name not in context]
    return sorted({*absent, *unknown})


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that this one was probably meant to be."""
    folded = {each.casefold().replace(" ", "").replace("_", ""): each for each in known}
    found = get_close_matches(name.casefold().replace(" ", "").replace("_", ""), folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else None
