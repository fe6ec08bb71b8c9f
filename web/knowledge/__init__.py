"""Pages of knowledge."""

from web.knowledge import page

BLUEPRINTS = (page.blueprint,)
"""Articles: the list, one with who has read it, writing and changing them."""
