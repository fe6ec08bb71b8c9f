"""Scenarios: ways through a process, written beside its diagram, played with the real engine before it is published."""
