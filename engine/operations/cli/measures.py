"""The command that says the figures of a period: the same as the pages say."""

import json
from datetime import datetime, timedelta
from typing import Any

import click

from engine.company import places
from engine.core.errors import NotFound
from engine.measures import figures, targets
from engine.measures.definitions import MEASURES
from engine.measures.measure import Measure, Value
from engine.measures.scopes import Scope
from engine.operations.cli.root import Console, bihuan

DAY = click.DateTime(["%Y-%m-%d"])


@bihuan.command()
@click.option("--since", type=DAY, required=True, help="The first day.")
@click.option("--until", type=DAY, required=True, help="The last day.")
@click.option("--community", default="", metavar="CODE", help="Only this community, by its code.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@click.pass_obj
def measures(console: Console, since: datetime, until: datetime, community: str, as_json: bool) -> None:
    """Say every figure of a period, with its interval, its counts and up to when it is known."""
    first, after = since.date(), until.date() + timedelta(days=1)
    if first >= after:
        raise click.BadParameter("--since is after --until")
    with console.store.reading() as session:
        scope = Scope()
        if community:
            try:
                scope = Scope(frozenset({places.by_code(session, community).id}))
            except NotFound:
                raise click.BadParameter(f"no community has the code {community}") from None
        found = figures.values(session, None, list(MEASURES), scope, first, after)
        rows = [(MEASURES[code], found[code][""], targets.of(session, MEASURES[code])) for code in MEASURES]
    if as_json:
        click.echo(json.dumps([_row(*each) for each in rows], ensure_ascii=False, indent=1))
        return
    for measure, value, target in rows:
        console.say(_line(measure, value, target, 0), _line(measure, value, target, 1))


def _row(measure: Measure, value: Value, target: float | None) -> dict[str, Any]:
    between = value.interval
    return {
        "measure": measure.code, "version": measure.version, "name": measure.name[0], "name_en": measure.name[1],
        "unit": measure.unit, "value": value.value, "low": between and between.low, "high": between and between.high,
        "hit": value.hit, "of": value.of, "size": value.size, "excluded": value.excluded, "immature": value.immature,
        "matured_until": value.matured_until.isoformat(), "target": target,
    }  # fmt: skip


def _line(measure: Measure, value: Value, target: float | None, language: int) -> str:
    share = measure.unit in ("share", "time")

    def said(number: float) -> str:
        return f"{number * 100:.1f}%" if share else f"{number:.2f}"

    parts = [f"{measure.name[language]}: {said(value.value) if value.value is not None else '–'}"]
    if value.interval is not None:
        parts.append(f"[{said(value.interval.low)}, {said(value.interval.high)}]")
    parts.append(f"{value.hit:,.0f} / {value.of:,}")
    if target is not None:
        parts.append(("目标 " if language == 0 else "target ") + said(target))
    parts.append(("算到 " if language == 0 else "known until ") + value.matured_until.isoformat())
    return "  ".join(parts)
