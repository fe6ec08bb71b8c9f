"""The inbox: one's own and the department's tasks, most overdue first; saved views and bulk actions."""

from web.casework.inbox import bulk, saved
from web.casework.inbox.page import blueprint, end_of_day

__all__ = ["blueprint", "bulk", "end_of_day", "saved"]
