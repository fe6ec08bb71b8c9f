"""The answers that the domain reads by their keys: a form that has another key would lose them silently."""

from collections.abc import Iterator

from engine.bpmn.checking.folder import Folder, process_folder
from engine.bpmn.checking.meanings import with_called
from engine.bpmn.checking.references import absent
from engine.bpmn.checking.verdict import Available
from engine.bpmn.diagrams import Diagram
from engine.core.errors import Finding


def wrong(folder: Folder, available: Available, path: str, diagram: Diagram) -> Iterator[Finding]:
    """Yield the keys that the forms of a diagram's steps do not have although the domain reads them."""
    calls = {process.id: each.called for each in folder.diagrams.values() for process in each.processes}
    read = with_called(available.answers, calls)
    for node in diagram.nodes:
        wanted = read.get(node.process, {}).get(node.properties.get("counts_as", ""))
        keys = folder.keys.get((process_folder(path), node.form)) if node.form else None
        if wanted is None or keys is None:
            continue
        for key in sorted(wanted - keys):
            zh, en = f"问题（系统要读表单「{node.form}」的答复）", f'question that we read in the form "{node.form}":'
            yield absent(node, key, keys - wanted, zh, en)
