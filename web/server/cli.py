"""`bihuan serve`: the pages on a production WSGI server, with the schedule inside."""

import logging

import click
import waitress

from engine.operations.cli import Console, bihuan, main
from engine.operations.schedule import Schedule
from web import create_app

__all__ = ["main", "serve"]


@bihuan.command()
@click.option("--host", help="Address to listen on, instead of BIHUAN_HOST.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on, instead of BIHUAN_PORT.")
@click.option(
    "--threads", default=8, show_default=True, type=click.IntRange(1, 64), help="Requests answered at a time."
)
@click.option("--no-worker", is_flag=True, help="Leave the schedule to separate `bihuan worker` processes.")
@click.pass_obj
def serve(console: Console, host: str | None, port: int | None, threads: int, no_worker: bool) -> None:
    """Serve the pages, with the worker inside: enough for a small company."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    host, port = host or console.settings.host, port or console.settings.port
    app = create_app(console.settings, console.store)
    schedule = None if no_worker else Schedule(console.store, console.settings)
    if schedule:
        schedule.start()
    console.say(
        f"闭环运行于 http://{host}:{port} ,按 Ctrl+C 停止。", f"Bihuan runs on http://{host}:{port}, Ctrl+C stops it."
    )
    try:
        waitress.serve(
            app,
            host=host,
            port=port,
            threads=threads,
            ident=None,
            clear_untrusted_proxy_headers=not console.settings.behind_proxy,
        )
    finally:
        if schedule:
            schedule.stop()
