"""Building blocks of expressions: variables, literals of each kind, and fitting arguments of functions."""

CONTEXT: dict[str, object] = {
    "amount": 800,
    "share": 0.25,
    "minus": -3,
    "name": "Ann Lee",
    "小区": "阳光里",
    "Full Name": "王芳",
    "urgent": True,
    "nothing": None,
    "numbers": [3, 1, 2, 2],
    "words": ["b", "a", "c", "b"],
    "flags": [True, False],
    "empty": [],
    "rows": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}, {"a": 3, "b": "x"}],
    "one": {"a": 1, "b": "x", "inner": {"c": 5}},
    "?": 5,
}

VARIABLES: dict[str, tuple[str, ...]] = {
    "number": ("amount", "share", "minus", "one.a", "one.inner.c", "rows[1].a"),
    "string": ("name", "小区", "Full Name", "one.b"),
    "boolean": ("urgent",),
    "list:number": ("numbers", "rows.a"),
    "list:string": ("words", "rows.b"),
    "list:boolean": ("flags",),
    "list:context": ("rows", "[one]"),
    "context": ("one", "rows[2]", "one.inner"),
}

DATES = ("2026-02-14", "2024-02-29", "2025-12-31", "2026-01-31", "1999-06-15")
TIMES = ("08:30:00", "00:00:00", "23:59:59", "12:15:30Z", "09:00:00+08:00", "10:00:00@Asia/Shanghai")
MOMENTS = (
    "2026-02-14T08:30:00",
    "2024-02-29T23:59:59Z",
    "2025-12-31T00:00:00+08:00",
    "2026-07-01T12:00:00@Europe/Paris",
)
DAYS = ("P1D", "PT4H", "P2DT3H30M", "-PT90M", "PT0S", "PT36H")
MONTHS = ("P1Y", "P3M", "P2Y6M", "-P1M", "P14M")

LITERALS: dict[str, tuple[str, ...]] = {
    "number": ("0", "1", "2", "3", "5", "7", "10", "42", "0.5", ".25", "1.5", "2.75", "100", "12.345", "1e3"),
    "string": ('""', '"a"', '"b"', '"abc"', '"foobar"', '"A b C"', '"阳光里"', r'"a\"b"', r'"é"', '"2,5"', '"\\\\"'),
    "boolean": ("true", "false"),
    "null": ("null",),
}

PATTERNS = ('"^a"', '"[a-c]+"', '"o*b"', '"A B"', '"."', '"x|b"', '"(o)(b)"', '"\\\\d"', '"阳"')
NUMERALS = ('"12"', '"-3.5"', '"1e2"', '".5"', '"abc"', '""', '"1 000"')
KEYS = ('"a"', '"b"', '"z"')

