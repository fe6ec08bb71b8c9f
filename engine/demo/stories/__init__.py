"""The stories of the demo: one complaint each, and how far it has come by now."""

from engine.demo.stories import closed, handling, late, new
from engine.demo.stories.telling import STORIES, Telling

__all__ = ["STORIES", "Telling", "closed", "handling", "late", "new"]
