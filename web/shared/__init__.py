"""Pieces that pages of several rooms show."""

from web.shared import case_diagrams, files

BLUEPRINTS = (files.blueprint, case_diagrams.blueprint)
