"""Pages of warnings."""

from web.warnings import page

BLUEPRINTS = (page.blueprint,)
"""Warnings: the list with how often they were right, and one with its reason and what became of it."""
