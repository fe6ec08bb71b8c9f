"""`bihuan serve`: several processes that answer requests, and one that runs the schedule, kept by a parent."""

from web.server.listening import Busy, listen
from web.server.processes import Work, keep

__all__ = ["Busy", "Work", "keep", "listen"]
