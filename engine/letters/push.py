"""Web Push: a letter to a browser, which shows it even when no page of ours is open (RFC 8030, 8291, 8292)."""

import base64
import ipaddress
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

import requests
import urllib3
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from pywebpush import WebPushException, webpush
from requests.adapters import HTTPAdapter

from engine.core.settings import Settings, secret
from engine.letters.browsers import is_allowed
from engine.letters.people import Recipient
from engine.letters.ways import GONE, Outgoing

TIMEOUT = (4, 10)  # seconds, to connect and to be answered
AT_ONCE = 8
KEPT = 600
"""How long a push service keeps a message for a browser that is offline, in seconds: an older alarm misleads."""

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of the curve P-256 (FIPS 186-4, D.1.2.3)."""


def key_of(settings: Settings) -> ec.EllipticCurvePrivateKey:
    """Return the key by which push services recognise this installation; made at first use, kept with the secrets."""
    number = int.from_bytes(secret(settings, "push"), "big") % (ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


def public_key(settings: Settings) -> str:
    """Return the public key as browsers want it when they subscribe."""
    point = key_of(settings).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


class PrivateAddress(OSError):
    """A push service's name leads into a private network."""


class _PublicConnection(urllib3.connection.HTTPSConnection):
    """Connects to public addresses only, whatever a name resolves to."""

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        if not ipaddress.ip_address(made.getpeername()[0].split("%")[0]).is_global:
            made.close()
            raise PrivateAddress(f"{self.host} is a private address")
        return made


class _PublicPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _PublicConnection


class _PublicOnly(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = {"https": _PublicPool}


class PushWay:
    """Sends to browsers. `anywhere`: also without https and to private addresses."""

    name = "push"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.anywhere = settings.push_anywhere
        self.contact = f"mailto:{settings.mail_from}" if "@" in settings.mail_from else "mailto:nobody@example.com"

    def reaches(self, to: Recipient) -> bool:
        """Return whether the recipient is a browser."""
        return to.browser is not None

    def send(self, letters: list[Outgoing]) -> dict[str, str]:
        """Give each letter to its browser's push service; what was refused is returned, `GONE` for lost browsers."""
        with ThreadPoolExecutor(AT_ONCE) as several:  # a push service that is not reached holds up no other
            told = several.map(self._send, letters)
        return {letter.key: why for letter, why in zip(letters, told, strict=True) if why}

    def _send(self, letter: Outgoing) -> str:
        """Send one letter; return why it was refused, or ""."""
        to = letter.to.browser
        if to is None or not is_allowed(to.endpoint, anywhere=self.anywhere):
            return "推送地址不被允许 / the push address is not allowed"
        topic = base64.urlsafe_b64encode(letter.page.encode()).decode()[:32]  # a later one takes an earlier one's place
        try:
            webpush(
                {"endpoint": to.endpoint, "keys": {"p256dh": to.p256dh, "auth": to.auth}},
                json.dumps({"title": letter.subject, "body": letter.text, "page": letter.page}),
                vapid_private_key=self._vapid,
                vapid_claims={"sub": self.contact},
                ttl=KEPT,
                headers={"Urgency": "high", "Topic": topic},
                timeout=TIMEOUT,
                requests_session=self._session(),
            )
        except WebPushException as refused:
            return GONE if refused.status_code in (404, 410) else f"{refused.status_code}: {refused.message}"[:300]
        except (requests.RequestException, OSError, ValueError) as broken:
            return f"{type(broken).__name__}: {broken}"[:300]
        return ""

    def _session(self) -> requests.Session:
        """Return a session that follows no redirect, which could lead anywhere."""
        made = requests.Session()
        made.max_redirects = 0
        if not self.anywhere:
            made.mount("https://", _PublicOnly())
        return made

    @cached_property
    def _vapid(self) -> Vapid02:
        return Vapid02(key_of(self._settings))
