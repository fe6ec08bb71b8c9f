"""The diagrams of a draft as they are read here, and the words for their steps; each file is read once."""

from collections.abc import Mapping

from engine.bpmn import diagrams
from engine.bpmn.diagrams import Diagram
from engine.core.errors import BihuanError
from engine.letters import texts
from engine.processes import versions
from engine.processes.versions import Kept
from engine.scenarios.listings import Names
from web.shell.language import language

_read: Kept[str, Diagram | None] = Kept(32)


def read(text: bytes) -> Diagram | None:
    """A diagram; None when it cannot be read."""
    return _read.get(versions.hash_of({"": text}), lambda: _parsed(text))


def _parsed(text: bytes) -> Diagram | None:
    try:
        return diagrams.read(text)
    except BihuanError:
        return None


def title(text: bytes) -> str:
    """What a diagram's process is called, in the language of the page; empty where that cannot be read."""
    drawn = read(text)
    return ((drawn.process.name_en if language() == "en" else "") or drawn.process.name) if drawn else ""


def names(files: Mapping[str, bytes]) -> Names:
    """Words for the ids of processes and steps and the codes of letters."""
    found = {code: (each["name"]["zh"], each["name"]["en"]) for code, each in texts.shipped().items()}
    for path, text in files.items():
        drawn = read(text) if path.endswith(".bpmn") else None
        if drawn is not None:
            process = drawn.process
            found |= {node.id: (node.name, node.name_en or node.name) for node in drawn.nodes if node.name}
            found[process.id] = (process.name or process.id, process.name_en or process.name or process.id)
    return found
