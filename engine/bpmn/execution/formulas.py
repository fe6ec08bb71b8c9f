"""Expressions in a diagram: compiled when it is read, evaluated at a token, and only by FEEL."""

from collections.abc import Iterator, Mapping, Set
from decimal import Decimal
from typing import NoReturn

from engine.bpmn.execution.element import Element
from engine.bpmn.execution.tree import Token, visible
from engine.core.errors import BihuanError, StepFailed
from engine.feel import FUNCTION_NAMES, FeelError, compile, syntax

_MOST = 10**12

STEADY = FUNCTION_NAMES - {"now", "today", "random number"}
"""Pure functions: the same result for the same values. Functions of the world may not be pure."""


class Formula:
    """A FEEL expression at its element. Raises `FeelError` when it cannot be read."""

    def __init__(self, text: str, element: Element) -> None:
        self.text, self.element = text.strip(), element
        self.expression = compile(self.text.removeprefix("=").strip())
        self._reads = self.expression.names | self.expression.fields
        self._called = frozenset(_called(self.expression.node))
        self._restless = not self.expression.calls <= STEADY

    def value(self, token: Token, variables: Mapping[str, object] | None = None) -> object:
        """Evaluate it at a token (or over `variables`). Raises `StepFailed`."""
        seen = visible(token) if variables is None else variables
        try:
            found = self.expression.evaluate(seen, token.functions)
        except Exception as problem:
            fail(self.element, problem, f"公式「{self.text}」", f'expression "{self.text}"')
        if token.case.world.heard is not None:
            token.case.world.heard(self.element.id, self.text, found)
        return found

    def holds(self, token: Token, variables: Mapping[str, object] | None = None) -> bool:
        """Return whether it is true. Raises `StepFailed` when a name is unknown or the result is neither true nor
        false."""
        seen = visible(token) if variables is None else variables
        found = self.value(token, seen)
        if isinstance(found, bool) and all(name in seen for name in self.expression.names):
            return found
        self.check_names(token, seen)
        if isinstance(found, bool):
            return found
        zh = f"条件「{self.text}」的结果是 {shown(found)}，只能是真或假。请检查所用的变量。"
        en = f'the condition "{self.text}" evaluated to {shown(found)}; it must be true or false. Check its variables.'
        raise StepFailed(self.element.id, self.element.name, zh, en)

    def check_names(self, token: Token, variables: Mapping[str, object] | None = None) -> None:
        """Raise `StepFailed` when it uses an unknown variable or function."""
        seen = visible(token) if variables is None else variables
        missing = self.expression.missing(seen, token.case.functions)
        if missing:
            names = ", ".join(missing)
            zh = f"公式「{self.text}」用到了没有的变量或函数：{names}。"
            en = f'the expression "{self.text}" uses unknown names: {names}.'
            raise StepFailed(self.element.id, self.element.name, zh, en)

    def may_change(self, written: Set[str | int]) -> bool:
        """Return whether its result may change now that these variables were written."""
        return self._restless or not self._reads.isdisjoint(written)

    def calls(self, names: Set[str], firsts: Set[str] = frozenset()) -> bool:
        """Return whether it calls one of these functions; with `firsts`, only with one of these as first argument.

        A first argument that is not a literal may be any of them.
        """
        return any(name in names and (not firsts or first is None or first in firsts) for name, first in self._called)


def _called(node: syntax.Node) -> Iterator[tuple[str, str | None]]:
    """Yield the functions called by name, each with its first argument if that is a literal."""
    for each in node.walk():
        if isinstance(each, syntax.Call) and isinstance(each.function, syntax.Name):
            first = each.arguments[0] if each.arguments else None
            fixed = first.value if isinstance(first, syntax.Literal) else None
            yield each.function.name, fixed if isinstance(fixed, str) else None


class Literal:
    """A literal text in the place of an expression."""

    def __init__(self, text: str) -> None:
        self.text = text

    def value(self, token: Token, variables: Mapping[str, object] | None = None) -> object:
        """Return the text itself."""
        return self.text

    def calls(self, names: Set[str], firsts: Set[str] = frozenset()) -> bool:
        """Return False: a literal calls nothing."""
        return False

    def check_names(self, token: Token, variables: Mapping[str, object] | None = None) -> None:
        """Do nothing: a literal uses no names."""


Text = Formula | Literal


def read(text: str, element: Element) -> Text:
    """Read a text of the dialect: `=FEEL`, anything else is literal. Raises `FeelError`."""
    return Formula(text, element) if text.strip().startswith("=") else Literal(text.strip())


def shown(value: object) -> str:
    """Return a value as FEEL writes it, shortened, for messages."""
    if value is None or isinstance(value, bool):
        return str(value).lower().replace("none", "null")
    said = f'"{value}"' if isinstance(value, str) else str(value)
    return said if len(said) <= 80 else said[:79] + "…"


def fail(element: Element, problem: Exception, where_zh: str, where_en: str) -> NoReturn:
    """Raise `StepFailed` at the element, with the problem's own message if it has one for people."""
    if isinstance(problem, StepFailed):
        raise problem
    if isinstance(problem, BihuanError):
        zh, en = problem.text("zh"), problem.text("en")
    elif isinstance(problem, FeelError):
        zh, en = problem.zh, problem.en
    else:
        zh = en = f"{type(problem).__name__}: {problem}"
    raise StepFailed(element.id, element.name, f"{where_zh}:{zh}", f"{where_en}: {en}") from problem


def as_words(found: object, element: Element) -> tuple[str, ...]:
    """Return texts from a text (split at commas), a list of texts or null. Raises `StepFailed` for anything else."""
    if found is None:
        return ()
    if isinstance(found, str):
        return tuple(word.strip() for word in found.split(",") if word.strip())
    if isinstance(found, list | tuple) and all(isinstance(one, str) for one in found):
        return tuple(found)
    zh, en = f"应为文字或文字列表，却是 {shown(found)}。", f"a text or a list of texts is needed, not {shown(found)}."
    raise StepFailed(element.id, element.name, zh, en)


def as_whole(found: object, element: Element) -> int | None:
    """Return a whole number or None. Raises `StepFailed` for anything else."""
    if found is None or (isinstance(found, str) and not found.strip()):
        return None
    try:
        number = Decimal(str(found))
    except ArithmeticError:
        number = Decimal("NaN")
    if not (number.is_finite() and abs(number) < _MOST and number == number.to_integral_value()):
        zh, en = f"应为整数，却是 {shown(found)}。", f"a whole number is needed, not {shown(found)}."
        raise StepFailed(element.id, element.name, zh, en)
    return int(number)
