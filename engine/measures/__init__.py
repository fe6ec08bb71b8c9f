"""Figures that can be signed: how sure they are, and what is more than chance."""
