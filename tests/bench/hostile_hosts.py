"""Fourteen hosts that misbehave, each in its own way: `python -m bench.hostile_hosts FIRST PORT`.

The same fourteen that the peers were measured on. Prints `ready` when all take calls, and ends when its standard input
does; then it prints how often the host was called that one of them redirects to, which must be never.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import os
import sys
from collections.abc import Mapping

from bench.house import address
from support.hostile import Host, Script, http_answer, pours, read_some, reset, says, silence

CANARY_PLACE = 250
"""The address that many places behind the first: outside of every scope, and called by nobody who stays inside."""
JSON = "Content-Type: application/json\r\n"
BOMB_MIB = 64
"""Unpacked; it is sent as a few dozen KiB to a caller that asked for no compression."""
DEEP = 1_000_000
PIECE = b"x" * 65536


def scripts(canary: str) -> Mapping[str, Script]:
    """Name to behaviour, in the order of the addresses."""
    bomb = gzip.compress(b" " * (BOMB_MIB << 20))
    elsewhere = f"Location: http://{canary}/\r\n"
    return {
        "tar-pit": silence(),
        "one body byte a second": each_second(f"HTTP/1.1 200 OK\r\n{JSON}Content-Length: 99999\r\n\r\n".encode(), b" "),
        "10 GB body": pours(f"HTTP/1.1 200 OK\r\n{JSON}Content-Length: 10737418240\r\n\r\n[".encode(), PIECE),
        "compressed bomb": says(http_answer(bomb, headers=f"{JSON}Content-Encoding: gzip\r\n")),
        "redirect to another host": says(http_answer(b"", status="302 Found", headers=elsewhere)),
        "TLS alert": says(b"\x15\x03\x03\x00\x02\x02\x28"),
        "one header byte a second": each_second(b"HTTP/1.1 200 OK\r\nX-Slow: ", b"a"),
        "endless headers": pours(b"HTTP/1.1 200 OK\r\n", b"X-More: and more\r\n" * 3000),
        "endless chunked body": pours(
            f"HTTP/1.1 200 OK\r\n{JSON}Transfer-Encoding: chunked\r\n\r\n".encode(), b"10000\r\n" + PIECE + b"\r\n"
        ),
        "reset": resets(),
        "deep JSON": says(http_answer(b"[" * DEEP, headers=JSON)),
        "random bytes": says(os.urandom(4096)),
        "redirect to itself": says(http_answer(b"", status="302 Found", headers="Location: /\r\n")),
        "second answer unasked": says(http_answer(b"[]", headers=JSON) + http_answer(b'{"tagline": 1}', headers=JSON)),
    }


def each_second(head: bytes, byte: bytes) -> Script:
    """A head, and then one byte a second for ever."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        await read_some(reader, host)
        writer.write(head)
        while True:
            writer.write(byte)
            await writer.drain()
            await asyncio.sleep(1)

    return script


def resets() -> Script:
    """Take the call and reset it."""

    async def script(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _host: Host) -> None:
        reset(writer)

    return script


async def serve(first: str, port: int) -> int:
    """Serve until standard input ends; returns how often the canary was called."""
    canary = Host()
    hosts = scripts(f"{address(first, CANARY_PLACE)}:{port}")
    async with contextlib.AsyncExitStack() as stack:
        for place, script in enumerate(hosts.values()):
            await stack.enter_async_context(await _server(script, Host(), address(first, place), port))
        await stack.enter_async_context(await _server(silence(), canary, address(first, CANARY_PLACE), port))
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    return canary.connections


async def _server(script: Script, host: Host, here: str, port: int) -> asyncio.Server:
    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host.connections += 1
        with contextlib.suppress(asyncio.CancelledError, OSError, asyncio.IncompleteReadError):
            await script(reader, writer, host)
        writer.transport.abort()

    return await asyncio.start_server(take, here, port, backlog=1024)


if __name__ == "__main__":
    sys.stdout.write(f"{asyncio.run(serve(sys.argv[1], int(sys.argv[2])))}\n")
    sys.stdout.flush()
    os._exit(0)  # calls that never end are still being served
