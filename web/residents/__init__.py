"""Pages of residents and of the public."""

from web.residents import complain, follow, public, start

BLUEPRINTS = (
    start.blueprint,
    complain.blueprint,
    follow.blueprint,
    public.blueprint,
)
