"""Diagrams: read, check, mend and execute them; uses no tables."""
