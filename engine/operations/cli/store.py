"""Commands about the store: migrate, worker, backup, restore."""

from pathlib import Path

import click

from engine.core import logs, private, stopping
from engine.core.errors import Conflict
from engine.operations import backup as backups
from engine.operations import schedule, schema
from engine.operations.cli.root import Console, bihuan


@bihuan.command()
@click.pass_obj
def migrate(console: Console) -> None:
    """Bring the database to the newest shape (also the first time)."""
    schema.migrate(console.bare_store)
    private.mend(console.settings)
    console.say("数据库已是最新。", "The database is up to date.")


@bihuan.command()
@click.pass_obj
def worker(console: Console) -> None:
    """Run the schedule alone: fire timers, send messages, seal the history. Any number of workers may run."""
    console.require_newest_shape()
    logs.set_up(console.settings.log_format)
    private.mend(console.settings)
    told = stopping.on_signals()
    stopping.cut_after(told)
    console.say("后台任务已启动，按 Ctrl+C 停止。", "The worker runs; Ctrl+C stops it.")
    schedule.run(told, console.settings)


@bihuan.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def backup(console: Console, file: Path) -> None:
    """Write everything — rows, uploaded files, secrets — into FILE (.tar.gz). Keep it as safe as the database."""
    if not file.absolute().parent.is_dir():
        raise Conflict(zh=f"没有文件夹 {file.parent}。", en=f"There is no folder {file.parent}.")
    plan = backups.plan(console.store)
    with click.progressbar(length=plan.rows, label=file.name) as bar:
        backups.write(console.store, console.settings, file, told=bar.update)
    console.say(f"已备份 {plan.rows} 行到 {file}。", f"{plan.rows} rows backed up to {file}.")


@bihuan.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def restore(console: Console, file: Path, yes: bool) -> None:
    """Fill an empty installation from FILE, on the same or the other kind of database."""
    backed_up = backups.rows_in(file)
    if not yes:
        click.confirm(f"{file} → {console.bare_store.url!r}?", abort=True)
    schema.migrate(console.bare_store)
    with click.progressbar(length=backed_up, label=file.name) as bar:
        rows = backups.read(console.store, console.settings, file, told=bar.update)
    console.say(f"已恢复 {rows} 行。", f"{rows} rows restored.")
