"""Mail that comes in: a new one becomes a complaint, an answer to one of ours is added to its complaint."""

from engine.mail_in.rows import Mailbox, ReceivedMail, mailbox

__all__ = ["Mailbox", "ReceivedMail", "mailbox"]
