"""Read the mailbox, if there is one."""

from collections.abc import Callable
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from engine import mail_in
from engine.core.settings import Settings, secret
from engine.core.store import Store


def read_mail(store: Store, settings: Settings, stopped: Callable[[], bool] = lambda: False) -> int:
    """Import new mails; return how many became or joined a complaint. Does nothing without `imap_url`."""
    if not settings.imap_url:
        return 0
    where = mail_in.address(settings.imap_url, plain=settings.mail_plain)
    own = {parseaddr(settings.mail_from)[1].casefold(), where.user.casefold()}
    ours = sorted(each for each in own if "@" in each)
    here = mail_in.Here(secret(settings, "links"), settings.files, ours, ZoneInfo(settings.timezone))
    return mail_in.read(store, where, here, stopped)
