"""Import a company's files: complaints, households, people."""

from engine.importing import keeping, meanings, sheets, undoing
from engine.importing.columns import KINDS, Field, Kind
from engine.importing.counting import summary
from engine.importing.faults import Fault, NoColumns, Unreadable
from engine.importing.rows import Import
from engine.importing.running import Opened, Outcome, Wish, open_file, run, sample

__all__ = [
    "KINDS",
    "Fault",
    "Field",
    "Import",
    "Kind",
    "NoColumns",
    "Opened",
    "Outcome",
    "Unreadable",
    "Wish",
    "keeping",
    "meanings",
    "open_file",
    "run",
    "sample",
    "sheets",
    "summary",
    "undoing",
]
