"""Complaints that follow others."""
