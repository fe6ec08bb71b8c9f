"""Commands about expressions and decision tables: evaluate one, test many."""

import json
import sys
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from engine import feel as language
from engine.core import clock
from engine.feel import dmn
from engine.feel.dmn.cases import Outcome, TableCase, folders, run_cases, shown
from engine.operations.cli.root import Console, bihuan

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@bihuan.command()
@click.argument("expression")
@click.option("--context", "file", type=FILE, help="Variables: a JSON file, or any file that holds a FEEL context.")
@click.pass_obj
def feel(console: Console, expression: str, file: Path | None) -> None:
    """Evaluate the FEEL expression EXPRESSION and print its value."""
    with kindly(console):
        variables = read_variables(file) if file else {}
        compiled = compiled_or_shown(expression)
        for name in compiled.missing(variables):
            unknown(console, name, variables)
        click.echo(shown(compiled.evaluate(variables, functions(console))))


@bihuan.group()
def decision() -> None:
    """Evaluate and test decision tables."""


@decision.command("eval")
@click.argument("file", type=FILE)
@click.option("--input", "inputs", multiple=True, help="name=FEEL, or a JSON file with all inputs; may be repeated.")
@click.option("--decision", "wanted", help="Id or name; without it, the decisions that no other one needs.")
@click.option("--explain", is_flag=True, help="Also print the matching rules and the value of each column.")
@click.pass_obj
def evaluate(console: Console, file: Path, inputs: tuple[str, ...], wanted: str | None, explain: bool) -> None:
    """Decide by the tables in FILE."""
    with kindly(console):
        model = dmn.read(file.read_bytes())
        variables = read_inputs(inputs)
        chosen = [model.decision(wanted).id] if wanted else last(model)
        for finding in dmn.check(model, variables, functions(console)):
            if finding.kind == "name" and finding.decision in needed(model, chosen):
                console.say(f"注意：{finding.zh}", f"note: {finding.en}", fg="yellow", err=True)
        for each in chosen:
            decided = model.decide(each, variables, functions(console))
            prefix = f"{model.decision(each).name}: " if len(chosen) > 1 else ""
            click.echo(prefix + shown(decided.value))
            if explain:
                tell(console, model, each, decided)


@decision.command()
@click.argument("paths", type=FOLDER, nargs=-1, required=True)
@click.pass_obj
def test(console: Console, paths: tuple[Path, ...]) -> None:
    """Run the test cases (XML as in the DMN conformance kit) in these folders and below.

    Their models lie beside them or one folder up. Exit code 1 when a case fails.
    """
    done: list[TableCase] = []
    for folder in dict.fromkeys(folder for path in paths for folder in folders(path)):
        for case in run_cases(folder, functions(console)):
            done.append(case)
            for outcome in case.outcomes:
                if not outcome.passed:
                    told(console, case, outcome)
    sum_up(console, [outcome for case in done for outcome in case.outcomes])
    passed = sum(case.passed for case in done)
    click.echo(f"{passed} passed, {len(done) - passed} failed")
    sys.exit(0 if done and passed == len(done) else 1)


# -- what goes in --------------------------------------------------------------------------------------------------


def read_variables(file: Path) -> Mapping[str, object]:
    """The variables in a file. Raises `click.UsageError` when it holds no context."""
    try:
        text = file.read_text(encoding="utf-8-sig")
        value = json.loads(text, parse_float=Decimal) if file.suffix == ".json" else language.evaluate(text, {})
    except (ValueError, RecursionError) as bad:
        raise click.UsageError(f"{file}: {bad}") from None
    if not isinstance(value, dict):
        raise click.UsageError(f'{file}: a context was expected, such as {{"amount": 800}}')
    return value


def read_inputs(inputs: tuple[str, ...]) -> dict[str, object]:
    """Variables from `name=FEEL` and files; later ones may use and replace earlier ones."""
    variables: dict[str, object] = {}
    for each in inputs:
        name, equals, expression = each.partition("=")
        if each.endswith(".json") and Path(each).is_file():
            variables |= read_variables(Path(each))
        elif equals and name.strip():
            variables[name.strip()] = compiled_or_shown(expression).evaluate(variables)
        else:
            raise click.UsageError(f"--input {each}: name=FEEL or a JSON file was expected")
    return variables


