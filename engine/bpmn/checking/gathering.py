"""Which files to check, and which others each of them needs."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from engine.bpmn import diagrams
from engine.bpmn.checking.folder import process_folder
from engine.core import xml
from engine.core.errors import BihuanError

ENDINGS = (".bpmn", ".bpmn2", ".bpmn20.xml", ".bpmn.xml", ".dmn", ".dmn.xml")
FORMS = (".json",)


class Gathered:
    """Diagrams and tables by path: those named, and those in the named folders."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.files: dict[Path, bytes] = {}
        for path in paths:
            for each in [path] if path.is_file() else files_in(path, ENDINGS):
                self.files[each] = read(each)
        self._folders: dict[Path, dict[str, bytes]] = {}
        self._ours: dict[Path, bool] = {}

    @cached_property
    def _called(self) -> dict[Path, frozenset[str]]:
        return {path: calls(text) for path, text in self.files.items()}

    @cached_property
    def _defining(self) -> Mapping[str, list[Path]]:
        found: dict[str, list[Path]] = {}
        for path, text in self.files.items():
            for process in processes(text):
                found.setdefault(process, []).append(path)
        return found

    def name(self, path: Path) -> str:
        """Return the file's name in a check: within a process's folder, its path there."""
        return "/".join(path.parts[-3:]) if self._is_ours(path) else path.name

    def beside(self, path: Path) -> dict[str, bytes]:
        """Return by name the files of its process folder; otherwise the named files whose processes it calls."""
        if self._is_ours(path):
            return self._folder(path.parents[2])
        found: dict[str, bytes] = {}
        todo = [path]
        while todo:
            for process in self._called[todo.pop()]:
                near = [each for each in self._defining.get(process, []) if each.parent == path.parent]
                if len(near) == 1 and near[0] != path and near[0].name not in found:
                    found[near[0].name] = self.files[near[0]]
                    todo.append(near[0])
        return found

    def _folder(self, root: Path) -> dict[str, bytes]:
        if root not in self._folders:
            inside = [*files_in(root / "bpmn", ENDINGS), *files_in(root / "forms", FORMS)]
            ours = [each for each in inside if process_folder(str(each)) and each.parents[2] == root]
            self._folders[root] = {"/".join(each.parts[-3:]): read(each) for each in ours}
        return self._folders[root]

    def _is_ours(self, path: Path) -> bool:
        """Return whether it lies in `bpmn/<process>` together with that process."""
        folder = path.parent
        if folder not in self._ours:
            near = [each for each in sorted(folder.glob("*.bpmn")) if process_folder(str(path))]
            self._ours[folder] = any(folder.name in processes(read(each)) for each in near)
        return self._ours[folder]


def files_in(folder: Path, endings: tuple[str, ...]) -> list[Path]:
    return sorted(each for each in folder.rglob("*") if each.name.lower().endswith(endings) and each.is_file())


def read(path: Path) -> bytes:
    """Return the file's content, or enough of it to show that it is too large."""
    with path.open("rb") as file:
        return file.read(xml.LARGEST + 1)


def calls(text: bytes) -> frozenset[str]:
    try:
        return frozenset(diagrams.read(text).called)
    except BihuanError:
        return frozenset()


def processes(text: bytes) -> frozenset[str]:
    try:
        return frozenset(process.id for process in diagrams.read(text).processes)
    except BihuanError:
        return frozenset()
