"""Uploaded files: photos, PDF, short videos."""

from engine.files import limits, waiting
from engine.files.file import File, keep, of_complaint, of_request, path, remove, sweep
from engine.files.kinds import KINDS, BadFile
from engine.files.preparing import Prepared, prepare

__all__ = [
    "KINDS",
    "BadFile",
    "File",
    "Prepared",
    "keep",
    "limits",
    "of_complaint",
    "of_request",
    "path",
    "prepare",
    "remove",
    "sweep",
    "waiting",
]
