"""Servers on loopback that behave badly, or say exactly what a test tells them to."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from leakguard.models.targets import Endpoint


@dataclass
class Host:
    """A running server: where it is, and what it was asked."""

    port: int = 0
    connections: int = 0
    received: list[bytes] = field(default_factory=list)
    closed_on: list[str] = field(default_factory=list)

    def endpoint(self, **more: object) -> Endpoint:
        return Endpoint(address="127.0.0.1", port=self.port, **more)  # type: ignore[arg-type]  # a test's own words


Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter, Host], Awaitable[None]]


@contextlib.asynccontextmanager
async def serving(script: Script, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Host]:
    """Run `script` for every connection, until the block ends."""
    host = Host()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host.connections += 1
        task = asyncio.current_task()
        if task is not None:
            tasks.add(task)
        with contextlib.suppress(asyncio.CancelledError, OSError, asyncio.IncompleteReadError):
            await script(reader, writer, host)
        writer.transport.abort()

    # Room for all who knock at once: a knock that the kernel drops comes again a second later, or not at all.
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls, backlog=4096)
    host.port = server.sockets[0].getsockname()[1]
    try:
        yield host
    finally:
        await _quiet()  # a closed server would lose a line that it is just taking
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await _quiet()  # a line that was cut closes its socket in the next turn


async def _quiet() -> None:
    """Until everything that was under way is done: a thousandth of a second passes only after that."""
    await asyncio.sleep(0.001)


async def read_some(reader: asyncio.StreamReader, host: Host) -> bytes:
    """What came next; raises when the caller has gone."""
    data = await reader.read(65536)
    if not data:
        raise ConnectionAbortedError
    host.received.append(data)
    return data


def says(*answers: bytes, then: str = "close") -> Script:
    """Answer each request with the next of `answers`; then `close`, `stay` silent, or `reset`."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        for answer in answers:
            await read_some(reader, host)
            writer.write(answer)
            await writer.drain()
        if then == "stay":
            await asyncio.sleep(60)
        elif then == "reset":
            reset(writer)
        else:
            writer.close()
            await writer.wait_closed()

    return script


def answers(table: Mapping[bytes, bytes], *, otherwise: bytes = b"") -> Script:
    """Answer each request by the first key that it holds; keeps the connection, closes when there is nothing to say."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        while True:
            asked = await read_some(reader, host)
            answer = next((said for key, said in table.items() if key in asked), otherwise)
            if not answer:
                return
            writer.write(answer)
            await writer.drain()

    return script


def banner(data: bytes, *, then: str = "stay") -> Script:
    """Speak first, as SSH, SMTP and MySQL do."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        writer.write(data)
        await writer.drain()
        await read_some(reader, host)
        if then == "stay":
            await asyncio.sleep(60)

    return script


def silence() -> Script:
    """Accept, and say nothing."""

    async def script(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter, host: Host) -> None:
        while True:
            await read_some(reader, host)

    return script


def drips(data: bytes, *, pause: float = 0.02) -> Script:
    """One byte at a time, without an end."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        await read_some(reader, host)
        while True:
            for byte in data:
                writer.write(bytes((byte,)))
                await writer.drain()
                await asyncio.sleep(pause)

    return script


def pours(head: bytes, piece: bytes) -> Script:
    """A head, and then the same piece for ever, as fast as the caller takes it."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        await read_some(reader, host)
        writer.write(head)
        while True:
            writer.write(piece)
            await writer.drain()

    return script


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with a reset instead of an end."""
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def http_answer(body: bytes, *, status: str = "200 OK", headers: str = "") -> bytes:
    """A whole answer with its length."""
    return f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body
