"""Tables as promises: every case has each of its limits, none is nothing, and none is there twice."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from engine.bpmn.checking.verdict import Promise
from engine.core.errors import Finding
from engine.feel import FeelError, compile, compile_tests, dmn, parse_duration


def broken(decision: dmn.Decision, promise: Promise | None) -> Iterator[Finding]:
    """Yield what a table promises and does not keep; without a promise only limits that are nothing."""
    for rule in decision.rules:
        for output, text in zip(decision.outputs, rule.outputs, strict=False):
            if "duration(?)" in output.allowed and _is_nothing(text):
                zh = f"第 {rule.number} 行「{output.label or output.name}」是零。时限必须大于零；不要这个时限，请删掉这一行。"
                en = f'row {rule.number}, "{output.label or output.name}" is nothing. Write a time, or remove the row.'
                yield Finding("error", decision.id, decision.name, zh, en)
    columns = [column.text.strip() for column in decision.inputs]
    if promise is not None and promise.by in columns:
        for code in promise.codes:
            yield from _kept(decision, promise, code, columns.index(promise.by))


def _kept(decision: dmn.Decision, promise: Promise, code: str, column: int) -> Iterator[Finding]:
    """Report what one kind of case (an urgency) has not, or has twice."""
    rows = [rule for rule in decision.rules if _hits(rule.inputs[column] if column < len(rule.inputs) else "", code)]
    counted = Counter(kind for rule in rows for kind in kinds(decision, rule, promise.of))
    zh_case, en_case = promise.codes[code]
    for kind, (zh_kind, en_kind) in promise.each.items():
        if not counted[kind]:
            zh = f"「{zh_case}」没有「{zh_kind}」时限。每一种都要有，请补上一行。"
            en = f'"{en_case}" has no limit "{en_kind}". Each must have one: add a row.'
            yield Finding("error", decision.id, decision.name, zh, en)
    for kind, count in counted.items():
        if count > 1 and len(decision.inputs) == 1:
            zh_kind, en_kind = promise.each.get(kind, (kind, kind))
            zh = f"「{zh_case}」的「{zh_kind}」时限写了 {count} 遍，只会用第一行。请只留一行。"
            en = f'"{en_case}" has the limit "{en_kind}" {count} times, and only the first row counts. Leave one.'
            yield Finding("error", decision.id, decision.name, zh, en)


def kinds(decision: dmn.Decision, rule: dmn.Rule, column: str) -> Iterator[str]:
    """Yield what a row says in the column that names its kind."""
    for output, text in zip(decision.outputs, rule.outputs, strict=False):
        if output.name == column:
            value = _value(text)
            if isinstance(value, str):
                yield value


def _hits(cell: str, code: str) -> bool:
    try:
        return compile_tests(cell or "-").holds(code, {}) is True
    except (FeelError, RecursionError):
        return True  # reported elsewhere


def _is_nothing(text: str) -> bool:
    value = _value(text)
    length = parse_duration(value) if isinstance(value, str) else value
    return isinstance(length, timedelta) and length <= timedelta()


def _value(text: str) -> object:
    try:
        found = compile(text) if text else None
        return None if found is None or found.names or found.calls - {"duration"} else found.evaluate({})
    except (FeelError, RecursionError):
        return None
