"""Cases: runs of a version, one row each; a step is one transaction."""

from engine.cases.incidents import Incident
from engine.cases.retry import retry
from engine.cases.rows import Case, KeptMessage, Wait
from engine.cases.running import lock, record
from engine.cases.step import afterwards, listen
from engine.cases.verbs import act, complete, deliver, fire_due, is_done_by, require_completable, start, variables
from engine.cases.writing import due_from

__all__ = [
    "Case",
    "Incident",
    "KeptMessage",
    "Wait",
    "act",
    "afterwards",
    "complete",
    "deliver",
    "due_from",
    "fire_due",
    "is_done_by",
    "listen",
    "lock",
    "record",
    "require_completable",
    "retry",
    "start",
    "variables",
]
