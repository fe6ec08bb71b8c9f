"""Parse tokens to the syntax tree by precedence climbing; every bracket and every function counts as depth."""

from dataclasses import dataclass
from decimal import Decimal

from engine.feel import moments, syntax
from engine.feel.cursor import Names
from engine.feel.errors import BadExpression
from engine.feel.syntax import Node
from engine.feel.tokens import unquote
from engine.feel.typenames import TypeNames
from engine.feel.values import CONTEXT

OR, AND, COMPARISON, SUM, PRODUCT, POWER, INSTANCE, POSTFIX = range(1, 9)
POWERS = {
    "or": OR,
    "and": AND,
    **dict.fromkeys(["=", "!=", "<", "<=", ">", ">=", "between", "in"], COMPARISON),
    **dict.fromkeys(["+", "-"], SUM),
    **dict.fromkeys(["*", "/"], PRODUCT),
    "**": POWER,
    **dict.fromkeys([".", "[", "("], POSTFIX),
}
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
CONSTANTS = {"true": True, "false": False, "null": None}
# after "[" these cannot begin a filter, so "[" closes an open range such as ]1..5[
CLOSERS = frozenset(
    [
        *(")", "]", "}", ",", ".", "then", "else", "and", "or", "return", "satisfies", ""),
        *("=", "!=", "<", "<=", ">", ">=", "+", "*", "/", "**", "between", "in", ".."),
    ]
)

