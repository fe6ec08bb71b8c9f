"""The outbox: messages written with what causes them, sent after it, at least once."""

from engine.outbox.people import Recipient, recipient, secret
from engine.outbox.rows import Letter, Template
from engine.outbox.sending import Written, put, send_due, written
from engine.outbox.texts import change, seed
from engine.outbox.ways import LogWay, MailWay, Outgoing, Way, ways

__all__ = [
    "Letter",
    "LogWay",
    "MailWay",
    "Outgoing",
    "Recipient",
    "Template",
    "Way",
    "Written",
    "change",
    "put",
    "recipient",
    "secret",
    "seed",
    "send_due",
    "ways",
    "written",
]
