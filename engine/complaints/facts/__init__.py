"""Facts: what figures are computed from, one row a complaint, kept true by every transaction that changes one."""

from engine.complaints.facts.building import are_complete, begin_anew, build, differences
from engine.complaints.facts.deriving import FACTS, derive, forget, note
from engine.complaints.facts.following import note_work
from engine.complaints.facts.material import ALL
from engine.complaints.facts.rows import DAY, DAYS, SECOND_WITHIN, CallbackFact, CaseFact, ChangedDay

__all__ = [
    "ALL",
    "DAY",
    "DAYS",
    "FACTS",
    "SECOND_WITHIN",
    "CallbackFact",
    "CaseFact",
    "ChangedDay",
    "are_complete",
    "begin_anew",
    "build",
    "derive",
    "differences",
    "forget",
    "note",
    "note_work",
]
