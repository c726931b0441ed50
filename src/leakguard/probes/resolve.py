"""Names to addresses: all of them, since each is a door of its own."""

from __future__ import annotations

import asyncio
import socket

_MOST = 8192
"""Addresses kept of one name: more than two answers of the DNS hold, which are 64 KiB at most."""


async def resolve(host: str, *, timeout: float = 5.0) -> tuple[str, ...]:  # noqa: ASYNC109 (a caller of ours says how patient)
    """Every IPv4 and IPv6 address of `host`, in the resolver's order; empty when there is none."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(timeout):
            found = await loop.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(info[4][0]) for info in found))[:_MOST]
