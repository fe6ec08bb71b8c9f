"""Tasks: work that waits for a person in a case; who may see and do it."""

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
from engine.casework.tasks.lists import MOST, Figures, Wanted, by_ids, figures, in_order, inbox, news, of_case, steps
from engine.casework.tasks.opening import close, open_new, set_due
from engine.casework.tasks.rows import MOST_URGENT, Answer, Bar, State, Task, is_open, read

__all__ = [
    "MOST",
    "MOST_URGENT",
    "Answer",
    "Bar",
    "Figures",
    "State",
    "Task",
    "Wanted",
    "by_ids",
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
    "may_do",
    "may_do_if_given",
    "news",
    "of_case",
    "open_new",
    "read",
    "require_doable",
    "set_due",
    "stands_in_for",
    "steps",
]
