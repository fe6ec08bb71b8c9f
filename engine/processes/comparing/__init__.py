"""Compare two versions of a process as its owner would: step by step, row by row, field by field."""

from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from engine.core.errors import BihuanError
from engine.feel import FeelError
from engine.forms import Words
from engine.processes import versions
from engine.processes.comparing import diagrams, forms, scenarios, tables
from engine.processes.comparing.changes import Change, FileChanges, How, Part, Sort

__all__ = ["Change", "FileChanges", "How", "Part", "between", "of_file"]

Found = tuple[Words, list[Change], list[Change]]
"""The name of a file, what changed in it, and what was only drawn elsewhere."""

ORDER: tuple[Sort, ...] = ("diagram", "table", "form", "scenario", "file")
READERS: Mapping[Sort, Callable[[bytes, bytes], Found]] = {
    "diagram": diagrams.between,
    "table": tables.between,
    "form": forms.between,
    "scenario": scenarios.between,
}


def between(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[FileChanges]:
    """Return what differs, file by file: diagrams first, then tables, forms and scenarios."""
    found = [FileChanges(path, _sort(path), "removed") for path in old.keys() - new.keys()]
    found += [FileChanges(path, _sort(path), "added") for path in new.keys() - old.keys()]
    found += [of_file(path, old[path], new[path]) for path in old.keys() & new.keys() if old[path] != new[path]]
    return sorted(found, key=lambda each: (ORDER.index(each.sort), each.path))


def of_file(path: str, old: bytes, new: bytes) -> FileChanges:
    """Return what differs between two versions of a file."""
    sort = _sort(path)
    read = READERS.get(sort)
    if read is None:
        return FileChanges(path, sort, "changed")
    try:
        name, changes, quiet = read(old, new)
    except (BihuanError, FeelError):
        return FileChanges(path, sort, "changed", unread=True)
    return FileChanges(path, sort, "changed", tuple(changes), tuple(quiet), name=name)


def _sort(path: str) -> Sort:
    match PurePosixPath(path).suffix.lower():
        case ".bpmn":
            return "diagram"
        case ".dmn":
            return "table"
        case ".json":
            return "scenario" if versions.is_scenario(path) else "form"
    return "file"
