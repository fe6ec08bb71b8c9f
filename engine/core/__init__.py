"""Foundations: store, clock, errors, settings, the XML parser."""
