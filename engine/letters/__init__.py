"""The outbox: messages written with what causes them, sent after it, at least once."""

from engine.letters import browsers, outbox, returns, rules
from engine.letters.configured import ways
from engine.letters.holding import done
from engine.letters.people import Recipient, recipient, secret
from engine.letters.rows import Letter, Template
from engine.letters.sending import Written, put, send_due, withdraw, written
from engine.letters.texts import FIELDS, change, codes, seed
from engine.letters.ways import LogWay, MailWay, Outgoing, Way

__all__ = [
    "FIELDS",
    "Letter",
    "LogWay",
    "MailWay",
    "Outgoing",
    "Recipient",
    "Template",
    "Way",
    "Written",
    "browsers",
    "change",
    "codes",
    "done",
    "outbox",
    "put",
    "recipient",
    "returns",
    "rules",
    "secret",
    "seed",
    "send_due",
    "ways",
    "withdraw",
    "written",
]
