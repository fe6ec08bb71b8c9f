"""Names of our cookies: browsers share them between all ports of a host, so each installation has its own."""

import hashlib
from functools import cache

from engine.core.settings import Settings, secret


@cache
def named(settings: Settings, name: str = "") -> str:
    """The name of a cookie of this installation."""
    mark = hashlib.sha256(b"cookies" + secret(settings, "session")).hexdigest()[:8]
    return "-".join(filter(None, ("bihuan", mark, name)))


def secure(settings: Settings) -> bool:
    """Whether cookies are sent over TLS only."""
    return settings.public_url.startswith("https:")
