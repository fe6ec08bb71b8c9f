"""Files that people bring: photos, PDF, short videos."""

from engine.files.file import File, drop_unclaimed, keep, of_complaint, path, remove, sweep
from engine.files.kinds import KINDS, LARGEST, BadFile

__all__ = ["KINDS", "LARGEST", "BadFile", "File", "drop_unclaimed", "keep", "of_complaint", "path", "remove", "sweep"]
