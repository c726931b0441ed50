"""Carries connections on 127.0.0.1 into the network namespace of a server that insists on all addresses.

`python -m lab.netns PID OUTER=INNER...`: nothing outside this machine reaches such a server, and here only by `OUTER`.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from lab.model import NotHad

ENTER = 'ip link set lo up && exec "$@"'
"""What a shell in a new namespace says: its loopback is down at first."""
CHUNK = 65_536
CLONE_NEWNET = 0x40000000
WAIT_SECONDS = 10.0
Carrier = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def apart() -> list[str]:
    """The words that put a program into a namespace of its own; raises `NotHad` where only root could."""
    if os.geteuid() != 0:
        raise NotHad("it insists on all addresses, and only root may give it a network namespace of its own")
    return ["unshare", "--net", "--", "sh", "-c", ENTER, "sh"]


async def carry(pid: int, ports: Sequence[tuple[int, int]]) -> None:
    """Listen here, then move into the namespace of `pid`: what listens stays here, what is dialled later is there."""
    held = [(_listening(outer), inner) for outer, inner in ports]
    _enter(pid)
    async with contextlib.AsyncExitStack() as stack:
        for listening, inner in held:
            await stack.enter_async_context(await asyncio.start_server(_to(inner), sock=listening))
        await asyncio.Event().wait()


def _listening(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", port))
    return listening


def _enter(pid: int) -> None:
    """Raises `OSError` where `pid` has no namespace of its own in time."""
    theirs, ours = Path(f"/proc/{pid}/ns/net"), Path("/proc/self/ns/net").readlink()
    deadline = time.monotonic() + WAIT_SECONDS
    while theirs.readlink() == ours:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{pid} stays in this namespace")
        time.sleep(0.02)
    with theirs.open("rb") as namespace:
        # `os.setns` came with Python 3.12.
        if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def _to(port: int) -> Carrier:
    async def carrier(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.gather(_pour(reader, inner_writer), _pour(inner_reader, writer))
        writer.close()

    return carrier


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await source.read(CHUNK):
            sink.write(piece)
            await sink.drain()
    with contextlib.suppress(OSError):
        if sink.can_write_eof():
            sink.write_eof()


if __name__ == "__main__":
    pairs = [word.partition("=") for word in sys.argv[2:]]
    asyncio.run(carry(int(sys.argv[1]), [(int(outer), int(inner)) for outer, _, inner in pairs]))
