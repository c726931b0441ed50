"""Servers of the test library's product on many loopback addresses, in a process that notes who was asked."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import AF_INET, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, socket

_PAGES = {b"/": b'{"name": "store", "version": "1.2"}', b"/list": b'{"records": 7, "bytes": 1400}'}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Open stores on one port."""

    port: int
    log: Path

    def asked(self) -> list[str]:
        """The addresses that were asked anything, once for each question, in order."""
        return self.log.read_text(encoding="ascii").splitlines()


@contextmanager
def open_stores(addresses: Sequence[str], log: Path) -> Iterator[Stores]:
    """Run the servers until the block ends."""
    log.touch()
    socks = [_listener(addresses[0], 0)]
    port: int = socks[0].getsockname()[1]
    socks += [_listener(address, port) for address in addresses[1:]]
    process = os.fork()
    if process == 0:  # pragma: no cover  (a process of its own, which is killed)
        with contextlib.suppress(BaseException):
            asyncio.run(_serve(socks, log))
        os._exit(0)
    for sock in socks:
        sock.close()
    try:
        yield Stores(port=port, log=log)
    finally:
        os.kill(process, 9)
        os.waitpid(process, 0)


def _listener(address: str, port: int) -> socket:
    sock = socket(AF_INET, SOCK_STREAM)
    sock.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    sock.bind((address, port))
    sock.listen(256)
    return sock


async def _serve(socks: Sequence[socket], log: Path) -> None:  # pragma: no cover  (in a process of its own)
    with log.open("ab", buffering=0) as notes:

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            address = writer.get_extra_info("sockname")[0]
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                while head := await reader.readuntil(b"\r\n\r\n"):
                    notes.write(f"{address}\n".encode())
                    body = _PAGES.get(head.split(b" ")[1])
                    status = b"404 Not Found" if body is None else b"200 OK"
                    writer.write(
                        b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body or b""), body or b"")
                    )
            writer.close()

        servers = [await asyncio.start_server(answer, sock=sock) for sock in socks]
        await asyncio.gather(*(server.serve_forever() for server in servers))
