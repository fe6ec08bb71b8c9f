"""Limits of a complaint: deadlines, pauses, the ladder."""
