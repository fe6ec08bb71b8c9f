"""Cases: runs of a version, one row each; a step is one transaction."""

from engine.cases.incidents import Incident, open_incidents
from engine.cases.retry import retry
from engine.cases.rows import Case, KeptMessage, Wait
from engine.cases.step import act, afterwards, complete, deliver, fire_due, listen, lock, record, start, variables

__all__ = [
    "Case",
    "Incident",
    "KeptMessage",
    "Wait",
    "act",
    "afterwards",
    "complete",
    "deliver",
    "fire_due",
    "listen",
    "lock",
    "open_incidents",
    "record",
    "retry",
    "start",
    "variables",
]
