"""Homes, buildings and the places that complaints are about."""
