"""The studio: a process changed in the browser, tried, compared and published."""

from web.studio import drafts

__all__ = ["BLUEPRINTS"]

BLUEPRINTS = (drafts.blueprint,)
