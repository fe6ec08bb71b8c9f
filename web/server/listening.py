"""The socket that all processes share."""

import os
import socket
import sys

from engine.core.errors import WrongSettings

if sys.platform != "win32":
    import resource


class Busy(WrongSettings):
    """The address cannot be used: something else listens there, or it is not an address of this machine."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises `Busy`.

    It listens before any process answers and while processes restart: clients that connect meanwhile wait.
    """
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind, protocol)
        if os.name == "posix":  # elsewhere it would let a second program listen on the same port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(2048)
    except OSError as refused:
        where, why = f"{host}:{port}", refused.strerror or str(refused)
        raise Busy(
            zh=f"无法在 {where} 上监听：{why}。请检查 BIHUAN_HOST 和 BIHUAN_PORT,或停止占用该端口的程序。",
            en=f"nothing can listen on {where}: {why}. Check BIHUAN_HOST and BIHUAN_PORT, or stop what is there.",
        ) from None
    listening.set_inheritable(True)
    return listening


def allow_many() -> None:
    """Raise the limit on open connections to what the system allows; the default is much lower."""
    if sys.platform != "win32":
        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
