"""Uploaded files: photos, PDF, short videos."""

from engine.files import limits
from engine.files.file import File, drop_unclaimed, keep, of_complaint, path, remove, sweep, waiting
from engine.files.kinds import KINDS, BadFile

__all__ = [
    "KINDS",
    "BadFile",
    "File",
    "drop_unclaimed",
    "keep",
    "limits",
    "of_complaint",
    "path",
    "remove",
    "sweep",
    "waiting",
]
