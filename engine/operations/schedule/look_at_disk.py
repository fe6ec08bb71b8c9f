"""Warn before the disk is full."""

import logging

from engine.core.settings import Settings
from engine.operations import watching

log = logging.getLogger(__name__)


def look_at_disk(settings: Settings) -> None:
    """Log a warning when there is less room for files than the settings require."""
    room = watching.room(settings)
    if room.is_little:
        log.warning(
            "the disk of %s is nearly full: %d MB are left, %d are required", room.folder, room.left, room.wanted
        )
