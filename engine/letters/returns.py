"""What comes back about a mail of ours: that it could not be delivered, or that it was (RFC 3464, RFC 8098)."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.letters.rows import BOUNCED, DELIVERED, HANDED_OVER, Letter

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Report:
    """A report about the mail named `mail_id`; `said`: the mail server's reason when it was not `delivered`."""

    mail_id: str
    delivered: bool
    said: str = ""


def note(session: Session, report: Report) -> list[Letter]:
    """Note what became of the letters in a mail of ours; return them, empty when the mail is none of ours.

    A report of failure counts even after one of success: a forwarding server may be the first to answer.
    """
    sent = (Letter.mail_id == report.mail_id, Letter.sent_at.is_not(None))
    found = list(session.scalars(select(Letter).where(*sent)))
    for letter in found:
        if not report.delivered:
            letter.state, letter.error = BOUNCED, report.said[:LONGEST] or None
        elif letter.state == HANDED_OVER:
            letter.state = DELIVERED
    session.flush()
    return found
