"""Facts: what figures are computed from, one row a complaint and one a round, kept true by every step."""

from engine.complaints.facts.rows import (
    DAY,
    DAYS,
    SECOND_WITHIN,
    CallbackFact,
    CaseFact,
    ChangedDay,
    RoundFact,
)

__all__ = ["DAY", "DAYS", "SECOND_WITHIN", "CallbackFact", "CaseFact", "ChangedDay", "RoundFact"]
