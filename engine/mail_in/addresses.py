"""Who wrote a mail, and whom an answer goes to."""

import re
from collections.abc import Collection
from email.message import Message
from email.utils import getaddresses

from engine.mail_in import decoding

_SIGN = r"[^@\s<>\"(),;\x00-\x1f\x7f-\x9f\ud800-\udfff]"
USABLE = re.compile(rf"{_SIGN}{{1,64}}@{_SIGN}{{1,188}}")
"""Without control characters and halves of characters, which no store takes."""

MACHINES = frozenset({"noreply", "donotreply", "autoreply", "autoresponder", "mailerdaemon", "postmaster", "bounce"})
"""Whose addresses nobody reads, without dots and dashes."""

Named = tuple[str, str]


def of(message: Message, name: str) -> list[Named]:
    """Return the names and usable addresses of a header.

    Addresses are found before encoded words are decoded (RFC 2047, 5), so that a name that contains a comma or an
    address is only a name.
    """
    said = [" ".join(each.split()) for each in decoding.raw(message, name)]
    found = [(decoding.words(called), _plain(address)) for called, address in getaddresses(said)]
    usable = [(called, address) for called, address in found if USABLE.fullmatch(address)]
    if usable or not said:
        return usable
    decoded = " ".join(decoding.words(each) for each in said)  # all of it was encoded, or it breaks the rules
    return [
        (called.strip(" \"'"), _plain(address))
        for called, address in re.findall(r"([^<>,;@]*?)[<＜\s]?([^\s<>,;@＜＞]+@[^\s<>,;@＜＞]+)", decoded)
        if USABLE.fullmatch(_plain(address))
    ]


def _plain(address: str) -> str:
    return address.strip().casefold()


def is_own(address: str, own: Collection[str]) -> bool:
    """Whether an address is the company's own, with or without a community's code after a plus."""
    local, _at, domain = address.rpartition("@")
    return address in own or f"{local.partition('+')[0]}@{domain}" in own


def is_machine(address: str) -> bool:
    """Whether nobody reads what is sent to an address."""
    return re.sub(r"[-_.]", "", address.partition("@")[0].partition("+")[0]) in MACHINES


def answered_at(message: Message, sender: Named, own: Collection[str]) -> Named:
    """Return who is answered (RFC 5322, 3.6.2): the first usable address of `Reply-To`, otherwise the sender.

    Addresses of the company or of machines are passed over: an answer to them would come back, or get lost.
    """
    named = [each for each in of(message, "Reply-To") if not is_own(each[1], own) and not is_machine(each[1])]
    if not named or any(address == sender[1] for _name, address in named):
        return sender
    return named[0]
