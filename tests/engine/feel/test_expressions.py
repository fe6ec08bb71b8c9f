"""What process owners write in conditions, timers and scripts, and the results."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest

from engine import feel
from engine.feel import Range, YearsMonths

COMPLAINT = {
    "urgency": "urgent",
    "amount": 800,
    "share": 0.1,
    "金额": 1200,
    "小区": {"name": "阳光里", "households": 420, "分期": {"name": "二期"}},
    "support": ["工程", "安保"],
    "received": datetime(2026, 3, 1, 8, 30, tzinfo=UTC),
    "costs": [{"kind": "labour", "yuan": 200}, {"kind": "parts", "yuan": 350}],
    "Full Name": "王芳",
    "nothing": None,
}

VALUES = [
    # arithmetic is decimal, whatever the number type of the input
    ("0.1 + 0.2 = 0.3", True),
    ("share + 0.2", Decimal("0.3")),
    ("amount / 3", Decimal("266.6666666666666666666666666666667")),
    ("2 ** 10 - -1", Decimal(1025)),
    ("-2 ** 2", Decimal(4)),
    ("1 / 0", None),
    ("amount", Decimal(800)),
    # comparison and three-valued logic
    ('urgency = "urgent" and amount > 500', True),
    ("nothing > 5", None),
    ("nothing = null", True),
    ("nothing > 5 and false", False),
    ("nothing > 5 or true", True),
    ("nothing > 5 and true", None),
    ('"1" = 1', None),
    ('amount != "800"', None),
    ("amount between 500 and 800", True),
    # in and ranges
    ("amount in [500..1000)", True),
    ("amount in (800..1000]", False),
    ("amount in (< 100, 800)", True),
    ('"工程" in support', True),
    ("5 in ]5..9[", False),
    ("count([]1..2], ]3..4[, 5])", Decimal(3)),
    ("[2..2[ instance of range<number>", True),
    ("3 in ([1, 2, 3])[item > 2]", True),
    ("3 in (2) + 1", True),
    ("(<= [1])", None),
    ("0 ** 0", Decimal(1)),
    ('sort([2, "a"])', None),
    ("sort([2, 1])", [Decimal(1), Decimal(2)]),
    # names: Chinese, with spaces, several words and symbols
    ("金额 > 1000", True),
    ('"您好 " + Full Name', "您好 王芳"),
    ("小区.name", "阳光里"),
    ("小区.分期.name", "二期"),
    ("小区.missing.deeper", None),
    ("unknown", None),
    # if, for, some, every
    ('if amount > 500 then "经理" else "前台"', "经理"),
    ('if nothing > 1 then "a" else "b"', "b"),
    ("for i in 1..3 return i * i", [Decimal(1), Decimal(4), Decimal(9)]),
    ("count(for i: number in 1..3 return i)", Decimal(3)),
    ("for i in 3..1 return i", [Decimal(3), Decimal(2), Decimal(1)]),
    ("for i in [1, 2], j in [10, 20] return i + j", [Decimal(11), Decimal(21), Decimal(12), Decimal(22)]),
    ("for i in 1..4 return if i = 1 then 1 else i * partial[-1]", [Decimal(1), Decimal(2), Decimal(6), Decimal(24)]),
    ('some s in support satisfies s = "安保"', True),
    ("every c in costs satisfies c.yuan > 200", False),
    # filters and paths over lists
    ("costs[yuan > 300].kind", ["parts"]),
    ("costs[item.yuan > 300][1].kind", "parts"),
    ("costs[1].kind", "labour"),
    ("costs[-1].kind", "parts"),
    ("costs[3]", None),
    ("sum(costs.yuan)", Decimal(550)),
    # contexts and functions
    ("{a: 1, b: a + 1}.b", Decimal(2)),
    ('{"with space": 1, twice: with space * 2}.twice', Decimal(2)),
    ("{add: function(a, b) a + b, r: add(2, 3)}.r", Decimal(5)),
    ("{add: function(a, b) a - b, r: add(b: 2, a: 3)}.r", Decimal(1)),
    ("{f: function(n) if n <= 1 then 1 else n * f(n - 1), r: f(5)}.r", Decimal(120)),
    ("(for i in 1..2 return function(x) x * i)[2](10)", Decimal(20)),
    # types
    ("1 instance of number", True),
    ("amount instance of number", True),
    ("Full Name instance of string and amount instance of number", True),
    ("sum instance of function", True),
    ('"x" instance of number', False),
    ("[1, 2] instance of list<number>", True),
    ("{a: 1} instance of context<a: string>", False),
    # comments
    ("1 + /* two */ 2 // three", Decimal(3)),
    ('@"2026-02-14"', date(2026, 2, 14)),
]


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_value(text: str, expected: object) -> None:
    value = feel.evaluate(text, COMPLAINT)
    assert value == expected
    assert type(value) is type(expected)


TIMES = [
    ('date("2026-02-14") + duration("P3D")', date(2026, 2, 17)),
    ('date("2026-01-31") + @"P1M"', date(2026, 2, 28)),
    ('date("2026-03-01") - date("2026-02-01")', timedelta(days=28)),
    ('received + duration("PT24H")', datetime(2026, 3, 2, 8, 30, tzinfo=UTC)),
    ('received > date and time("2026-03-01T08:00:00Z")', True),
    ('received > date and time("2026-03-01T16:00:00@Asia/Shanghai")', True),
    ('date and time("2026-03-01T16:30:00@Asia/Shanghai") = received', True),
    ('date and time("2026-03-01T16:30:00+08:00").time offset', timedelta(hours=8)),
    ("received.weekday", Decimal(7)),
    ('duration("PT90M").hours', Decimal(1)),
    ('duration("PT90M") * 2', timedelta(hours=3)),
    ('duration("P1D") / duration("PT6H")', Decimal(4)),
    ('duration("P1Y2M")', YearsMonths(14)),
    ('years and months duration(date("2025-03-01"), date("2026-04-15"))', YearsMonths(13)),
    ('time("23:30:00") + duration("PT1H")', time(0, 30)),
    ('string(duration("PT26H5M"))', "P1DT2H5M"),
    ('string(date and time("2026-03-01T16:30:00@Asia/Shanghai"))', "2026-03-01T16:30:00@Asia/Shanghai"),
    ('date("2026-02-30")', None),
    ('duration("P1Y3D")', None),
    ('day of week(date("2026-02-14"))', "Saturday"),
    ("date(2026, 2, 14)", date(2026, 2, 14)),
    # daylight saving time takes no hour off a limit
    (
        'date and time("2026-03-28T12:00:00@Europe/Paris") + duration("PT24H")'
        ' = date and time("2026-03-29T13:00:00@Europe/Paris")',
        True,
    ),
]


@pytest.mark.parametrize(("text", "expected"), TIMES)
def test_time(text: str, expected: object) -> None:
    assert feel.evaluate(text, COMPLAINT) == expected


BUILTINS = [
    ('substring("物业投诉", 3)', "投诉"),
    ('substring(string: "foobar", start position: -3, length: 2)', "ba"),
    ('contains("电梯困人", "困人")', True),
    ('string join(["a", "b"], "、")', "a、b"),
    ('split("a;b;;c", ";")', ["a", "b", "", "c"]),
    ('matches("13800138000", "^1[3-9]\\\\d{9}$")', True),
    ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', "[1=ab][2=]cd"),
    ('upper case("abc")', "ABC"),
    ('number("1 000,5", " ", ",")', Decimal("1000.5")),
    ("string(1.50)", "1.5"),
    ('string([1, "a", {b: null}])', '[1, "a", {b: null}]'),
    ("decimal(2.5, 0)", Decimal(2)),
    ("round half up(2.5, 0)", Decimal(3)),
    ("round up(-1.1, 0)", Decimal(-2)),
    ("floor(-1.5)", Decimal(-2)),
    ("modulo(-12, 5)", Decimal(3)),
    ("abs(-3)", Decimal(3)),
    ("even(4)", True),
    ("count([1, 2])", Decimal(2)),
    ("min(3, 1, 2)", Decimal(1)),
    ("max([3, 1, 2])", Decimal(3)),
    ("mean([1, 2, 6])", Decimal(3)),
    ("median([1, 5, 3])", Decimal(3)),
    ("mode([1, 2, 2])", [Decimal(2)]),
    ("stddev([2, 4])", Decimal("1.414213562373095048801688724209698")),
    ("all([true, null])", None),
    ("any([true, null])", True),
    ("append([1], 2)", [Decimal(1), Decimal(2)]),
    ("append([1], 2, [3])", [Decimal(1), Decimal(2), [Decimal(3)]]),
    ("append([1])", None),
    ("concatenate([1], [2])", [Decimal(1), Decimal(2)]),
    ("union([1, 2], [2])", [Decimal(1), Decimal(2)]),
    ("distinct values([1, 2, 1])", [Decimal(1), Decimal(2)]),
    ("flatten([1, [2, [3]]])", [Decimal(1), Decimal(2), Decimal(3)]),
    ("index of([1, 2, 1], 1)", [Decimal(1), Decimal(3)]),
    ("sort([3, 1, 2], function(a, b) a > b)", [Decimal(3), Decimal(2), Decimal(1)]),
    ("reverse([1, 2])", [Decimal(2), Decimal(1)]),
    ("insert before([1, 3], 2, 2)", [Decimal(1), Decimal(2), Decimal(3)]),
    ("remove([1, 2], 1)", [Decimal(2)]),
    ("list replace([1, 2], 2, 5)", [Decimal(1), Decimal(5)]),
    ('get value({a: 1}, "a")', Decimal(1)),
    ('context put({a: 1}, "b", 2)', {"a": Decimal(1), "b": Decimal(2)}),
    ("context merge([{a: 1}, {a: 2}])", {"a": Decimal(2)}),
    ("get entries({a: 1})", [{"key": "a", "value": Decimal(1)}]),
    ('range("[1..3]")', Range(Decimal(1), Decimal(3))),
    ("before([1..3], [4..5])", True),
    ("overlaps([1..5], [5..9])", True),
    ("includes([1..5], 5)", True),
    ("is(1, 1)", True),
    ("not(true)", False),
    # a call with wrong arguments is null, as the standard says
    ("upper case(5)", None),
    ('substring("a")', None),
    ("nonsense(1)", None),
]


@pytest.mark.parametrize(("text", "expected"), BUILTINS)
def test_builtin(text: str, expected: object) -> None:
    assert feel.evaluate(text, {}) == expected


@pytest.mark.fault(21)
@pytest.mark.parametrize(
    ("rounds", "some", "every"),
    [
        ('[true, "no"]', None, None),
        ('[false, "no"]', None, None),
        ("[1]", None, None),
        ("[true, null]", True, None),
        ("[false, null]", None, False),
        ("[null]", None, None),
        ("[true, false]", True, False),
        ("[]", False, True),
        ("null", None, None),
    ],
)
def test_quantifiers_over_what_is_no_boolean(rounds: str, some: bool | None, every: bool | None) -> None:
    assert feel.evaluate(f"some x in {rounds} satisfies x", {}) is some
    assert feel.evaluate(f"every x in {rounds} satisfies x", {}) is every
    assert feel.evaluate(f"some x in {rounds}, y in [1] satisfies x", {}) is some


@pytest.mark.fault(21)
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sublist([1, 2, 3], 2.9)", [2, 3]),
        ("sublist([1, 2, 3], 1, 2.5)", [1, 2]),
        ("sublist([1, 2, 3], -1.5)", [3]),
        ("sublist([1, 2, 3], 0.5)", None),
        ("insert before([1, 2], 2.5, 9)", [1, 9, 2]),
        ("remove([1, 2, 3], 3.9)", [1, 2]),
        ("remove([1, 2, 3], 4)", None),
        ("list replace([1, 2, 3], -2.5, 9)", [1, 9, 3]),
        ("list replace([1, 2, 3], 0.9, 9)", None),
    ],
)
def test_the_whole_part_of_a_position_counts(text: str, value: object) -> None:
    assert feel.evaluate(text, {}) == value


@pytest.mark.parametrize(
    ("text", "pattern", "value"),
    [
        ("name-1", r"^[\i-[:]][\c-[:]]*$", True),
        (":name", r"^[\i-[:]][\c-[:]]*$", False),
        ("e", "[a-z-[aeiou]]", False),
        ("e", "[a-z-[aeiou-[e]]]", True),
        ("Ä", r"[\p{L}-[a-zA-Z]]", True),
        ("a", r"[\p{L}-[a-zA-Z]]", False),
        ("-", r"[\W]", True),
        ("A", r"[^a-z-[A]]", False),
        ("投", r"[\P{IsBasicLatin}-[诉]]", True),
        ("a", "[a-[a]]", False),
        ("a", "[z-a-[b]]", None),
        ("a", r"[\p{Xx}-[b]]", None),
        ("a", "[a-z-[b]", None),
    ],
)
def test_classes_of_characters_without_others(text: str, pattern: str, value: bool | None) -> None:
    assert feel.evaluate("matches(text, pattern)", {"text": text, "pattern": pattern}) is value


def test_own_functions_get_values_and_what_they_raise_comes_out() -> None:
    def deadline(kind: object, share: object) -> datetime:
        if kind != "resolve":
            raise LookupError(kind)
        assert share == Decimal("0.8")
        return datetime(2026, 3, 1, tzinfo=UTC)

    functions = {"deadline": deadline}
    assert feel.evaluate('deadline("resolve", 0.8)', {}, functions) == datetime(2026, 3, 1, tzinfo=UTC)
    with pytest.raises(LookupError):
        feel.evaluate('deadline("other", 0.8)', {}, functions)


def test_an_own_function_called_wrongly_is_said_in_words() -> None:
    def deadline(kind: str, share: Decimal) -> None:
        raise TypeError("from inside")

    with pytest.raises(feel.BadCall) as caught:
        feel.evaluate('deadline("resolve")', {}, {"deadline": deadline})
    assert caught.value.zh == "函数 deadline 的参数不对:给了 1 个，它要的是 (kind, share)"
    with pytest.raises(TypeError, match="from inside"):
        feel.evaluate('deadline("resolve", 1)', {}, {"deadline": deadline})


def test_the_caller_tells_the_time() -> None:
    moment = datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert feel.evaluate('now() + duration("PT1H")', {}, {"now": lambda: moment}) == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert feel.evaluate("today()", {}, {"now": lambda: moment}) == date(2026, 3, 1)
    with pytest.raises(feel.NoTime):
        feel.evaluate("now()", {})


def test_names_are_those_from_outside() -> None:
    expression = feel.compile("for i in 1..n return i + 小区.households + count(xs[price > limit]) + deadline(k)")
    assert expression.names == {"n", "小区", "xs", "k"}
    assert expression.fields == {"price", "limit"}
    assert expression.missing({"n": 1, "xs": []}) == ["deadline", "k", "小区"]
    assert expression.missing({"n": 1, "xs": [], "k": 1, "小区": {}}, {"deadline": lambda k: k}) == []


def test_a_slip_of_the_pen_finds_its_name() -> None:
    assert feel.nearest("urgncy", ["urgency", "amount"]) == "urgency"
    assert feel.nearest("Urgency", ["urgency", "amount"]) == "urgency"
    assert feel.nearest("完全不同", ["urgency", "amount"]) is None


def test_names_with_signs_are_found_when_told() -> None:
    known = frozenset({"cost/benefit", "date and place"})
    context = {"cost/benefit": 2, "date and place": 3, "cost": 10, "benefit": 5}
    assert feel.compile("cost/benefit + date and place", known).evaluate(context) == Decimal(5)
    assert feel.compile("cost/benefit").evaluate(context) == Decimal(2)
    assert feel.compile("cost / benefit * 2").evaluate(context) == Decimal(4)


def test_iso_text_of_timers() -> None:
    assert feel.parse_duration("PT4H") == timedelta(hours=4)
    assert feel.parse_duration(" P2W ") == timedelta(weeks=2)
    assert feel.parse_duration("P1Y6M") == YearsMonths(18)
    assert feel.parse_duration("4 hours") is None
    assert feel.parse_moment("2026-03-01T08:30:00Z") == datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
    assert feel.parse_moment("2026-03-01") == date(2026, 3, 1)
    assert feel.parse_moment("soon") is None
