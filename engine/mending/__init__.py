"""Mending what others drew: a repaired copy where there is one safe answer, a sketch to try out where there is not.

    mended = mending.repair(text)               # Mended: the copy's text, and what was done
    sketch = mending.sketch(text, available)    # playable at once; marked, so that it cannot be published

Nothing that the file holds is taken away: what has to give way stays in the file, out of effect, as `was:…` properties or
among the extensions of its element.
"""

from engine.checking import Available
from engine.checking.opening import Opened, open_file
from engine.diagrams.findings import MOST_NODES
from engine.mending.asking import Option, Question, questions
from engine.mending.drawing import Drawing, Mended
from engine.mending.repairing import repair as repair_drawing
from engine.mending.sketching import sketch as sketch_drawing

__all__ = ["Mended", "Option", "Question", "questions", "repair", "sketch"]


def repair(text: bytes) -> Mended:
    """Mend what has one safe answer. What is no BPMN diagram comes back as it is."""
    opened = open_file("", text)
    if opened.kind != "bpmn" or too_large(opened):
        return Mended(opened.text, opened.findings if opened.kind else ())
    drawing = Drawing(opened.text)
    repair_drawing(drawing)
    done = (*opened.findings, *drawing.done)
    return Mended(drawing.text() if drawing.done else opened.text, done)


def sketch(text: bytes, available: Available) -> Mended:
    """Make a drawing playable for trying it out. What holds no process with a flow node comes back as it is."""
    opened = open_file("", text)
    if not opened.playable or too_large(opened):
        return Mended(opened.text, ())
    drawing = Drawing(opened.text)
    sketch_drawing(drawing, available)
    return Mended(drawing.text() if drawing.done else opened.text, (*opened.findings, *drawing.done))


def too_large(opened: Opened) -> bool:
    return opened.diagram is not None and len(opened.diagram.nodes) > MOST_NODES
