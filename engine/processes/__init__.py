"""Processes: published versions of diagrams, tables and forms, and what diagrams may call."""
