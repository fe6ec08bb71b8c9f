"""Pieces that pages of several rooms show."""

from web.shared import files

BLUEPRINTS = (files.blueprint,)
