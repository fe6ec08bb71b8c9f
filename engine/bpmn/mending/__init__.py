"""Mend diagrams: a repaired copy where there is one safe answer, a sketch to try out where there is not.

    mended = mending.repair(text)               # Mended: the copy's text, and what was done
    sketch = mending.sketch(text, available)    # playable at once; marked, so that it cannot be published
    mending.try_out(mended.text, sketch.text)   # Tried, a process each: what could not be played to an end, and why

Nothing is removed from the file: replaced parts stay in it without effect, as `was:…` properties or among the
extensions of their element.
"""

from collections.abc import Callable

from engine.bpmn import diagrams
from engine.bpmn.checking import Available
from engine.bpmn.checking.opening import Opened, open_file
from engine.bpmn.mending import repairing, sketching
from engine.bpmn.mending.asking import Option, Question, questions
from engine.bpmn.mending.drawing import Drawing, Mended
from engine.bpmn.mending.playing import Player
from engine.bpmn.mending.trying import Tried, try_out
from engine.core.errors import Finding

__all__ = ["Mended", "Option", "Player", "Question", "Tried", "questions", "repair", "sketch", "try_out"]


def repair(text: bytes) -> Mended:
    """Repair what has one safe answer. A file that is not BPMN is returned unchanged. Raises nothing."""
    opened = open_file("", text)
    if opened.kind != "bpmn" or too_large(opened):
        return Mended(opened.text, opened.findings if opened.kind else ())
    return changed(opened, repairing.repair)


def sketch(text: bytes, available: Available) -> Mended:
    """Make a drawing playable for trying it out. Without a process with a flow node, it is returned unchanged.

    `available` says which services exist; others become manual work. Raises nothing.
    """
    opened = open_file("", text)
    if not opened.playable or too_large(opened):
        return Mended(opened.text, ())
    return changed(opened, lambda drawing: sketching.sketch(drawing, available))


def changed(opened: Opened, change: Callable[[Drawing], None]) -> Mended:
    try:
        drawing = Drawing(opened.text)
        change(drawing)
        text = drawing.text() if drawing.done else opened.text
    except (
        Exception
    ) as problem:  # whatever a file contains, people get words, never a traceback, and their file unchanged
        what = f"{type(problem).__name__}: {problem}"[:200]
        zh, en = f"这个文件没有修改成功({what})。", f"this file could not be mended ({what})."
        return Mended(opened.text, (*opened.findings, Finding("error", "", "", zh, en)))
    return Mended(text, (*opened.findings, *drawing.done))


def too_large(opened: Opened) -> bool:
    return opened.diagram is not None and any(diagrams.too_large(opened.diagram))
