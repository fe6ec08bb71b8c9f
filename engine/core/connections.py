"""Connections to addresses that people gave us: to public ones only, and cut when they take too long."""

import ipaddress
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import urllib3
from requests.adapters import HTTPAdapter

LONGEST = 8.0
"""Seconds that a connection lasts at most: a time-out counts anew from each byte to the next."""

TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses that stand for IPv4 ones (RFC 6052)."""

UNICAST, RELAYED = ipaddress.ip_network("2000::/3"), ipaddress.ip_network("2002::/16")
MOST_ADDRESSES = 2


def is_public(address: str) -> bool:
    """Return whether an IP address is one of the internet. Raises `ValueError` for anything else than an address."""
    found = ipaddress.ip_address(address.split("%")[0])
    if found in TRANSLATED:
        found = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
    elif found.version == 6 and (found not in UNICAST or found in RELAYED):
        return False
    return found.is_global and not found.is_multicast


def is_allowed(address: str, *, anywhere: bool) -> bool:
    """Return whether we may connect to this address: https on a public host, unless `anywhere`.

    A name is not looked up here; the connection checks where it really leads (`PublicOnly`).
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if anywhere:
        return parts.scheme in ("http", "https") and bool(host)
    if parts.scheme != "https" or parts.username or port not in (None, 443) or "." not in host:
        return False
    try:
        return is_public(host)
    except ValueError:
        last = host.rstrip(".").rpartition(".")[2]  # a number ends what resolvers take for an address, as in 127.1
        return not last[:1].isdigit() and last not in ("local", "internal", "localhost")


class _Cut(urllib3.connection.HTTPConnection):
    """Cut after `LONGEST` seconds, wherever it stands."""

    _twin: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        self._twin = made.dup()  # TLS takes the first one over
        self._timer = threading.Timer(LONGEST, _shut, (self._twin,))
        self._timer.daemon = True
        self._timer.start()
        return made

    def close(self) -> None:
        if self._twin is not None:
            self._timer.cancel()
            self._twin.close()
        super().close()


def _shut(twin: socket.socket) -> None:
    with twin, suppress(OSError):  # it may have ended by itself
        twin.shutdown(socket.SHUT_RDWR)


class _CutHttps(_Cut, urllib3.connection.HTTPSConnection):
    pass


class _PublicHttps(_CutHttps):
    """Connects only to the addresses that were judged, whatever the name resolves to a moment later."""

    def _new_conn(self) -> socket.socket:
        if self.proxy is not None:
            return super()._new_conn()
        name, problem = self._dns_host, OSError("no address")
        try:
            for address in _public_addresses(name, self.port):
                self._dns_host = address
                try:
                    return super()._new_conn()
                except (OSError, urllib3.exceptions.HTTPError) as broken:
                    problem = OSError(str(broken))
        finally:
            self._dns_host = name
        raise problem


def _public_addresses(name: str, port: int) -> list[str]:
    """Look a name up. Raises `OSError` for one that is not known or leads into a private network."""
    found = [str(each[4][0]) for each in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]
    if not all(is_public(each) for each in found):
        raise OSError(f"{name} is a private address")
    return found[:MOST_ADDRESSES]


class _Pool(urllib3.HTTPConnectionPool):
    ConnectionCls = _Cut


class _HttpsPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _CutHttps


class _PublicPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _PublicHttps


class Anywhere(HTTPAdapter):
    """Connects to any address, with and without TLS."""

    pools: Mapping[str, type[urllib3.HTTPConnectionPool]] = MappingProxyType({"http": _Pool, "https": _HttpsPool})

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """Make connections of ours."""
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = dict(self.pools)

    def proxy_manager_for(self, *args: Any, **more: Any) -> urllib3.ProxyManager:
        """Make connections of ours to the proxy too, which looks names up itself and judges where they lead."""
        made: urllib3.ProxyManager = super().proxy_manager_for(*args, **more)
        made.pool_classes_by_scheme = dict(self.pools)
        return made


class PublicOnly(Anywhere):
    """Connects to public addresses with TLS only; to a proxy wherever that stands."""

    pools = MappingProxyType({"http": _Pool, "https": _PublicPool})
