"""Expressions from a seed: every grammar rule and every form of every built-in function."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from engine.feel.builtins import BUILTINS
from engine.feel.builtins.registry import Form
from tests.differential.phrases import (
    ARGUMENTS,
    DATES,
    DAYS,
    LITERALS,
    MOMENTS,
    MONTHS,
    RESULTS,
    TIMES,
    VARIABLES,
)


@dataclass(frozen=True, slots=True)
class Part:
    """An expression and what it is made of. `label` names the rule of the grammar that made it."""

    text: str
    label: str
    kind: str
    parts: tuple["Part", ...] = ()

    def walk(self) -> Iterator["Part"]:
        """Its parts before itself, smallest first."""
        for part in self.parts:
            yield from part.walk()
        yield self


FLEETING = ("now", "today", "random number")  # a different value each time: only its type is compared
DATE, TIME, MOMENT = "date", "time", "date and time"
SPAN, MONTHS_SPAN = "days and time duration", "years and months duration"
ORDERED = ("number", "string", DATE, TIME, MOMENT, SPAN, MONTHS_SPAN)
SCALARS = (*ORDERED, "boolean", "null")
LISTS = ("list:number", "list:string", "list:boolean", "list:context")
RANGES = ("range:number", "range:string", "range:date")
KINDS = (*SCALARS, *LISTS, "context", *RANGES)
TYPES = (
    *("number", "string", "boolean", "date", "time", "date and time", "days and time duration"),
    *("years and months duration", "Any", "list<number>", "list<string>", "context<a: number>", "range<number>"),
    *("function<number> -> number", "list", "context"),
)


class Inventor:
    """Generates expressions from one random source."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.forms = [(name, number) for name, builtin in BUILTINS.items() for number in range(len(builtin.forms))]
        self.turn = 0

    def next(self) -> Part:
        """The next expression. Rules and functions take turns at its root, so that each gets its share."""
        self.turn += 1
        rules = [*RULES.values()]
        if self.turn % 2:
            name, number = self.forms[self.turn // 2 % len(self.forms)]
            return self.call(name, number, 1)
        return rules[self.turn // 2 % len(rules)](self, 2)

    def tests(self) -> Part:
        """Unary tests, asked about a number."""
        return self.pick(TESTS)(self)

    def pick(self, items):  # type: ignore[no-untyped-def]
        return items[self.chance.randrange(len(items))]

    # -- by kind ---------------------------------------------------------------------------------------------------

    def of(self, kind: str, depth: int) -> Part:
        """An expression of this kind; now and then of another, because people make mistakes."""
        if self.chance.random() < 0.04:
            kind = self.pick(KINDS)
        if kind == "any":
            kind = self.pick(KINDS)
        if kind == "list:any":
            kind = self.pick(LISTS[:2])
        if depth > 0 and self.chance.random() < 0.55:
            makers = MAKERS.get(kind, ())
            functions = [name for name, result in RESULTS.items() if result == kind]
            if makers and (not functions or self.chance.random() < 0.6):
                return self.pick(makers)(self, depth - 1)
            if functions:
                name = self.pick(functions)
                return self.call(name, self.chance.randrange(len(BUILTINS[name].forms)), depth - 1)
        if kind in VARIABLES and self.chance.random() < 0.4:
            return Part(self.pick(VARIABLES[kind]), "variable", kind)
        return self.literal(kind)

    def literal(self, kind: str) -> Part:
        if kind in LITERALS:
            return Part(self.pick(LITERALS[kind]), f"literal {kind}", kind)
        if kind in WRITTEN:
            function, texts = WRITTEN[kind]
            text = self.pick(texts)
            at = self.chance.random() < 0.5
            written = f'@"{text}"' if at else f'{function}("{text}")'
            return Part(written, f"@ {kind}" if at else f"literal {kind}", kind)
        if kind.startswith("list:"):
            return self.list_of(0, kind.partition(":")[2])
        if kind.startswith("range:"):
            return self.range_of(0, kind.partition(":")[2])
        return self.context_of(0)

    def join(self, label: str, kind: str, template: str, *parts: Part) -> Part:
        texts = [f"({part.text})" if part.label in LOOSE else part.text for part in parts]
        return Part(template.format(*texts), label, kind, parts)

    # -- functions -------------------------------------------------------------------------------------------------

    def call(self, name: str, number: int, depth: int) -> Part:
        form = BUILTINS[name].forms[number]
        parts = list(self.arguments(name, form, depth))
        named = not form.variadic and bool(parts) and self.chance.random() < 0.2
        label = f"{name}/{number}" + (" named" if named else "")
        texts = [part.text for part in parts]
        if named:
            texts = [f"{each.name}: {text}" for each, text in zip(form.parameters, texts, strict=False)]
        if name in FLEETING:
            return Part(f"({name}() instance of {RESULTS[name]})", label, "boolean")
        return Part(f"{name}({', '.join(texts)})", label, RESULTS[name], tuple(parts))

    def arguments(self, name: str, form: Form, depth: int) -> Iterator[Part]:
        if form.variadic:
            kind = "boolean" if name in ("all", "any", "and", "or") else "number"
            if name in ("concatenate", "union"):
                yield self.of("list:number", depth)
                yield self.of("list:number", depth)
            elif self.chance.random() < 0.5:
                yield self.of(f"list:{kind}", depth)
            else:
                for _ in range(self.chance.randint(1, 3)):
                    yield self.of(kind, depth)
            return
        shared = self.pick(("number", "string", DATE))
        for parameter in form.parameters:
            if parameter.optional and self.chance.random() < 0.5:
                return
            special = ARGUMENTS.get((f"{name}:{parameter.kind}", parameter.name)) or ARGUMENTS.get(
                (name, parameter.name)
            )
            if special and self.chance.random() < 0.9 and not (parameter.name == "from" and parameter.kind != "string"):
                yield Part(self.pick(special), "argument", parameter.kind)
            elif parameter.kind == "range":
                yield self.of(f"range:{shared}", depth)
            elif parameter.kind == "list":
                yield self.of(self.pick(LISTS[:2]), depth)
            elif parameter.name.startswith("point"):
                yield self.of(shared, depth)
            else:
                yield self.of(parameter.kind, depth)

    # -- rules of the grammar --------------------------------------------------------------------------------------

    def arithmetic(self, depth: int) -> Part:
        sign = self.pick("+-*/")
        return self.join(
            f"number {sign} number", "number", "{} " + sign + " {}", self.of("number", depth), self.of("number", depth)
        )

    def power(self, depth: int) -> Part:
        return self.join(
            "power", "number", "{} ** {}", self.of("number", depth), Part(self.pick("0123"), "literal number", "number")
        )

    def negation(self, depth: int) -> Part:
        return self.join("negation", "number", "-{}", self.of("number", depth))

    def concatenation(self, depth: int) -> Part:
        return self.join("string + string", "string", "{} + {}", self.of("string", depth), self.of("string", depth))

    def moving(self, depth: int) -> Part:
        what, span, sign = self.pick((DATE, TIME, MOMENT)), self.pick((SPAN, MONTHS_SPAN)), self.pick("+-")
        label = f"{what} {sign} {span}"
        return self.join(label, what, "{} " + sign + " {}", self.of(what, depth), self.of(span, depth))

    def difference(self, depth: int) -> Part:
        what = self.pick((DATE, TIME, MOMENT))
        return self.join(f"{what} - {what}", SPAN, "{} - {}", self.of(what, depth), self.of(what, depth))

    def durations(self, depth: int) -> Part:
        what, sign = self.pick((SPAN, MONTHS_SPAN)), self.pick("+-/")
        kind = "number" if sign == "/" else what
        return self.join(
            f"{what} {sign} {what}", kind, "{} " + sign + " {}", self.of(what, depth), self.of(what, depth)
        )

    def scaling(self, depth: int) -> Part:
        what, sign = self.pick((SPAN, MONTHS_SPAN)), self.pick("*/")
        return self.join(
            f"{what} {sign} number", what, "{} " + sign + " {}", self.of(what, depth), self.of("number", depth)
        )

    def comparison(self, depth: int) -> Part:
        kind, sign = self.pick(ORDERED), self.pick(("<", "<=", ">", ">="))
        label = f"{kind} {'<' if sign[0] in '<>' else sign} {kind}"
        return self.join(label, "boolean", "{} " + sign + " {}", self.of(kind, depth), self.of(kind, depth))

    def equality(self, depth: int) -> Part:
        kind, sign = self.pick(KINDS), self.pick(("=", "!="))
        other = kind if self.chance.random() < 0.8 else self.pick(SCALARS)
        return self.join(
            f"equality {kind}", "boolean", "{} " + sign + " {}", self.of(kind, depth), self.of(other, depth)
        )

    def logic(self, depth: int) -> Part:
        word = self.pick(("and", "or"))
        first, second = (self.of(self.pick(("boolean", "boolean", "null")), depth) for _ in range(2))
        return self.join(word, "boolean", "{} " + word + " {}", first, second)

    def between(self, depth: int) -> Part:
        kind = self.pick(ORDERED)
        return self.join("between", "boolean", "{} between {} and {}", *(self.of(kind, depth) for _ in range(3)))

    def within(self, depth: int) -> Part:
        kind = self.pick(("number", "string", DATE))
        where = self.pick(("range", "list", "tests", "half"))
        value = self.of(kind, depth)
        if where == "tests":
            tests = "({}, < {}, [{}..{}])"
            return self.join(
                "in several tests", "boolean", "{} in " + tests, value, *(self.of(kind, 0) for _ in range(4))
            )
        if where == "half":
            sign = self.pick(("<", "<=", ">", ">="))
            return self.join("in comparison", "boolean", "{} in " + sign + " {}", value, self.of(kind, 0))
        other = f"{where}:{kind}" if where == "range" else "list:string" if kind == "string" else "list:number"
        return self.join(f"in {where}", "boolean", "{} in {}", value, self.of(other, depth))

    def condition(self, depth: int) -> Part:
        kind = self.pick(("number", "string", "list:number"))
        parts = self.of("boolean", depth), self.of(kind, depth), self.of(kind, depth)
        return self.join("if", kind, "if {} then {} else {}", *parts)

    def loop(self, depth: int) -> Part:
        how = self.pick(("list", "numbers", "dates", "two", "partial"))
        if how == "list":
            domain, body = self.of("list:number", depth), self.pick(("x", "x + 1", "[x]", 'string(x) + "!"'))
            return self.join("for list", "list:any", "for x in {} return " + body, domain)
        if how == "numbers":
            first, last = self.pick("0123"), self.pick("0123")
            return Part(f"for x in {first}..{last} return x * x", "for numbers", "list:number")
        if how == "dates":
            return Part('for d in @"2026-02-27"..@"2026-03-02" return d', "for dates", "list:any")
        if how == "two":
            domains = self.of("list:number", depth), self.of("list:number", 0)
            return self.join("for two", "list:number", "for x in {}, y in {} return x * y", *domains)
        text = "for x in 1..4 return if x = 1 then 1 else x * partial[-1]"
        return Part(text, "for partial", "list:number")

    def quantified(self, depth: int) -> Part:
        word = self.pick(("some", "every"))
        if self.chance.random() < 0.3:
            lists = self.of("list:number", depth), self.of("list:number", 0)
            return self.join(f"{word} two", "boolean", word + " x in {}, y in {} satisfies x < y", *lists)
        test = self.pick(("x > 1", "x = 2", "x != null", "x in [1..2]", "true", "null"))
        return self.join(word, "boolean", word + " x in {} satisfies " + test, self.of("list:number", depth))

    def filtered(self, depth: int) -> Part:
        how = self.pick(("item", "field", "position"))
        if how == "field":
            test = self.pick(("a > 1", 'b = "x"', "a = null", "item.a < 3", "z = null"))
            return self.join("filter by field", "list:context", "{}[" + test + "]", self.of("list:context", 0))
        if how == "position":
            at = self.pick(("1", "2", "-1", "0", "9", "1 + 1"))
            return self.join("filter by position", "number", "{}[" + at + "]", self.of("list:number", depth))
        test = self.pick(("item > 1", "item = 2", "true", "false", "null", "item != 1"))
        return self.join("filter by item", "list:number", "{}[" + test + "]", self.of("list:number", depth))

    def path(self, depth: int) -> Part:
        what = self.pick((DATE, TIME, MOMENT, SPAN, MONTHS_SPAN, "context", "list:context", "range:number"))
        field = self.pick(FIELDS[what])
        return self.join(f"path into {what}", "any", "{}." + field, self.of(what, depth))

    def context_of(self, depth: int) -> Part:
        return self.join(
            "context",
            "context",
            "{{a: {}, b: {}, " + self.pick(("c: a", '"two words": 1', "含义: b", "f: [a]")) + "}}",
            self.of("number", depth),
            self.of("string", depth),
        )

    def list_of(self, depth: int, kind: str = "number") -> Part:
        parts = [self.of(kind, depth) for _ in range(self.chance.randint(0, 3))]
        return Part("[" + ", ".join(part.text for part in parts) + "]", "list", f"list:{kind}", tuple(parts))

    def range_of(self, depth: int, kind: str = "number") -> Part:
        if kind == "number":
            low = self.chance.randint(0, 6)
            ends = [Part(str(each), "literal number", kind) for each in (low, low + self.chance.randint(0, 5))]
        elif kind == "string":
            ends = [Part(each, "literal string", kind) for each in self.pick((('"a"', '"c"'), ('"b"', '"b"')))]
        else:
            ends = [Part(f'@"{each}"', "@ date", DATE) for each in sorted(self.pick(DATES) for _ in range(2))]
        left, right = self.pick("[(]"), self.pick("])[")
        return self.join("range", f"range:{kind}", left + "{}..{}" + right, *ends)

    def half_range(self, depth: int) -> Part:
        sign = self.pick(("<", "<=", ">", ">=", "="))
        return self.join("half range", "range:number", "(" + sign + " {})", self.of("number", 0))

    def defined(self, depth: int) -> Part:
        body = self.pick(("x + y", "x * 2", "if x > y then x else y", "[x, y]"))
        arguments = self.pick(("({}, {})", "(x: {}, y: {})", "(y: {}, x: {})"))
        typed = self.pick(("x, y", "x: number, y: number"))
        template = "(function(" + typed + ") " + body + ")" + arguments
        label = "function, typed" if ":" in typed else "function"
        return self.join(
            label + (" by name" if ":" in arguments else ""),
            "any",
            template,
            self.of("number", depth),
            self.of("number", depth),
        )

    def kept(self, depth: int) -> Part:
        body = self.pick(("x + 1", "string(x)", "a"))
        return self.join(
            "function in context", "any", "{{a: {}, f: function(x) " + body + ", r: f(a)}}.r", self.of("number", depth)
        )

    def nested(self, depth: int) -> Part:
        path = self.pick(
            ("outer.inner.a", "outer.rows[1].b", "outer.rows[b = 2].b", "count(outer.rows)", "outer.none.a")
        )
        template = "{{outer: {{inner: {{a: {}}}, rows: [{{b: {}}}, {{b: 2}}]}}, r: " + path + "}}.r"
        return self.join("nested contexts", "any", template, self.of("number", depth), self.of("number", depth))

    def passed_on(self, depth: int) -> Part:
        body = self.pick(("f(f(x))", "[f(x), x]", "for y in [x, 1] return f(y)"))
        template = "{{twice: function(f, x) " + body + ", r: twice(function(n) n + 1, {})}}.r"
        return self.join("function passed on", "any", template, self.of("number", depth))

    def recursive(self, depth: int) -> Part:
        count = self.pick("0135")
        text = f"{{f: function(n) if n <= 1 then 1 else n * f(n - 1), r: f({count})}}.r"
        return Part(text, "recursive function", "number")

    def instance(self, depth: int) -> Part:
        type_ = self.pick(TYPES)
        return self.join(f"instance of {type_}", "boolean", "{} instance of " + type_, self.of(self.pick(KINDS), depth))

    def commented(self, depth: int) -> Part:
        comment = self.pick(("/* 说明 */ {}", "{} // end\n", "({} /* a */)"))
        return self.join("comment", "number", comment, self.of("number", depth))

    def bracketed(self, depth: int) -> Part:
        return self.join("brackets", "number", "({})", self.of("number", depth))


FIELDS = {
    DATE: ("year", "month", "day", "weekday"),
    TIME: ("hour", "minute", "second", "time offset", "timezone"),
    MOMENT: ("year", "month", "day", "weekday", "hour", "minute", "second", "time offset", "timezone"),
    SPAN: ("days", "hours", "minutes", "seconds"),
    MONTHS_SPAN: ("years", "months"),
    "context": ("a", "b", "z"),
    "list:context": ("a", "b", "z"),
    "range:number": ("start", "end", "start included", "end included"),
}
WRITTEN = {
    DATE: ("date", DATES),
    TIME: ("time", TIMES),
    MOMENT: ("date and time", MOMENTS),
    SPAN: ("duration", DAYS),
    MONTHS_SPAN: ("duration", MONTHS),
}

Rule = Callable[[Inventor, int], Part]
RULES: dict[str, Rule] = {
    name: getattr(Inventor, name)
    for name in (
        *("arithmetic", "power", "negation", "concatenation", "moving", "difference", "durations", "scaling"),
        *("comparison", "equality", "logic", "between", "within", "condition", "loop", "quantified", "filtered"),
        *("path", "context_of", "list_of", "range_of", "half_range", "defined", "kept", "instance", "commented"),
        *("nested", "passed_on", "recursive"),
        "bracketed",
    )
}
MAKERS: dict[str, tuple[Rule, ...]] = {
    "number": (Inventor.arithmetic, Inventor.power, Inventor.negation, Inventor.bracketed, Inventor.commented),
    "string": (Inventor.concatenation,),
    "boolean": (
        *(Inventor.comparison, Inventor.equality, Inventor.logic, Inventor.between, Inventor.within),
        *(Inventor.quantified, Inventor.instance),
    ),
    SPAN: (Inventor.difference, Inventor.durations, Inventor.scaling),
    DATE: (Inventor.moving,),
    MOMENT: (Inventor.moving,),
    "list:number": (Inventor.list_of, Inventor.filtered, Inventor.loop),
    "list:context": (Inventor.filtered,),
    "context": (Inventor.context_of,),
    "range:number": (Inventor.range_of, Inventor.half_range),
}
# Rules whose text needs brackets inside another expression.
LOOSE = frozenset(
    [
        *(f"number {sign} number" for sign in "+-*/"),
        *("power", "negation", "string + string", "and", "or", "between", "if", "some", "every", "comment"),
        *("some two", "every two"),
        *("for list", "for numbers", "for dates", "for two", "for partial", "half range", "range"),
        *("in several tests", "in comparison", "in range", "in list"),
        *(f"instance of {each}" for each in TYPES),
        *(f"equality {each}" for each in KINDS),
        *(f"{each} < {each}" for each in ORDERED),
        *(f"{what} {sign} {span}" for what in (DATE, TIME, MOMENT) for span in (SPAN, MONTHS_SPAN) for sign in "+-"),
        *(f"{each} - {each}" for each in (DATE, TIME, MOMENT)),
        *(f"{each} {sign} {each}" for each in (SPAN, MONTHS_SPAN) for sign in "+-/"),
        *(f"{each} {sign} number" for each in (SPAN, MONTHS_SPAN) for sign in "*/"),
    ]
)


def tested(label: str, template: str, *kinds: str) -> Callable[[Inventor], Part]:
    def make(inventor: Inventor) -> Part:
        return inventor.join(label, "tests", template, *(inventor.of(kind, 1) for kind in kinds))

    return make


TESTS: tuple[Callable[[Inventor], Part], ...] = (
    tested("test any", "-"),
    tested("test equal", "{}", "number"),
    *(tested("test compare", sign + " {}", "number") for sign in ("<", "<=", ">", ">=")),
    tested("test range", "{}", "range:number"),
    tested("test list", "{}", "list:number"),
    tested("test several", "{}, {}, > {}", *("number",) * 3),
    tested("test not", "not({}, < {})", *("number",) * 2),
    tested("test with ?", "? > {}", "number"),
    tested("test with ? and function", "odd(?) and ? != {}", "number"),
)
TEST_LABELS = frozenset(
    [
        *("test any", "test equal", "test compare", "test range", "test list", "test several", "test not"),
        *("test with ?", "test with ? and function"),
    ]
)
GRAMMAR = (
    LOOSE
    | TEST_LABELS
    | {f"path into {kind}" for kind in FIELDS}
    | {f"literal {kind}" for kind in SCALARS}
    | {f"@ {kind}" for kind in WRITTEN}
    | {"variable", "context", "list", "brackets", "function in context", "function", "function, typed"}
    | {"nested contexts", "function passed on", "recursive function"}
    | {"function by name", "function, typed by name", "filter by field", "filter by item", "filter by position"}
)
FORMS = frozenset(f"{name}/{number}" for name, builtin in BUILTINS.items() for number in range(len(builtin.forms)))
