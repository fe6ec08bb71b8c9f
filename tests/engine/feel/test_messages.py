"""Error messages for wrong expressions: where, and what to do."""

import pytest

from engine import feel

SLIPS = [
    ("(1 + 2", 7, "缺少右括号", "a closing bracket ) is missing"),
    ("1 + 2)", 6, "多余的 )", '")" closes nothing'),
    ("amount == 5", 8, "比较请用一个 =", "use a single = to compare"),
    ("a && b", 3, "「并且」请写 and", 'write "and" instead of &&'),
    ("金额 ＞ 500", 4, "全角的 ＞ 请改成半角的 >", "write > instead of ＞"),
    ("max(1，2)", 6, "全角的 ， 请改成半角的 ,", "write , instead of ，"),
    ("“紧急”", 1, "文字请用半角双引号", "double quotes"),
    ('"紧急', 1, "引号没有配对", "the closing quote is missing"),
    ("if a then 1", 12, "缺少 else", '"else" is missing'),
    ("1 +", 4, "公式没有写完", "ends too early"),
    ("[1..5", 6, "区间没有结束", "the range has no end"),
    ("{a 1}", 5, "缺少冒号", "a colon : is missing"),
    ("some x in xs", 13, "缺少 satisfies", '"satisfies" is missing'),
    ("* 5", 1, "这里不应出现 *", 'unexpected "*"'),
    ("#", 1, "看不懂的字符 #", "unexpected character #"),
]


@pytest.mark.parametrize(("text", "position", "zh", "en"), SLIPS)
def test_slip(text: str, position: int, zh: str, en: str) -> None:
    with pytest.raises(feel.BadExpression) as caught:
        feel.compile(text)
    assert caught.value.position == position
    assert zh in caught.value.zh
    assert caught.value.zh.startswith(f"第 {position} 个字符处:")
    assert en in caught.value.en
    assert caught.value.en.startswith(f"At character {position}:")


def doubling(first: str, rest: str) -> str:
    entries = [f"a0: {first}", *(f"a{i}: {rest.replace('?', f'a{i - 1}')}" for i in range(1, 60))]
    return "{" + ", ".join(entries) + "}"


BOMBS = [
    ("(" * 10_000 + "1" + ")" * 10_000, "number of words"),
    ("(" * 3_000 + "1" + ")" * 3_000, "depth"),
    ("1" + "+1" * 2_000, "depth"),
    ("a" * 40_000, "length of text"),
    ("for i in 1..100000, j in 1..100000 return i * j", "steps"),
    ("some i in 1..100000 satisfies some j in 1..100000 satisfies false", "steps"),
    ("for i in 1..50000 return 7 ** 0.3333", "steps"),
    (doubling('"xxxxxxxxxx"', "? + ?"), "size of result"),
    (doubling("[1]", "concatenate(?, ?)"), "steps"),
    (doubling("[1]", "[?, ?]"), "steps"),
    (doubling("[1]", "[?, ?]")[:-1] + ", same: a59 = a58}.same", "steps"),
    (doubling("[1]", "[?, ?]")[:-1] + ", text: string(a59)}.text", "steps"),
    ("{f: function(n) f(n + 1), r: f(1)}", "depth"),
    ("{f: function(n) if n = 0 then 1 else f(n - 1) + f(n - 1), r: f(50)}", "steps"),
]


@pytest.mark.parametrize(("text", "bound"), BOMBS)
def test_bomb_meets_its_bound(text: str, bound: str) -> None:
    with pytest.raises(feel.BoundReached) as caught:
        feel.evaluate(text, {})
    assert caught.value.bound == bound
    assert bound in caught.value.en
    assert "上限" in caught.value.zh


HARMLESS = [
    ("9 ** (9 ** 9)", None),
    ("exp(99999999)", None),
    ('matches("' + "a" * 5_000 + 'b", "(a+)+$")', False),
]


@pytest.mark.parametrize(("text", "value"), HARMLESS)
def test_what_looks_like_a_bomb_is_quickly_done(text: str, value: object) -> None:
    assert feel.evaluate(text, {}) == value


def test_a_pattern_beyond_re2_is_null() -> None:
    assert feel.evaluate(r'matches("aa", "(a)\\1")', {}) is None
    assert feel.evaluate('matches("aa", "(?=a)")', {}) is None
