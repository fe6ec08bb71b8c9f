"""Tasks: work that waits for a person in a case; who may see and do it."""

from engine.casework.tasks import beginning, lengths, reminding
from engine.casework.tasks.barring import doers_barred, is_barred
from engine.casework.tasks.eligibility import (
    find,
    for_whom,
    is_free_for,
    is_seen,
    is_theirs,
    may_do,
    may_do_if_given,
    require_doable,
    stands_in_for,
)
from engine.casework.tasks.figures import Figures, figures, news, steps
from engine.casework.tasks.lists import MOST, Wanted, in_order, inbox, of_case, rows_of
from engine.casework.tasks.opening import close, open_new, restate, set_due, set_urgent
from engine.casework.tasks.rows import MOST_URGENT, Answer, Bar, State, Task, is_open

__all__ = [
    "MOST",
    "MOST_URGENT",
    "Answer",
    "Bar",
    "Figures",
    "State",
    "Task",
    "Wanted",
    "beginning",
    "close",
    "doers_barred",
    "figures",
    "find",
    "for_whom",
    "in_order",
    "inbox",
    "is_barred",
    "is_free_for",
    "is_open",
    "is_seen",
    "is_theirs",
    "lengths",
    "may_do",
    "may_do_if_given",
    "news",
    "of_case",
    "open_new",
    "reminding",
    "require_doable",
    "restate",
    "rows_of",
    "set_due",
    "set_urgent",
    "stands_in_for",
    "steps",
]
