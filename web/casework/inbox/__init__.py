"""The inbox: what is mine and my department's, the latest due first; saved views, and acts on many tasks at once."""

from web.casework.inbox import bulk, saved
from web.casework.inbox.page import blueprint, end_of_day

__all__ = ["blueprint", "bulk", "end_of_day", "saved"]
