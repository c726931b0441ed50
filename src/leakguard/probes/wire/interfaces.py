"""Interfaces of this machine: while those that lead to an address are down, a silence there is our own."""

from __future__ import annotations

import socket
import struct
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress

_GET_FLAGS = 0x8913
"""`SIOCGIFFLAGS` of Linux."""
_UP = 0x1
"""`IFF_UP`: the interface was switched on."""


def is_cut_off(address: str, interfaces: Callable[[], Mapping[str, int]] | None = None) -> bool:
    """Whether this machine's own interfaces are down, as far as the system tells: then nobody there was asked.

    A loopback address leaves by `lo`; any other one by an interface that is up, if there is one.
    """
    flags = (interfaces or _interfaces)()
    ways_out = [flag for name, flag in flags.items() if (name == "lo") == is_loopback(address)]
    return bool(ways_out) and not any(flag & _UP for flag in ways_out)


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
