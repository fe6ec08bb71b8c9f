"""Figures: measures with what stands behind them, why complaints are late, how long they take, where they repeat."""

from web.figures import durations, flattering, index, late, measure, places, wall

BLUEPRINTS = (
    index.blueprint,
    measure.blueprint,
    late.blueprint,
    durations.blueprint,
    places.blueprint,
    flattering.blueprint,
    wall.blueprint,
)
