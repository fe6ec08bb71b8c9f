"""`bihuan serve`: the pages, served by several processes, and the schedule in its own process."""

import os
import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from engine.core import logs, private
from engine.core.errors import WrongSettings
from engine.core.settings import Settings
from engine.operations import first_start
from engine.operations.cli import Console, bihuan, main
from engine.operations.cli.company import replace_known_passwords
from engine.operations.demo import known_passwords
from web.server import page_process, processes, schedule_process
from web.server.listening import listen

__all__ = ["main", "serve"]

MOST = 32
"""Processes that answer requests; with more, a database of usual size would run out of connections."""


def usual() -> int:
    """Default number of processes that answer requests.

    Twice as many as cores: while one waits for the disk, the database or its turn to write, another one works.
    """
    return min(8, 2 * (os.cpu_count() or 1))


@bihuan.command()
@click.option("--host", help="Address to listen on, instead of BIHUAN_HOST.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on, instead of BIHUAN_PORT.")
@click.option(
    "--processes",
    "count",
    type=click.IntRange(1, MOST),
    default=usual,
    show_default="twice as many as cores, at most 8",
    help="Processes that answer requests.",
)
@click.option(
    "--threads",
    default=4,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Requests at a time in each process; the next begins when one ends or takes long.",
)
@click.option("--no-worker", is_flag=True, help="Leave the schedule to separate `bihuan worker` processes.")
@click.pass_obj
def serve(console: Console, host: str | None, port: int | None, count: int, threads: int, no_worker: bool) -> None:
    """Serve the pages, and run the schedule in a process of its own."""
    settings = replace(console.settings, host=host or console.settings.host, port=port or console.settings.port)
    console.require_newest_shape()
    _keep_strangers_out(console, settings)
    hint = _first_page(console, settings)
    console.close()  # each process opens its own connections
    logs.set_up(settings.log_format)
    private.mend(settings)
    listening = listen(settings.host, settings.port)
    with TemporaryDirectory(prefix="bihuan-figures-") as folder:
        figures, own = Path(folder), page_process.share(settings, count, threads)
        works = [
            processes.Work(f"pages {number + 1}", page_process.answer, (settings, listening, own, figures))
            for number in range(count)
        ]
        if not no_worker:
            works.append(processes.Work("schedule", schedule_process.run, (settings, listening, figures)))
        processes.keep(
            works,
            lambda: console.say(
                f"闭环运行于 http://{settings.host}:{settings.port} ,按 Ctrl+C 停止。{hint[0]}",
                f"Bihuan runs on http://{settings.host}:{settings.port}, Ctrl+C stops it.{hint[1]}",
            ),
        )


def _first_page(console: Console, settings: Settings) -> tuple[str, str]:
    """Where to set up the company, in Chinese and English, as long as there is none."""
    with console.store.reading() as session:
        if not first_start.is_needed(session):
            return "", ""
    there = f"{settings.address}/start?token={first_start.token(settings)}"
    return f"\n还没有公司，请打开这个地址建立：{there}", f"\nThere is no company yet; set it up here: {there}"


def _keep_strangers_out(console: Console, settings: Settings) -> None:
    """Ask for new passwords where others would meet people with a known one. Raises `WrongSettings`."""
    if not known_passwords.is_outside(settings):
        return
    with console.store.reading() as session:
        count = len(known_passwords.holders(session))
    if not count:
        return
    if not sys.stdin.isatty():
        raise WrongSettings(
            zh=f"{count} 个演示账号还在用人人都知道的密码，不能对外提供服务。请先运行 bihuan demo --new-password。",
            en=f"{count} accounts of the demo still have the password that everybody knows and are not served to others; run `bihuan demo --new-password` first.",
        )
    replace_known_passwords(console)
