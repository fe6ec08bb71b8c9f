"""Pages of residents and of the public."""
