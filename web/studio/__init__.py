"""The studio: a process changed in the browser, tried, compared and published."""

from web.studio import diagrams, drafts, presence

__all__ = ["BLUEPRINTS"]

BLUEPRINTS = (drafts.blueprint, diagrams.blueprint, presence.blueprint)
