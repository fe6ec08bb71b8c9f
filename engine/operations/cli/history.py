"""Commands about the record."""

import sys

import click

from engine import history as record
from engine.operations.cli.root import Console, bihuan
from engine.operations.schedule import seals_log


@bihuan.group()
def history() -> None:
    """The record of what happened."""


@history.command()
@click.pass_obj
def verify(console: Console) -> None:
    """Read the whole history and say whether anything was changed behind its back. Exit code 1 if so."""
    with console.store.reading() as session:
        total = record.count(session)
        with click.progressbar(length=total, label="history") as bar:
            broken = record.verify(session, seals_log(console.settings), bar.update)
    for place in broken:
        click.secho(place.text(console.language), fg="red")
    if broken:
        places = "1 place does" if len(broken) == 1 else f"{len(broken)} places do"
        console.say(f"{len(broken)} 处有问题。", f"{places} not verify.", fg="red")
        sys.exit(1)
    console.say(f"{total} 条记录全部完好。", f"All {total} entries verify.", fg="green")
