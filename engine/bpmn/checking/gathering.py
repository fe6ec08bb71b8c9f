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


Files = Mapping[str, bytes]


class Gathered:
    """Diagrams and tables by path: those named, and those in the named folders and archives.

    `packed` are the contents of archives among the paths. `elsewhere` are processes by name that a file may call or
    belong to when the rest of them is not there: one downloaded process can then be checked alone.
    """

    def __init__(
        self, paths: Iterable[Path], elsewhere: Mapping[str, Files] = {}, packed: Mapping[Path, Files] = {}
    ) -> None:
        self.files: dict[Path, bytes] = {}
        self._elsewhere, self._packed = elsewhere, packed
        for path in paths:
            if path in packed:
                self.files |= {path / name: text for name, text in packed[path].items() if name.endswith(ENDINGS)}
                continue
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
        archive = self._archive(path)
        if archive is not None:
            return path.relative_to(archive).as_posix()
        if self._is_ours(path):
            return "/".join(path.parts[-3:])
        process = self._left(path)
        return f"bpmn/{process}/{path.name}" if process else path.name

    def beside(self, path: Path) -> dict[str, bytes]:
        """Return by name the files that belong to it: of its folder or archive, and of what it calls."""
        near = self._near(path)
        found, todo = dict(near), [*calls(self.files[path]), *(each for text in near.values() for each in calls(text))]
        defined = {process for text in (*near.values(), self.files[path]) for process in processes(text)}
        while todo:
            process = todo.pop()
            if process not in defined and process in self._elsewhere:
                defined.add(process)
                for name, text in self._elsewhere[process].items():
                    found.setdefault(name, text)
                    todo += calls(text)
        return found

    def _archive(self, path: Path) -> Path | None:
        return next((each for each in path.parents if each in self._packed), None)

    def _left(self, path: Path) -> str:
        """Return the process elsewhere whose tables or forms a lone diagram names; "" for none."""
        try:
            diagram = diagrams.read(self.files[path])
        except BihuanError:
            return ""
        named = {*(f"{each}.json" for each in diagram.forms), *(f"{each}.dmn" for each in diagram.decisions)}
        for process in processes(self.files[path]):
            if any(name.rpartition("/")[2] in named for name in self._elsewhere.get(process, ())):
                return process
        return ""

    def _near(self, path: Path) -> dict[str, bytes]:
        archive, process = self._archive(path), self._left(path)
        if archive is not None:
            return dict(self._packed[archive])
        if self._is_ours(path):
            return self._folder(path.parents[2])
        if process:
            mine = processes(self.files[path])
            whole = self._elsewhere[process]
            return {
                name: text for name, text in whole.items() if not name.endswith(".bpmn") or not mine & processes(text)
            }
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
