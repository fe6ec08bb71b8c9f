"""Web Push: a letter to a browser, which shows it even when no page of ours is open (RFC 8030, 8291, 8292)."""

import base64
import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cached_property
from urllib.parse import urlsplit

import http_ece
import requests
import urllib3
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from engine.core.connections import Anywhere, PublicOnly, is_allowed
from engine.core.settings import Settings, secret
from engine.letters.browsers import Subscription
from engine.letters.people import Recipient
from engine.letters.ways import GONE, Outgoing

TIMEOUT = (3, 6)  # seconds, to connect and from one byte of the answer to the next
TOGETHER = 15.0
"""Seconds after which no browser is waited for: longer than a connection and its answer take."""

UNREACHED = "推送服务没有回应 / the push service did not answer"
"""One word for all of it: whoever adds a browser must not learn what stands in the company's network."""

KEPT = 600
"""How long a push service keeps a message for a browser that is offline, in seconds: an older alarm misleads."""

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of the curve P-256 (FIPS 186-4, D.1.2.3)."""


log = logging.getLogger("bihuan.outbox")


def key_of(settings: Settings) -> ec.EllipticCurvePrivateKey:
    """Return the key by which push services recognise this installation; made at first use, kept with the secrets."""
    number = int.from_bytes(secret(settings, "push"), "big") % (ORDER - 1) + 1
    return ec.derive_private_key(number, ec.SECP256R1())


def public_key(settings: Settings) -> str:
    """Return the public key as browsers want it when they subscribe."""
    point = key_of(settings).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def _encrypted(said: bytes, to: Subscription) -> bytes:
    """Return what only this browser can read (RFC 8291)."""
    return bytes(
        http_ece.encrypt(
            said,
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=_decoded(to.p256dh),
            auth_secret=_decoded(to.auth),
            version="aes128gcm",
        )
    )


def _decoded(key: str) -> bytes:
    return base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))


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
        """Give each letter to its browser's push service; what was refused is returned, `GONE` for lost browsers.

        All at once, so that none waits for another, and for `TOGETHER` seconds at most.
        """
        pool = ThreadPoolExecutor(max(1, len(letters)))
        sending = {pool.submit(self._send, letter): letter.key for letter in letters}
        wait(sending, timeout=TOGETHER)
        told = {key: each.result() if each.done() else UNREACHED for each, key in sending.items()}
        pool.shutdown(wait=False, cancel_futures=True)
        return {key: why for key, why in told.items() if why}

    def _send(self, letter: Outgoing) -> str:
        """Send one letter; return why it was refused, or ""."""
        to = letter.to.browser
        if to is None or not is_allowed(to.endpoint, anywhere=self.anywhere):
            return "推送地址不被允许 / the push address is not allowed"
        try:
            status = self._post(to, letter)
        except (http_ece.ECEException, urllib3.exceptions.HTTPError, OSError, ValueError) as broken:
            log.info("letter %s: %s", letter.key, broken)
            return UNREACHED
        if status in (404, 410):
            return GONE
        return "" if status < 203 else f"推送服务拒绝 / refused by the push service: {status}"

    def _post(self, to: Subscription, letter: Outgoing) -> int:
        """Return the push service's status. No redirect is followed, which could lead anywhere; no body is read."""
        said = json.dumps({"title": letter.subject, "body": letter.text, "page": letter.page})
        service = urlsplit(to.endpoint)
        until = int(time.time()) + 12 * 60 * 60
        claims = {"sub": self.contact, "aud": f"{service.scheme}://{service.netloc}", "exp": until}
        head = {
            **self._vapid.sign(claims),
            "Content-Encoding": "aes128gcm",
            "TTL": str(KEPT),
            "Urgency": "high",
            # a later one takes an earlier one's place
            "Topic": base64.urlsafe_b64encode(letter.page.encode()).decode()[:32],
        }
        body = _encrypted(said.encode(), to)
        with (
            self._session() as session,
            session.post(
                to.endpoint, data=body, headers=head, timeout=TIMEOUT, stream=True, allow_redirects=False
            ) as answer,
        ):
            return answer.status_code

    def _session(self) -> requests.Session:
        made = requests.Session()
        for scheme in ("http://", "https://"):
            made.mount(scheme, Anywhere() if self.anywhere else PublicOnly())
        return made

    @cached_property
    def _vapid(self) -> Vapid02:
        return Vapid02(key_of(self._settings))
