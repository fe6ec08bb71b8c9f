"""The last row of a kind that a table loses: an error, which a person can overrule with a reason."""

from collections.abc import Iterator, Mapping

from engine.core.errors import BihuanError, Finding, Refused
from engine.feel import FeelError, compile, compile_tests, dmn, syntax
from engine.processes import topics


class LastRows(Refused):
    """A table would lose all its rows of some kind; it can be published with a reason for that."""


def lost(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Return what tables would no longer say anything about, compared with the version in use."""
    return tuple(each for path in old if path in new and path.endswith(".dmn") for each in _lost(old[path], new[path]))


def _lost(old: bytes, new: bytes) -> Iterator[Finding]:
    try:
        before, after = dmn.read(old).decisions, dmn.read(new).decisions
    except (BihuanError, FeelError):
        return
    for id in before.keys() & after.keys():
        kept = set(_kinds(after[id]))
        for kind in sorted(set(_kinds(before[id])) - kept):
            zh = f"「{kind}」的最后一行没有了，以后不再有这一种。要这样，请写明理由。"
            en = f'the last row of "{kind}" is gone, so there will be none of that kind. Say why if you want it so.'
            yield Finding("error", id, after[id].name, zh, en)


def _kinds(decision: dmn.Decision) -> Iterator[str]:
    """Yield the kinds of a table's rows: what its promise, its first answer or its first column of numbers names."""
    promise = topics.ALLOWED.promises.get(decision.id)
    first = decision.outputs[0] if decision.outputs else None
    named = promise.of if promise else first.name if first and first.allowed.startswith('"') else ""
    for rule in decision.rules:
        for output, text in zip(decision.outputs, rule.outputs, strict=False):
            if output.name == named:
                yield from _literal(text)
        if not named and decision.inputs and decision.inputs[0].type == "number" and rule.inputs:
            yield from _number(rule.inputs[0])


def _literal(text: str) -> Iterator[str]:
    try:
        node = compile(text).node if text else None
    except (FeelError, RecursionError):
        return
    if isinstance(node, syntax.Literal) and isinstance(node.value, str):
        yield node.value


def _number(cell: str) -> Iterator[str]:
    try:
        node = compile_tests(cell or "-").node
    except (FeelError, RecursionError):
        return
    for test in node.tests if isinstance(node, syntax.AnyOf) else ():
        if isinstance(test, syntax.ValueTest) and isinstance(test.value, syntax.Literal):
            yield str(test.value.value)
