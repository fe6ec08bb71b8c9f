"""The process that runs the schedule."""

import socket
import threading
from pathlib import Path

from engine.core import logs, metrics
from engine.core.settings import Settings
from engine.operations import schedule


def run(told: threading.Event, settings: Settings, listening: socket.socket, figures: Path) -> None:
    """Run the schedule until `told`. It does not listen: a port is free when nobody is left who answers on it."""
    listening.close()
    logs.set_up(settings.log_format)
    metrics.share(figures)
    schedule.run(told, settings)
