"""Interfaces and ways of this machine: what is down or forbidden here says nothing of the host behind it."""

from __future__ import annotations

import errno
import socket
import struct
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress

_GET_FLAGS = 0x8913
"""`SIOCGIFFLAGS` of Linux."""
_UP = 0x1
"""`IFF_UP`: the interface was switched on."""
_NO_FILE = frozenset({errno.EMFILE, errno.ENFILE})
_SAID_BY_ROUTERS = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EACCES})
"""Errors of our own routes that a router or a firewall on the way causes just so, by a word of ICMP."""


def is_cut_off(address: str, interfaces: Callable[[], Mapping[str, int]] | None = None) -> bool:
    """Whether this machine's own interfaces are down, as far as the system tells: then nobody there was asked.

    A loopback address leaves by `lo`; any other one by an interface that is up, if there is one.
    """
    flags = (interfaces or _interfaces)()
    ways_out = [flag for name, flag in flags.items() if (name == "lo") == is_loopback(address)]
    return bool(ways_out) and not any(flag & _UP for flag in ways_out)


def is_of_network(code: int, address: str) -> bool:
    """Whether it is the network that kept a connection from `address`, and not this machine by its own routes."""
    return code in _SAID_BY_ROUTERS and has_way_to(address)


def has_way_to(address: str) -> bool:
    """Whether this machine has a route there, and an address of its own to ask from; nothing is sent.

    Without a file to spare nobody can tell, and then it has.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as sock:
            sock.connect((address, 9))  # any port: no packet leaves
    except OSError as error:
        return error.errno in _NO_FILE
    return True


def is_loopback(address: str) -> bool:
    """Whether the address is this machine itself."""
    return address == "::1" or address.startswith("127.")


def _interfaces() -> dict[str, int]:
    """The flags of every interface of Linux, by its name; nothing elsewhere."""
    found: dict[str, int] = {}
    if sys.platform != "linux":
        return found  # pragma: no cover  (its numbers differ)
    import fcntl  # noqa: PLC0415  (only Unix has it)

    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        for _, name in socket.if_nameindex():
            with suppress(OSError):
                answer = fcntl.ioctl(sock, _GET_FLAGS, struct.pack("16s24x", name.encode()))
                found[name] = struct.unpack_from("16xH", answer)[0]
    return found
