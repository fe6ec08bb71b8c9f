"""What is wrong with decision tables, cell by cell."""

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from engine.bpmn.checking import asked, outputs, promises
from engine.bpmn.checking.verdict import Available
from engine.core.errors import Finding
from engine.feel import FeelError, compile, compile_tests, dmn


def wrong(path: str, model: dmn.Model, available: Available) -> Iterator[Finding]:
    """Yield everything that stops a decision of the file from working, or from keeping what it promises."""
    found = [*unreadable(path, model), *outputs.not_allowed(model)]
    for decision in model.decisions.values():
        found += promises.broken(decision, available.promises.get(decision.id))
        found += asked.of_table(decision, available.asked.get(decision.id))
        found += asked.of_regions(decision, available.regions)
    yield from found
    said = {each.place for each in found}
    for each in dmn.check(model):
        if each.serious and each.decision not in said:
            name = model.decisions[each.decision].name if each.decision in model.decisions else ""
            where_zh = f"第 {each.rule} 行：" if each.rule else ""
            where_en = f"row {each.rule}: " if each.rule else ""
            yield Finding("error", each.decision, name, where_zh + each.zh, where_en + each.en)


def unreadable(path: str, model: dmn.Model) -> Iterator[Finding]:
    """Yield cells and column heads that are not valid FEEL, by table, row and column."""
    if not model.decisions:
        yield Finding("error", PurePosixPath(path).name, "", "文件里没有决策。", "there is no decision in this file.")
    for decision in model.decisions.values():
        for column in decision.inputs:
            if column.text:
                yield from cell(decision, compile, column.text, column.label or column.text, 0)
        for rule in decision.rules:
            for column, text in zip(decision.inputs, rule.inputs, strict=False):
                yield from cell(decision, compile_tests, text, column.label or column.text, rule.number)
            for output, text in zip(decision.outputs, rule.outputs, strict=False):
                if text:
                    yield from cell(decision, compile, text, output.label or output.name, rule.number)


def cell(decision: dmn.Decision, read: Callable[[str], object], text: str, column: str, row: int) -> Iterator[Finding]:
    try:
        read(text)
    except (FeelError, RecursionError) as bad:
        zh, en = (bad.zh, bad.en) if isinstance(bad, FeelError) else ("嵌套太深", "nested too deeply")
        where_zh = f"第 {row} 行「{column}」" if row else f"列「{column}」"
        where_en = f'row {row}, "{column}"' if row else f'column "{column}"'
        yield Finding("error", decision.id, decision.name, f"{where_zh}:{zh}", f"{where_en}: {en}")
