"""Complaints that go along with others."""
