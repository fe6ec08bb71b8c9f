"""Whether a password may be used: how many guesses would somebody need who knows the usual ones, and the people."""

import re
from collections.abc import Iterable

from zxcvbn import zxcvbn

SHORTEST, LONGEST = 8, 200
ESTIMATED = 72
"""Only the beginning of a longer one is estimated; that is enough."""

GUESSES = 10**8
"""What a password has to withstand: beside the throttle, years."""

USUAL = ["bihuan", "闭环", "wuye", "物业", "tousu", "投诉", "admin", "administrator", "root", "guanliyuan", "mima", "password", "kefu", "jingli", "baoan", "gongcheng", "woaini", "aini", "woai", "wojia", "woaiwojia", "woaizhongguo", "zhongguo", "beijing", "shanghai", "guangzhou", "shenzhen", "wodemima", "caonima", "nihao", "xiaoming", "xiaohong", "laopo", "laogong", "baobei", "baba", "mama", "jiayou", "gongxifacai", "facai", "wangwang", "huanying", "wang", "li", "zhang", "liu", "chen", "yang", "huang", "zhao", "wu", "zhou", "xu", "sun", "ma", "zhu", "hu", "guo", "he", "lin", "gao", "luo", "zheng", "liang", "xie", "song", "tang", "wei", "fang", "na", "min", "jing", "lei", "qiang", "jun", "yong", "jie", "juan", "yan", "ping", "hong", "gang", "ling", "hui", "zhangwei", "wangwei", "wangfang", "liwei", "lina", "zhangmin", "huawei", "xiaomi", "taobao", "weixin", "1314", "520", "521", "5201314", "1314520", "888", "666"]  # fmt: skip
"""What Chinese passwords are made of and zxcvbn's lists of words lack: habits, surnames, given names, this product."""


def weakness(password: str, about: Iterable[str] = ()) -> tuple[str, str] | None:
    """Return why a password may not be used, in Chinese and English, or None.

    `about`: names that somebody would try first: of the person, the login, the company.
    """
    if len(password) < SHORTEST:
        return f"密码至少 {SHORTEST} 个字符。", f"A password has at least {SHORTEST} characters."
    if len(password) > LONGEST:
        return f"密码最多 {LONGEST} 个字符。", f"A password has at most {LONGEST} characters."
    known = [part for each in about for part in (each, *re.split(r"\W+", each)) if len(part) > 1]
    found = zxcvbn(password[:ESTIMATED], user_inputs=[*known, *USUAL])
    if found["guesses"] < GUESSES:
        return (
            "这个密码太容易猜：常见的词、键盘顺序、姓名、年份怎样变换都不行。请换一个，例如几个不相干的词。",
            "This password is too easy to guess: common words, keyboard patterns, names and years do not help in any "
            "disguise. Choose another, such as several unrelated words.",
        )
    return None