# Parameters for which a random value of the kind would seldom work.
ARGUMENTS: dict[tuple[str, str], tuple[str, ...]] = {
    ("number", "from"): (*NUMERALS, '"1,000.5"', '"1.000,5"'),
    ("number", "grouping separator"): ('","', '"."', '" "', "null"),
    ("number", "decimal separator"): ('"."', '","', "null"),
    ("date:string", "from"): (*(f'"{each}"' for each in DATES), '"2026-02-30"', '"today"'),
    ("time:string", "from"): (*(f'"{each}"' for each in TIMES), '"25:00:00"'),
    ("date and time:string", "from"): (*(f'"{each}"' for each in MOMENTS), '"2026-02-14"', '"2026-02-30T10:00:00"'),
    ("duration:string", "from"): (*(f'"{each}"' for each in (*DAYS, *MONTHS)), '"P1W"', '"4h"'),
    ("date", "year"): ("2026", "1999", "2024"),
    ("date", "month"): ("1", "2", "12", "13"),
    ("date", "day"): ("1", "28", "29", "31"),
    ("time", "hour"): ("0", "8", "23", "24"),
    ("time", "minute"): ("0", "59"),
    ("time", "second"): ("0", "30"),
    ("time", "offset"): ('@"PT8H"', '@"-PT5H"', "null"),
    ("date and time", "timezone"): ('"Z"', '"Europe/Paris"', '"Asia/Shanghai"'),
    ("matches", "pattern"): PATTERNS,
    ("matches", "flags"): ('""', '"i"', '"s"', '"x"'),
    ("replace", "pattern"): PATTERNS,
    ("replace", "replacement"): ('"-"', '"$1"', '""', '"[$1]"'),
    ("replace", "flags"): ('""', '"i"'),
    ("split", "delimiter"): ('" "', '"o"', '","', '"[ob]"'),
    ("contains", "match"): ('"a"', '"oo"', '""'),
    ("starts with", "match"): ('"a"', '"foo"', '""'),
    ("ends with", "match"): ('"c"', '"bar"', '""'),
    ("substring before", "match"): ('"a"', '"b"', '""', '"z"'),
    ("substring after", "match"): ('"a"', '"b"', '""', '"z"'),
    ("substring", "start position"): ("1", "2", "3", "-1", "-2", "0", "9"),
    ("substring", "length"): ("1", "2", "9"),
    ("sublist", "start position"): ("1", "2", "-1", "-2", "0", "9"),
    ("sublist", "length"): ("1", "2"),
    ("insert before", "position"): ("1", "2", "-1", "0", "9"),
    ("remove", "position"): ("1", "2", "-1", "0", "9"),
    ("list replace", "position"): ("1", "2", "-1", "0", "9"),
    ("list replace", "match"): (
        "function(item, newItem) item = 2",
        "function(item, newItem) item = newItem",
        'function(item, newItem) item = "b"',
    ),
    ("sort", "precedes"): ("function(x, y) x < y", "function(x, y) x > y"),
    ("get value", "key"): KEYS,
    ("get value", "keys"): ('["a"]', '["inner", "c"]', '["z", "c"]', "[]"),
    ("context put", "key"): KEYS,
    ("context put", "keys"): ('["a"]', '["inner", "c"]', '["inner", "d"]', '["z", "c"]'),
    ("context", "entries"): ('[{key: "a", value: 1}]', '[{key: "a", value: 1}, {key: "b", value: "x"}]', "[]"),
    ("context merge", "contexts"): ("[one, {z: 1}]", "rows", "[{a: 1}, {a: 2}]", "[]"),
    ("string join", "delimiter"): ('","', '""', '"-"', "null"),
    ("string join", "prefix"): ('"<"',),
    ("string join", "suffix"): ('">"',),
    ("decimal", "scale"): ("0", "1", "2"),
    ("floor", "scale"): ("0", "1", "-1"),
    ("ceiling", "scale"): ("0", "1", "-1"),
    ("round up", "scale"): ("0", "1", "2", "-1"),
    ("round down", "scale"): ("0", "1", "2", "-1"),
    ("round half up", "scale"): ("0", "1", "2", "-1"),
    ("round half down", "scale"): ("0", "1", "2", "-1"),
    ("modulo", "divisor"): ("3", "-3", "0.5", "0"),
    ("sqrt", "number"): ("4", "2", "0", "-1"),
    ("log", "number"): ("1", "10", "0", "-1"),
    ("exp", "number"): ("0", "1", "-2"),
    ("odd", "number"): ("1", "2", "-3", "0", "1.5"),
    ("even", "number"): ("1", "2", "-3", "0", "1.5"),
    ("range", "from"): ('"[1..5]"', '"(1..5)"', '"[\\"a\\"..\\"c\\"]"', '"<5"', '"nothing"'),
}

# The kind of a function's result; "any" where it depends.
RESULTS: dict[str, str] = {
    "not": "boolean",
    "is": "boolean",
    "get value": "any",
    "get entries": "list:context",
    "context": "context",
    "context put": "context",
    "context merge": "context",
    "string": "string",
    "number": "number",
    "date": "date",
    "time": "time",
    "date and time": "date and time",
    "duration": "days and time duration",
    "years and months duration": "years and months duration",
    "list contains": "boolean",
    "min": "any",
    "max": "any",
    "mode": "list:number",
    "all": "boolean",
    "any": "boolean",
    "split": "list:string",
    "matches": "boolean",
    "contains": "boolean",
    "starts with": "boolean",
    "ends with": "boolean",
    "odd": "boolean",
    "even": "boolean",
    "now": "date and time",
    "today": "date",
    "day of week": "string",
    "month of year": "string",
    "range": "range:number",
    **dict.fromkeys(
        ["sublist", "append", "concatenate", "insert before", "remove", "list replace", "reverse", "union"], "list:any"
    ),
    **dict.fromkeys(["distinct values", "duplicate values", "flatten", "sort"], "list:any"),
    "index of": "list:number",
    **dict.fromkeys(
        [
            *["before", "after", "meets", "met by", "overlaps", "overlaps before", "overlaps after", "finishes"],
            *["finished by", "includes", "during", "starts", "started by", "coincides"],
        ],
        "boolean",
    ),
    **dict.fromkeys(
        [
            *["substring", "upper case", "lower case", "trim", "substring before", "substring after", "string join"],
            "replace",
        ],
        "string",
    ),
    **dict.fromkeys(
        [
            *["abs", "count", "sum", "product", "mean", "median", "stddev", "decimal", "floor", "ceiling", "round up"],
            *["round down", "round half up", "round half down", "modulo", "sqrt", "log", "exp", "random number"],
            *["string length", "day of year", "week of year"],
        ],
        "number",
    ),
}
