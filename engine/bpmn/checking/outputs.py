"""Compare the output cells of a table with the output values its head allows (DMN), before cases meet a slip."""

from collections.abc import Iterator

from engine.core.errors import Finding
from engine.feel import FeelError, Tests, compile, compile_tests, dmn


def not_allowed(model: dmn.Model) -> Iterator[Finding]:
    """Yield constant cells that the output values of their column do not allow."""
    for decision in model.decisions.values():
        for at, output in enumerate(decision.outputs):
            tests = _read(output.allowed)
            if tests is None:
                continue
            for rule in decision.rules:
                text = rule.outputs[at] if at < len(rule.outputs) else ""
                if text and _is_outside(text, tests):
                    label = output.label or output.name
                    zh, en = _expected(output.allowed)
                    yield Finding(
                        "error",
                        decision.id,
                        decision.name,
                        f"第 {rule.number} 行「{label}」：{text} 不能用，{zh}。",
                        f'row {rule.number}, "{label}": {text} cannot be used, {en}.',
                    )


def _expected(allowed: str) -> tuple[str, str]:
    """Return what a cell should be, in words."""
    if "duration(?)" in allowed:
        return (
            "请写成 PT15M（15 分钟）、PT24H 或 P3D（3 天）这样的时长",
            "write a duration like PT15M (15 minutes), PT24H or P3D (3 days)",
        )
    return f"允许的值：{allowed}", f"allowed are {allowed}"


def _read(allowed: str) -> Tests | None:
    try:
        return compile_tests(allowed) if allowed else None
    except (FeelError, RecursionError):
        return None  # reported elsewhere


def _is_outside(text: str, tests: Tests) -> bool:
    """Return whether the cell is a constant that no test allows; cells that depend on variables are not judged."""
    try:
        expression = compile(text)
        if expression.names or expression.calls:
            return False
        return tests.holds(expression.evaluate({}), {}) is not True
    except (FeelError, RecursionError):
        return False
