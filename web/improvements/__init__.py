"""Pages of improvements."""

from web.improvements import page

BLUEPRINTS = (page.blueprint,)
