"""Comments on a case, among the staff who may see it: text, photos, and mentions."""

from engine.comments.audience import Reader, is_told, may_write, readers, require_seen, sees
from engine.comments.reading import MOST_SHOWN, Line, calls, earlier, of_case, unseen
from engine.comments.rows import LONGEST, Comment, Mention
from engine.comments.verbs import add, can_change, can_delete, change, delete, find, require_writable, seen

__all__ = [
    "LONGEST",
    "MOST_SHOWN",
    "Comment",
    "Line",
    "Mention",
    "Reader",
    "add",
    "calls",
    "can_change",
    "can_delete",
    "change",
    "delete",
    "earlier",
    "find",
    "is_told",
    "may_write",
    "of_case",
    "readers",
    "require_seen",
    "require_writable",
    "seen",
    "sees",
    "unseen",
]
