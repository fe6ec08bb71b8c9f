"""Small inputs that could be very costly. Each new harmful one is added here or to `kept`."""

import re
import resource
from collections.abc import Iterator
from pathlib import Path

from tests.engine.feel.tables import decision, document
from tests.fuzz.playing import Case, Trouble, play_bomb

KEPT = Path(__file__).with_name("kept")
KIND_OF = {".feel": "expression", ".dmn": "table", ".bpmn": "diagram"}

EVALUATIONS = (
    "for a in 1..99999, b in 1..99999 return a * b",
    "some a in 1..99999, b in 1..99999 satisfies a * b < 0",
    "for a in 1..1000000000000 return 1",
    "for a in 1..1e30 return 1",
    '(for d in @"0001-01-01"..@"9999-12-31" return d)[1]',
    "9 ** 9 ** 9 ** 9",
    "9 ** (9 ** 9)",
    "1.0000001 ** 99999999999.5",
    "exp(exp(exp(exp(9))))",
    "{f: function(x) f(x), r: f(1)}.r",
    "{f: function(x) f(x) + f(x), r: f(1)}.r",
    "{y: function(f) f(f), r: y(y)}.r",
    '{f: function(s) s + s, r: f(f(f(f(f(f(f(f(f(f(f(f(f(f(f(f(f(f("xxxxxxxx"))))))))))))))))))}.r',
    "{l: [1,2,3,4,5,6,7,8,9,10], r: for a in l, b in l, c in l, d in l, e in l, f in l return [a,b,c,d,e,f]}.r",
    'for i in 1..17 return if i = 1 then "aaaaaaaaaa" else partial[-1] + partial[-1]',
    "for i in 1..40 return if i = 1 then [1, 2] else concatenate(partial[-1], partial[-1])",
    "for i in 1..40 return if i = 1 then [1] else [partial[-1], partial[-1]]",
    "string(for i in 1..40 return if i = 1 then [1] else [partial[-1], partial[-1]])",
    "{a: for i in 1..24 return if i = 1 then [1] else [partial[-1], partial[-1]], r: a[-1] = a[-1]}.r",
    "flatten(for i in 1..24 return if i = 1 then [1] else [partial[-1], partial[-1]])",
    "sort(for i in 1..90000 return 90000 - i)",
    "sort(for i in 1..3000 return -i, function(a, b) count(sort([a, b], function(c, d) c < d)) > 1)",
    "distinct values(for i in 1..20000 return i)",
    "duplicate values(for i in 1..20000 return i)",
    "union(for i in 1..9000 return i, for i in 1..9000 return i)",
    "index of(for i in 1..90000 return {a: i}, {a: 1})",
    'string join(for i in 1..90000 return "aaaaaaaaaaaaaaaa")',
    'replace(string join(for i in 1..3000 return "aaaaaaaa"), "a", "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")',
    'matches(string join(for i in 1..3000 return "aaaaaaaa") + "!", "(a+)+$")',
    'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a|a)*$")',
    'matches("a", "((a{1,100}){1,100}){1,100}")',
    'matches("a", "(((((((((a*)*)*)*)*)*)*)*)*)*b")',
    'replace("' + "a" * 3000 + '", "", "' + "b" * 3000 + '")',
    'split("' + "," * 9000 + '", ",")',
    'number("' + "9" * 9000 + '") ** 2',
    "9" * 30000,
    "decimal(1, 999999999)",
    "decimal(1 / 3, 6111)",
    "round half up(1e6000, -6000)",
    '@"P999999999999999999Y" * 99999999999',
    'date("999999999-01-01") + duration("P999999999Y")',
    'date("2026-01-01") + duration("P999999999D")',
    '{a: {b: {c: {}}}, r: context put(a, ["b", "c", "d"], for i in 1..99999 return a)}.r',
    "context merge(for i in 1..20000 return context put({}, string(i), i))",
    "get entries(context(for i in 1..90000 return {key: string(i), value: i}))",
    "mode(for i in 1..90000 return i)",
    "stddev(for i in 1..90000 return i / 7)",
    "product(for i in 1..90000 return i)",
    "median(for i in 1..90000 return 0 - i)",
    "(for i in 1..90000 return i)[item > 0][item > 1][item > 2]",
    "count((for i in 1..300 return for j in 1..300 return i * j)[count(item) > 0])",
    "every x in (for i in 1..90000 return i) satisfies some y in [1..90000] satisfies x = y",
    "1 + " * 9000 + "1",
    "-" * 20000 + "1",
    "not(" * 5000 + "true" + ")" * 5000,
    "(" * 5000 + "1" + ")" * 5000,
    "[" * 5000 + "]" * 5000,
    "{a:" * 3000 + "1" + "}" * 3000,
    "if true then " * 3000 + "1",
    "function(x) " * 3000 + "1",
    "for x in 1 return " * 3000 + "1",
    "a" + ".b" * 9000,
    "a" + "[1]" * 9000,
    "f" + "(1)" * 9000,
    "a b " * 9000,
    "x instance of " + "list<" * 3000 + "number" + ">" * 3000,
    '"' + "\\" * 30000,
    "/*" * 16000,
    "@" * 30000,
    "5 in (" + "1," * 9000 + "2)",
    " " * 32000 + "1",
    "\u3000" * 32000,
)

