"""`bihuan serve`: the pages, served by several processes, and the schedule in its own process."""

import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from engine.core import logs
from engine.operations.cli import Console, bihuan, main
from web.server import page_process, processes, schedule_process
from web.server.listening import listen

__all__ = ["main", "serve"]

MOST = 32
"""Processes that answer requests; with more, a database of usual size would run out of connections."""


def usual() -> int:
    """Default number of processes that answer requests: one per core, at most 4."""
    return min(4, os.cpu_count() or 1)


@bihuan.command()
@click.option("--host", help="Address to listen on, instead of BIHUAN_HOST.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on, instead of BIHUAN_PORT.")
@click.option(
    "--processes",
    "count",
    type=click.IntRange(1, MOST),
    default=usual,
    show_default="as many as cores, at most 4",
    help="Processes that answer requests.",
)
@click.option(
    "--threads", default=2, show_default=True, type=click.IntRange(1, 64), help="Requests at a time in each process."
)
@click.option("--no-worker", is_flag=True, help="Leave the schedule to separate `bihuan worker` processes.")
@click.pass_obj
def serve(console: Console, host: str | None, port: int | None, count: int, threads: int, no_worker: bool) -> None:
    """Serve the pages, and run the schedule in a process of its own."""
    settings = replace(console.settings, host=host or console.settings.host, port=port or console.settings.port)
    console.require_newest_shape()
    console.close()  # each process opens its own connections
    logs.set_up(settings.log_format)
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
                f"闭环运行于 http://{settings.host}:{settings.port} ,按 Ctrl+C 停止。",
                f"Bihuan runs on http://{settings.host}:{settings.port}, Ctrl+C stops it.",
            ),
        )
