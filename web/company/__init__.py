"""Pages of places, people, roles, hours and homes."""
