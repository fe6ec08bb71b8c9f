"""Pages of residents and of the public."""

from web.residents import apply, complain, follow, follow_request, own_link, public, start

__all__ = ["BLUEPRINTS", "own_link"]

BLUEPRINTS = (
    start.blueprint,
    complain.blueprint,
    follow.blueprint,
    apply.blueprint,
    follow_request.blueprint,
    public.blueprint,
)