ROWS = 150


def table_bombs() -> Iterator[bytes]:
    wide = [f"i{n}: number" for n in range(40)]
    yield document(decision("a", wide, ["o"], ["; ".join(f"> {n + m}" for m in range(40)) + "; 1" for n in range(60)]))
    cells = ["; ".join(f"[{n * m % 7}..{n + m}]" for m in range(8)) + "; 1" for n in range(ROWS)]
    yield document(decision("a", wide[:8], ["o"], cells))
    yield document(decision("a", ["n: number"], ["o"], [", ".join(map(str, range(2000))) + "; 1"] * 20))
    yield document(decision("a", ["n: number"], ["o"], [f"{n}; 1" for n in range(2000)]))
    yield document(decision("a", ["n: number", "m: number"], ["o"], [f"{n}; {n}; 1" for n in range(700)], "FIRST"))
    yield document(decision("a", ["n"], ["o"], ["-; for a in 1..99999, b in 1..99999 return a"] * 50, "COLLECT"))
    chain = [decision(f"d{n}", [f"D{n - 1}"], ["o"], ["-; 1"], requires=f"d{n - 1}") for n in range(1, 200)]
    yield document(decision("d0", ["n"], ["o"], ["-; 1"]), *chain)
    both = [decision(f"d{n}", ["n"], ["o"], ["-; 1"], requires=f"d{n - 1} d{n - 1}") for n in range(1, 60)]
    yield document(decision("d0", ["n"], ["o"], ["-; 1"], requires="d59"), *both)
    yield document(decision("a", ["n"], ["o"], ["-; 1"], requires="a"))
    deep = "<context><contextEntry>" * 400 + "<literalExpression><text>1</text></literalExpression>"
    yield document(f'<decision id="a" name="a">{deep}{"</contextEntry></context>" * 400}</decision>')
    yield LAUGHS + document(decision("a", ["n"], ["o"], ["-; 1"]))
    types = "".join(
        f'<itemDefinition name="t{n}"><typeRef>t{(n + 1) % 50}</typeRef></itemDefinition>' for n in range(50)
    )
    yield document(decision("a", ["n: t0"], ["o: t1"], ["-; 1"]), more=types)


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]>"
)
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' targetNamespace="t" id="d"><process id="main" isExecutable="true">'
)
TAIL = "</process></definitions>"


def drawn(*elements: str) -> bytes:
    return (HEAD + "".join(elements) + TAIL).encode()


def flow(source: str, target: str, condition: str = "") -> str:
    inner = f"<conditionExpression>{condition}</conditionExpression>" if condition else ""
    return f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>'


