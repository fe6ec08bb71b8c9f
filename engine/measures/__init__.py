"""Figures that can be signed: what is measured, how sure it is, what is more than chance, and the cases behind it."""

from engine.measures import cases

__all__ = ["cases"]
