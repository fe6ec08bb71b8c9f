"""The token-game oracle: random diagrams, run in the engine and in a small independent token simulation.

`drawing` holds a diagram as values, `writing` writes it as BPMN, `inventing` makes random ones, `game` plays tokens as
the standard says, with `tokens` and `ways` (none of them knows the engine or its library), `comparing` runs both and compares.
"""
