"""How staff correct a complaint."""
