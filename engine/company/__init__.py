"""The company: places, people, roles, permissions, hours."""
