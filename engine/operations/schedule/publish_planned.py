"""Publish what was planned, when its time comes; say of what could not be published why not."""

from engine.core.store import Store
from engine.scenarios import planning


def publish_planned(store: Store) -> int:
    """Begin what is due, and end what a job could not publish; return how many of both."""
    return store.attempt(planning.settle) + store.attempt(planning.begin_due)