def functions(console: Console) -> language.Functions:
    """The time, in the company's zone."""
    zone = ZoneInfo(console.settings.timezone)
    return {"now": lambda: clock.now().astimezone(zone), "today": lambda: clock.now().astimezone(zone).date()}


def last(model: dmn.Model) -> list[str]:
    """The decisions that no other decision of the file requires."""
    required = {reference.id for decision in model.decisions.values() for reference in decision.requires}
    return [id for id in model.decisions if id not in required] or list(model.decisions)


def needed(model: dmn.Model, chosen: list[str]) -> set[str]:
    """These decisions and those that they require, directly or not."""
    found: set[str] = set()
    waiting = list(chosen)
    while waiting:
        id = waiting.pop()
        if id in model.decisions and id not in found:
            found.add(id)
            waiting += [reference.id for reference in model.decisions[id].requires]
    return found


# -- what comes out ------------------------------------------------------------------------------------------------


def tell(console: Console, model: dmn.Model, wanted: str, decided: dmn.Decided) -> None:
    """Which rules hit, and what each column saw; then the same of what was decided before."""
    found = model.decision(wanted)
    for column, value in zip(found.inputs, decided.inputs, strict=False):
        click.echo(f"  {column.label} = {shown(value)}")
    for rule in found.rules:
        if rule.number in decided.rules:
            cells = " | ".join((*rule.inputs, *rule.outputs, *rule.notes))
            console.say(f"  第 {rule.number} 行命中：{cells}", f"  rule {rule.number} hit: {cells}")
    for name, before in decided.required.items():
        click.echo(f"  {name}: {shown(before.value)}")
        tell(console, model, name, before)


def told(console: Console, case: TableCase, outcome: Outcome) -> None:
    place = f"{case.file} {outcome.case} {outcome.node}"
    expected, actual = shown(outcome.expected), outcome.failed or shown(outcome.actual)
    console.say(f"{place}:应为 {expected},得到 {actual}", f"{place}: expected {expected}, got {actual}", fg="red")


def sum_up(console: Console, outcomes: list[Outcome]) -> None:
    """One line: all results, and those where a value was expected (an engine that says nothing passes the others)."""
    valued = [outcome for outcome in outcomes if outcome.expected is not None]
    everything, values = share(outcomes), share(valued)
    console.say(
        f"结果：{everything};其中应有值的：{values}",
        f"result nodes: {everything}; those expected to have a value: {values}",
    )


def share(outcomes: list[Outcome]) -> str:
    passed = sum(outcome.passed for outcome in outcomes)
    percent = f" ({100 * passed / len(outcomes):.1f} %)" if outcomes else ""
    return f"{passed}/{len(outcomes)}{percent}"


def compiled_or_shown(expression: str) -> language.Expression:
    """The compiled expression; when it cannot be read, the place is pointed at first."""
    try:
        return language.compile(expression)
    except language.BadExpression as bad:
        line_start = expression.rfind("\n", 0, bad.position - 1) + 1
        line = expression[line_start:].partition("\n")[0]
        before = line[: bad.position - 1 - line_start]
        click.echo(f"{line}\n{' ' * width(before)}^", err=True)
        raise


def width(text: str) -> int:
    """Columns on a terminal; Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def unknown(console: Console, name: str, variables: Mapping[str, object]) -> None:
    meant = language.nearest(name, {*variables, *language.FUNCTION_NAMES})
    zh = f"注意：不认识的名称 {name}" + (f",是不是 {meant}?" if meant else "")
    en = f"note: unknown name {name}" + (f"; did you mean {meant}?" if meant else "")
    console.say(zh, en, fg="yellow", err=True)


@contextmanager
def kindly(console: Console) -> Iterator[None]:
    """Say what is wrong with an expression or a table, and end with exit code 1."""
    try:
        yield
    except language.FeelError as bad:
        console.say(bad.zh, bad.en, fg="red", err=True)
        sys.exit(1)
