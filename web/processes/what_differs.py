"""What files change, compared with a version: which files, and which cells of their tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.processes import differences, uploads
from engine.processes.differences import Difference


@dataclass(frozen=True, slots=True)
class Differs:
    """The changed files with how, and what changed within each that can be told."""

    files: Sequence[tuple[str, str]]
    cells: Mapping[str, Sequence[Difference]]

    def __bool__(self) -> bool:
        return bool(self.files)


def of(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Differs:
    """Compare files with those of a version."""
    changed = uploads.changes(old, new)
    cells = {path: differences.of_files(path, old[path], new[path]) for path, how in changed if how == "changed"}
    return Differs(changed, cells)
