"""Pages of residents and of the public."""

from web.residents import complain, follow, own_link, public, start

__all__ = ["BLUEPRINTS", "own_link"]

BLUEPRINTS = (
    start.blueprint,
    complain.blueprint,
    follow.blueprint,
    public.blueprint,
)
