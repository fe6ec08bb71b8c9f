"""The ground: store, clock, errors, settings, the one XML parser."""
