"""Cases: runs of a version, one row each; a step is one transaction."""

from engine.casework.cases import clock_list
from engine.casework.cases.answering import answer_for_resident
from engine.casework.cases.domain import OTHERWISE, Domain, enter
from engine.casework.cases.firing import MOST_IN_A_TURN, fire_due
from engine.casework.cases.helping import take, try_again
from engine.casework.cases.incidents import Incident
from engine.casework.cases.messages import begins
from engine.casework.cases.moving import move
from engine.casework.cases.retry import retry
from engine.casework.cases.rows import Case, KeptMessage, Wait
from engine.casework.cases.running import lock, record, recorded
from engine.casework.cases.step import afterwards
from engine.casework.cases.verbs import (
    act,
    complete,
    deliver,
    hold,
    is_done_by,
    readable,
    require_completable,
    start,
    variables,
)

__all__ = [
    "MOST_IN_A_TURN",
    "OTHERWISE",
    "Case",
    "Domain",
    "Incident",
    "KeptMessage",
    "Wait",
    "act",
    "afterwards",
    "answer_for_resident",
    "begins",
    "clock_list",
    "complete",
    "deliver",
    "enter",
    "fire_due",
    "hold",
    "is_done_by",
    "lock",
    "move",
    "readable",
    "record",
    "recorded",
    "require_completable",
    "retry",
    "start",
    "take",
    "try_again",
    "variables",
]
