"""Pieces that pages of several rooms show."""
