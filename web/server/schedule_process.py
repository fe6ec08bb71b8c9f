"""The process that runs the schedule."""

import socket
import threading
from pathlib import Path

from engine.core import logs, metrics
from engine.core.settings import Settings
from engine.operations import schedule


def run(told: threading.Event, settings: Settings, listening: socket.socket, figures: Path) -> None:
    """Run the schedule until `told`. It does not hold the socket: the port is free once no process answers."""
    listening.close()
    logs.set_up(settings.log_format)
    metrics.share(figures)
    schedule.run(told, settings)
