"""Make a drawing playable at once, for trying it out. Nothing is removed; every draft is marked."""

from engine.bpmn.checking import Available
from engine.bpmn.mending import bodies, branches, doing, events, flowing, repairing
from engine.bpmn.mending.drawing import Drawing

STEPS = (
    bodies.unknown_elements, bodies.kinds, bodies.empty, bodies.compensations, bodies.instantiating,
    flowing.loose, flowing.across, flowing.wrong_ends, flowing.unattached,
    events.one_definition, events.links, events.misplaced, events.thrown_nowhere, events.names,
    bodies.on_event, bodies.starts, flowing.dead_ends, events.races,
    doing.by_hand, doing.texts, doing.repetitions, events.timers,
    branches.ignored, branches.choices,
)  # fmt: skip


def sketch(drawing: Drawing, available: Available) -> None:
    """Do the safe repairs, then all drafts."""
    repairing.repair(drawing)
    for step in STEPS:
        step(drawing, available)
