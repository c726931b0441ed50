"""Names to addresses: all of them, since each is a door of its own."""

from __future__ import annotations

import ipaddress
import socket
from queue import Empty, SimpleQueue
from threading import Thread

_MOST = 8192
"""Addresses kept of one name: more than two answers of the DNS hold, which are 64 KiB at most."""
_PATIENCE = 5.0


def resolve(host: str, *, timeout: float = _PATIENCE) -> tuple[str, ...]:
    """Every IPv4 and IPv6 address of `host`, in the resolver's order; empty when there is none.

    The system's resolver cannot be interrupted, and asks a silent server for half a minute; so it is asked in a thread
    that nobody waits for behind `timeout` seconds.
    """
    answer: SimpleQueue[tuple[str, ...]] = SimpleQueue()
    Thread(target=lambda: answer.put(_addresses(host)), name=f"resolve {host}", daemon=True).start()
    try:
        return answer.get(timeout=timeout)
    except Empty:
        return ()


def _addresses(host: str) -> tuple[str, ...]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(_plain(str(info[4][0])) for info in found))[:_MOST]


def _plain(address: str) -> str:
    """An IPv4 address that is written as one of IPv6 (RFC 4291, 2.5.5.2) leads to the same place, so it is one."""
    if not address.lower().startswith("::ffff:"):
        return address
    return str(ipaddress.IPv6Address(address).ipv4_mapped or address)