GOING_ON = ("+", "-", "*", "/", "**", ".", "(")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A syntax tree and its free names."""

    node: Node
    names: frozenset[str]  # variables, by their root
    fields: frozenset[str]  # names in a filter: variables, or fields of what is filtered
    calls: frozenset[str]  # functions called by name


def parse_expression(text: str, known: Names) -> Parsed:
    parser = Parser(text, known)
    return parser.whole(parser.expression())


def parse_tests(text: str, known: Names) -> Parsed:
    """Parse unary tests: the content of an input cell of a decision table."""
    parser = Parser(text, known)
    return parser.whole(parser.unary_tests())


class Parser(TypeNames):
    """The parser of one text; its methods are the grammar's rules."""

    def whole(self, node: Node) -> Parsed:
        if self.token.kind != "end":
            if self.token.text in (")", "]", "}"):
                self.fail(f"多余的 {self.token.text}", f'"{self.token.text}" closes nothing')
            self.unexpected()
        return Parsed(node, frozenset(self.names), frozenset(self.fields), frozenset(self.calls))

    def expression(self, floor: int = 0) -> Node:
        node = self.prefix()
        while True:
            token = self.token
            if token.kind == "name":
                if token.text != "instance" or self.peek().text != "of" or floor >= INSTANCE:
                    return node
                node = self.instance_of(node)
                continue
            power = POWERS.get(token.text, 0) if token.kind in ("sign", "keyword") else 0
            if power <= floor or (token.text == "[" and self.ends_range()):
                return node
            node = self.infix(node, token.text, power)

    def ends_range(self) -> bool:
        """Return whether the "[" here ends an open range, and begins no filter."""
        return self.peek().text in CLOSERS or self.asks_type(1)

    def begins_range(self) -> bool:
        """Return whether the "]" here begins an open range, and ends no list."""
        following = self.peek()
        if following.kind == "name":
            return not self.asks_type(1)
        return following.kind in ("number", "text") or following.text == "@"

    # -- infix and postfix -----------------------------------------------------------------------------------------

    def infix(self, left: Node, sign: str, power: int) -> Node:
        if power == POSTFIX:
            return self.postfix(left, sign)
        if power <= AND:
            return self.logic(left, sign, power)
        self.advance()
        if sign == "between":
            low = self.expression(COMPARISON)
            self.expect("and")
            return syntax.Between(left, low, self.expression(COMPARISON))
        if sign == "in":
            return syntax.In(left, self.tests_after_in())
        right = self.expression(power)
        return syntax.Compare(sign, left, right) if power == COMPARISON else syntax.Binary(sign, left, right)

    def logic(self, left: Node, sign: str, power: int) -> Node:
        parts = [left]
        while self.accept(sign):
            parts.append(self.expression(power))
        return syntax.Logic(sign, tuple(parts))

    def postfix(self, left: Node, sign: str) -> Node:
        self.advance()
        if sign == ".":
            if self.token.kind == "keyword":
                return syntax.Path(left, self.take(1))
            return syntax.Path(left, self.name())
        with self.deeper():
            return self.filter(left) if sign == "[" else self.call(left)

    def filter(self, source: Node) -> Node:
        start = self.at
        self.filters += 1
        with self.binding(["item"]):
            condition = self.expression()
        self.filters -= 1
        weight = self.at - start
        self.expect("]")
        return syntax.Filter(source, condition, weight)

    def call(self, function: Node) -> Node:
        arguments: list[Node] = []
        names: list[str] = []
        named = self.named()
        while not self.sees(")"):
            if named:
                names.append(self.name_until(":"))
                self.expect(":")
            arguments.append(self.expression())
            if not self.accept(","):
                break
        self.expect(")")
        return syntax.Call(function, tuple(arguments), tuple(names))

    def instance_of(self, value: Node) -> Node:
        self.advance()
        self.advance()
        return syntax.InstanceOf(value, self.type())

    # -- prefix ----------------------------------------------------------------------------------------------------

    def prefix(self) -> Node:
        token = self.token
        if token.kind == "number":
            self.advance()
            return syntax.Literal(CONTEXT.create_decimal(token.text))
        if token.kind == "text":
            self.advance()
            return syntax.Literal(unquote(token.text))
        if token.kind == "name" or self.begins_known():
            return self.variable()
        if token.text in CONSTANTS:
            self.advance()
            return syntax.Literal(CONSTANTS[token.text])
        if token.kind == "end" or token.text not in PREFIXES:
            self.unexpected()
        with self.deeper():
            return PREFIXES[token.text](self)

    def variable(self) -> Node:
        name = self.name()
        if self.sees("(") and not any(name in names for names in self.bound):
            self.calls.add(name)
        else:
            self.use(name)
        return syntax.Name(name)

    def negate(self) -> Node:
        self.advance()
        value = self.expression(POWER)
        if isinstance(value, syntax.Literal) and isinstance(value.value, Decimal):
            return syntax.Literal(CONTEXT.minus(value.value))
        return syntax.Negate(value)

    def at_literal(self) -> Node:
        self.advance()
        if self.token.kind != "text":
            self.fail("@ 后面应当是双引号里的日期、时间或时长", 'after @ a date, time or duration in "…" was expected')
        return syntax.Literal(moments.read(unquote(self.advance().text)))

    def condition(self) -> Node:
        self.advance()
        condition = self.expression()
        self.expect("then")
        then = self.expression()
        self.expect("else")
        return syntax.If(condition, then, self.expression())

    def iteration(self) -> Node:
        self.advance()
        iterators: list[syntax.Iterator] = []
        with self.binding(["partial"]):
            return self.rounds(iterators, ends=False)

    def quantified(self) -> Node:
        every = self.advance().text == "every"
        iterators: list[syntax.Iterator] = []
        node = self.rounds(iterators, ends=True)
        assert isinstance(node, syntax.For)
        return syntax.Quantified(every, node.iterators, node.body, node.weight)

    def rounds(self, iterators: list[syntax.Iterator], ends: bool) -> Node:
        """Parse nested iterators and the body of each round."""
        name = self.name_until("in")
        if self.accept(":"):
            self.type()
        self.expect("in")
        source = self.expression()
        end = self.expression() if self.accept("..") else None
        iterators.append(syntax.Iterator(name, source, end))
        with self.binding([name]):
            if self.accept(","):
                return self.rounds(iterators, ends)
            self.expect("satisfies" if ends else "return")
            start = self.at
            body = self.expression()
            return syntax.For(tuple(iterators), body, self.at - start)

    def function(self) -> Node:
        self.advance()
        self.expect("(")
        names: list[str] = []
        types: list[syntax.Type | None] = []
        while not self.sees(")"):
            names.append(self.name_until(":", ",", ")"))
            types.append(self.type() if self.accept(":") else None)
            if not self.accept(","):
                break
        self.expect(")")
        if self.accept(":"):
            self.type()
        external = self.accept("external")
        start = self.at
        with self.binding(names):
            body = self.expression()
        if external:  # Java and the like are not called: such a function is null
            return syntax.Literal(None)
        return syntax.FunctionOf(tuple(names), tuple(types), body, self.at - start)

    def context(self) -> Node:
        self.advance()
        node = self.entries(())
        self.expect("}")
        return node

    def entries(self, done: tuple[tuple[str, Node], ...]) -> syntax.ContextOf:
        """Parse entries; each sees those before it."""
        entries = list(done)
        with self.binding([]):
            while not self.sees("}"):
                key = unquote(self.advance().text) if self.token.kind == "text" else self.name_until(":", "}")
                self.expect(":")
                entries.append((key, self.expression()))
                self.bind(key)
                if not self.accept(","):
                    break
        return syntax.ContextOf(tuple(entries))

    def list_or_range(self) -> Node:
        self.advance()
        if self.sees("]") and not self.begins_range():
            self.advance()
            return syntax.ListOf(())
        first = self.expression()
        if self.sees(".."):
            return self.range(first, included=True)
        items = [first]
        while self.accept(","):
            if self.sees("]") and not self.begins_range():
                break
            items.append(self.expression())
        self.expect("]")
        return syntax.ListOf(tuple(items))

    def open_range(self) -> Node:
        self.advance()
        start = self.expression()
        if not self.sees(".."):
            self.fail("] 之后应当是区间，如 ]1..5]", 'after "]" a range such as ]1..5] was expected')
        return self.range(start, included=False)

    def range(self, start: Node, included: bool) -> Node:
        self.expect("..")
        end = self.expression()
        if not self.sees("]", ")", "["):
            self.fail("区间没有结束，缺少 ] 或 )", 'the range has no end: "]" or ")" is missing')
        return syntax.RangeOf(start, end, included, self.advance().text == "]")

    def parenthesis(self) -> Node:
        self.advance()
        if self.sees(*COMPARISONS):
            node = self.half_range()
            self.expect(")")
            return node
        inner = self.expression()
        if self.sees(".."):
            return self.range(inner, included=False)
        self.expect(")")
        return inner

    def half_range(self) -> Node:
        sign = self.advance().text
        end = self.expression(COMPARISON)
        if sign == "=":
            return syntax.RangeOf(end, end, True, True)
        if sign == "!=":
            return syntax.CompareTest(sign, end)
        included = sign.endswith("=")
        return (
            syntax.RangeOf(None, end, False, included) if sign[0] == "<" else syntax.RangeOf(end, None, included, False)
        )

    # -- unary tests -----------------------------------------------------------------------------------------------

    def unary_tests(self) -> syntax.AnyOf:
        if self.token.kind == "end" or (self.sees("-") and self.peek().kind == "end"):
            self.advance()
            return syntax.AnyOf(())
        if self.token.text == "not" and self.peek().text == "(" and self.tokens[-2].text == ")":
            negated = self.negated_tests()
            if negated is not None:
                return negated
        return syntax.AnyOf(self.several_tests())

    def negated_tests(self) -> syntax.AnyOf | None:
        """Parse `not(…)` around all tests; None where it is only the first of them, or a part of it."""
        before = self.at, self.depth, set(self.names), set(self.fields), set(self.calls)
        whole = self.closes_at_end()
        try:
            self.advance()
            self.advance()
            tests = self.several_tests()
            self.expect(")")
            if self.token.kind == "end":
                return syntax.AnyOf(tests, negated=True)
        except BadExpression:
            if whole:
                raise
        self.at, self.depth, self.names, self.fields, self.calls = before
        self.token = self.tokens[self.at]
        return None

    def closes_at_end(self) -> bool:
        depth = 0
        for token in self.tokens[self.at + 1 : -2]:
            if token.kind == "sign" and token.text in ("(", ")"):
                depth += 1 if token.text == "(" else -1
                if depth == 0:
                    return False
        return True

    def several_tests(self) -> tuple[Node, ...]:
        tests = [self.test()]
        while self.accept(","):
            tests.append(self.test())
        return tuple(tests)

    def test(self) -> Node:
        if self.sees(*COMPARISONS):
            return syntax.CompareTest(self.advance().text, self.expression(COMPARISON))
        asked = "?" in self.names
        self.names.discard("?")
        node = self.expression()
        asks = "?" in self.names
        if asked:
            self.names.add("?")
        return syntax.ValueTest(node, asks)

    def goes_on(self) -> bool:
        """Return whether the brackets here are only the beginning of a value, as in `(list)[1]`."""
        depth = ahead = 0
        while self.peek(ahead).kind != "end":
            token = self.peek(ahead)
            ahead += 1
            if token.kind == "sign" and token.text in ("(", ")"):
                depth += 1 if token.text == "(" else -1
                if depth == 0:
                    break
        following = self.peek(ahead).text
        return following in GOING_ON or (following == "[" and self.peek(ahead + 1).text not in CLOSERS)

    def tests_after_in(self) -> syntax.AnyOf:
        """Parse what follows `in`: one test, or several in brackets."""
        if not self.sees("(") or self.goes_on():
            if self.sees(*COMPARISONS):
                return syntax.AnyOf((self.test(),))
            return syntax.AnyOf((syntax.ValueTest(self.expression(COMPARISON), asks=False),))
        with self.deeper():
            self.advance()
            first = self.test()
            if self.sees("..") and isinstance(first, syntax.ValueTest):
                return syntax.AnyOf((syntax.ValueTest(self.range(first.value, included=False), asks=False),))
            tests = [first]
            while self.accept(","):
                tests.append(self.test())
            self.expect(")")
            return syntax.AnyOf(tuple(tests))


PREFIXES = {
    "-": Parser.negate,
    "@": Parser.at_literal,
    "if": Parser.condition,
    "for": Parser.iteration,
    "some": Parser.quantified,
    "every": Parser.quantified,
    "function": Parser.function,
    "{": Parser.context,
    "[": Parser.list_or_range,
    "]": Parser.open_range,
    "(": Parser.parenthesis,
}