def diagram_bombs() -> Iterator[bytes]:
    start, end = '<startEvent id="s"/>', '<endEvent id="e"/>'
    script = '<scriptTask id="x" scriptFormat="feel"><script>n = (if n = null then 0 else n) + 1</script></scriptTask>'
    yield drawn(start, script, '<exclusiveGateway id="g" default="g-x"/>', end, flow("s", "x"), flow("x", "g")) + b" "
    yield drawn(
        *(start, script, '<exclusiveGateway id="g" default="g-x"/>', end, flow("s", "x"), flow("x", "g")),
        *(flow("g", "x"), flow("g", "e", "n &lt; 0")),
    )
    yield drawn(start, '<callActivity id="c" calledElement="main"/>', end, flow("s", "c"), flow("c", "e"))
    many = "<multiInstanceLoopCharacteristics><loopCardinality>999999999</loopCardinality></multiInstanceLoopCharacteristics>"
    yield drawn(start, f'<userTask id="t">{many}</userTask>', end, flow("s", "t"), flow("t", "e"))
    serial = many.replace("Characteristics>", 'Characteristics isSequential="true">', 1)
    yield drawn(
        start, f'<scriptTask id="t"><script>n = 1</script>{serial}</scriptTask>', end, flow("s", "t"), flow("t", "e")
    )
    for kind in ("parallelGateway", "inclusiveGateway", "exclusiveGateway"):
        yield drawn(*doubling(kind, 24))
        yield drawn(*looped(kind))
    nested = '<subProcess id="p{0}"><startEvent id="s{0}"/>'
    yield drawn(*(nested.format(n) for n in range(200)), "</subProcess>" * 200)
    timer = "<timerEventDefinition><timeCycle>R999999999/PT0.000001S</timeCycle></timerEventDefinition>"
    yield drawn(
        *(start, '<userTask id="t"/>', end, flow("s", "t"), flow("t", "e"), '<endEvent id="f"/>', flow("b", "f")),
        f'<boundaryEvent id="b" attachedToRef="t" cancelActivity="false">{timer}</boundaryEvent>',
    )
    bomb = "for a in 1..99999, b in 1..99999 return a"
    yield drawn(
        start, f'<scriptTask id="x"><script>n = {bomb}</script></scriptTask>', end, flow("s", "x"), flow("x", "e")
    )
    yield drawn(*(f'<userTask id="t{n}"/>' for n in range(5000)))
    yield drawn(*(f'<{"a" * 200} x{n}="{n}"/>' for n in range(3000)))
    yield drawn(start, *('<userTask id="t"/>' for _ in range(200)), *(flow("s", "t") for _ in range(200)))
    yield LAUGHS + drawn(start, "<documentation>&j;</documentation>")
    yield b"<a " + b" ".join(b'b%d=""' % n for n in range(100_000)) + b"/>"
    yield b"<a>" * 200_000
    yield (HEAD + "x" * 3_000_000 + TAIL).encode()
    yield HEAD.encode("utf-16") + b"\xff\xfe" * 100
    yield b""


def doubling(kind: str, stages: int) -> Iterator[str]:
    """A chain of gateways with two paths between each: the number of paths doubles at every one."""
    yield f'<startEvent id="s"/><endEvent id="e"/>{flow("s", "g0")}{flow(f"g{stages}", "e")}<{kind} id="g{stages}"/>'
    for n in range(stages):
        yield f'<{kind} id="g{n}"/><userTask id="a{n}"/><userTask id="b{n}"/>'
        yield flow(f"g{n}", f"a{n}", f"x{n}") + flow(f"g{n}", f"b{n}", f"not(x{n})")
        yield flow(f"a{n}", f"g{n + 1}") + flow(f"b{n}", f"g{n + 1}")


def looped(kind: str) -> Iterator[str]:
    """A fork whose branches lead back to it: the number of tokens doubles each round."""
    yield f'<startEvent id="s"/><{kind} id="g"/><manualTask id="a"/><scriptTask id="b"><script>n = 1</script></scriptTask>'
    yield flow("s", "g") + flow("g", "a", "true") + flow("g", "b", "true") + flow("a", "g") + flow("b", "g")


def all_bombs() -> Iterator[Case]:
    """Every bomb, and the inputs kept because they once did harm."""
    for number, text in enumerate(EVALUATIONS):
        yield Case("expression", number, text.encode())
    for number, content in enumerate(table_bombs()):
        yield Case("table", number, content)
    for number, content in enumerate(diagram_bombs()):
        yield Case("diagram", number, content)
    for path in sorted(KEPT.iterdir()):
        if path.suffix in KIND_OF:
            yield Case(KIND_OF[path.suffix], 0, path.read_bytes())


def most_kilobytes() -> int:
    """The most memory that this program has used; Linux counts what its parent used before it began as well."""
    status = Path("/proc/self/status")
    if status.is_file() and (found := re.search(r"VmHWM:\s+(\d+) kB", status.read_text())):
        return int(found[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def set_off(kind: str) -> tuple[list[Trouble], int]:
    """The troubles with every bomb of a kind, and the most kilobytes that this process has used so far."""
    troubles = [trouble for case in all_bombs() if case.kind == kind and (trouble := play_bomb(case))]
    return troubles, most_kilobytes()
