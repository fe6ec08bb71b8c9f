"""The ways to send letters of this installation, the best first."""

from engine.core.settings import Settings
from engine.letters.push import PushWay
from engine.letters.ways import LogWay, MailWay, Way


def ways(settings: Settings) -> tuple[Way, ...]:
    """Return the configured ways; in demo mode the log stands in where there is no other. Raises `WrongSettings`."""
    mail = (MailWay(settings.smtp_url, settings.mail_from, plain=settings.mail_plain),) if settings.smtp_url else ()
    log = (LogWay(),) if settings.demo else ()
    return (PushWay(settings), *mail, *log)
