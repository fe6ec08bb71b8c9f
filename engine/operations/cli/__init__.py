"""The `bihuan` command. `web.server.cli` adds `serve` to it."""

from engine.operations.cli import case_moves, company, complaints, facts, feel, history, importing, process, store
from engine.operations.cli.root import Console, bihuan, main

COMMANDS = (case_moves, company, complaints, facts, feel, history, importing, process, store)

__all__ = ["COMMANDS", "Console", "bihuan", "main"]
