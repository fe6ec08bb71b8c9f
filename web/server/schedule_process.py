"""The process that runs the schedule."""

import socket
import threading

from engine.core.settings import Settings
from engine.operations import schedule


def run(told: threading.Event, settings: Settings, listening: socket.socket) -> None:
    """Run the schedule until `told`. It does not listen: a port is free when nobody is left who answers on it."""
    listening.close()
    schedule.run(told, settings)
