"""Errors in expressions and tables. The docstring of an error is its message: Chinese, then English."""

from collections.abc import Sequence


class FeelError(Exception):
    """公式出错
    The expression failed
    """

    zh: str
    en: str

    def __init__(self, **facts: object) -> None:
        lines = (type(self).__doc__ or FeelError.__doc__ or "\n").strip().splitlines()
        self.zh, self.en = (line.strip().format(**facts) for line in lines[:2])
        super().__init__(f"{self.zh} / {self.en}")


class BadExpression(FeelError):
    """第 {position} 个字符处:{zh}
    At character {position}: {en}
    """

    def __init__(self, position: int, zh: str, en: str) -> None:
        self.position = position
        super().__init__(position=position, zh=zh, en=en)


class BoundReached(FeelError):
    """公式超出了「{zh}」的上限({limit})，请把它拆小
    The expression passed its bound on {en} ({limit}); split it into smaller ones
    """

    def __init__(self, bound: str, limit: int) -> None:
        self.bound, self.limit = bound, limit
        super().__init__(zh=BOUND_NAMES[bound], en=bound, limit=limit)


BOUND_NAMES = {
    "length of text": "公式长度",
    "number of words": "公式词数",
    "depth": "嵌套深度",
    "steps": "计算步数",
    "size of result": "结果大小",
}


class BadCall(FeelError):
    """函数 {name} 的参数不对:给了 {count} 个，它要的是 {signature}
    The arguments of {name} are wrong: {count} given, it takes {signature}
    """

    def __init__(self, name: str, count: int, signature: str) -> None:
        super().__init__(name=name, count=count, signature=signature)


class NoTime(FeelError):
    """公式用到了「{name}()」，但这里没有提供当前时间
    The expression asks for {name}(), but nobody has said what time it is here
    """

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


class BadModel(FeelError):
    """决策文件无法读取:{zh}
    The decision file cannot be read: {en}
    """

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh=zh, en=en)


class UnknownDecision(FeelError):
    """没有名为「{decision}」的决策，现有:{known}
    There is no decision "{decision}"; there are: {known}
    """

    def __init__(self, decision: str, known: Sequence[str]) -> None:
        super().__init__(decision=decision, known=", ".join(known))


class TableError(FeelError):
    """决策表「{table}」{place}:{zh}
    Decision table "{table}" {place_en}: {en}
    """

    def __init__(self, table: str, rules: Sequence[int], zh: str, en: str) -> None:
        self.table, self.rules = table, tuple(rules)
        numbers = ", ".join(map(str, rules))
        place = f"第 {numbers} 行" if rules else "整表"
        place_en = f"rule {numbers}" if rules else "as a whole"
        super().__init__(table=table, place=place, place_en=place_en, zh=zh, en=en)
