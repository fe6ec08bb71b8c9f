"""Diagrams: reading, checking, mending and executing them; no tables."""
