"""Facts: what figures are computed from, one row a complaint and one a round, kept true by every step."""
