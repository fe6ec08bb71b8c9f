"""Incoming mail: a new one becomes a complaint, a reply to one of ours is added to its complaint."""

from engine.mail_in import aside
from engine.mail_in.box import Address, MailboxSays, address
from engine.mail_in.rounds import again, forget, read
from engine.mail_in.rows import Mailbox, ReceivedMail, mailbox, quoted_by, state
from engine.mail_in.taking import Here

__all__ = [
    "Address",
    "Here",
    "Mailbox",
    "MailboxSays",
    "ReceivedMail",
    "address",
    "again",
    "aside",
    "forget",
    "mailbox",
    "quoted_by",
    "read",
    "state",
]
