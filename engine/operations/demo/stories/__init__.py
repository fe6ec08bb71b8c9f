"""The stories of the demo: one complaint each, up to its present state."""

from engine.operations.demo.stories import closed, handling, improving, late, new, reporting, together
from engine.operations.demo.stories.telling import STORIES, Telling

__all__ = ["STORIES", "Telling", "closed", "handling", "improving", "late", "new", "reporting", "together"]
