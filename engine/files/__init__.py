"""Files that people bring: photos, PDF, short videos."""

from engine.files.file import File, keep, of_complaint, path, remove, sweep
from engine.files.kinds import KINDS, LARGEST, BadFile

__all__ = ["KINDS", "LARGEST", "BadFile", "File", "keep", "of_complaint", "path", "remove", "sweep"]
