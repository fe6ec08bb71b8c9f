"""The `bihuan` command. `web.cli` adds `serve` to it."""

from engine.cli import company, history, process, store
from engine.cli.root import Console, bihuan, main

COMMANDS = (company, history, process, store)

__all__ = ["COMMANDS", "Console", "bihuan", "main"]
