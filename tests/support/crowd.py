"""Many small servers on loopback addresses of their own, in a thread, that note every connection."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

CANARY = "CANARY-record-of-a-customer"
ROOT = {
    "name": "node",
    "cluster_name": "campus",
    "cluster_uuid": "Zx9yPq3sTuKz1aBcDeFgHi",
    "version": {"number": "6.8.23"},
    "tagline": "You Know, for Search",
}
INDICES = [
    {
        "index": "mail",
        "status": "open",
        "docs.count": "41000",
        "store.size": "8400000",
        "pri.store.size": "8400000",
        "creation.date": "1558000000000",
    }
]


@dataclass(slots=True)
class Crowd:
    """The servers, and who was connected to when."""

    port: int
    open: tuple[str, ...]
    locked: tuple[str, ...]
    connections: list[tuple[float, str]] = field(default_factory=list)

    @property
    def by_address(self) -> Counter[str]:
        """How often each address was connected to."""
        return Counter(address for _, address in self.connections)

    def wait_for(self, count: int, seconds: float = 60) -> bool:
        """Wait until so many connections were seen; whether that happened."""
        end = time.monotonic() + seconds
        while len(self.connections) < count and time.monotonic() < end:
            time.sleep(0.01)
        return len(self.connections) >= count

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests until the other side hangs up."""
        address = str(writer.get_extra_info("sockname")[0])
        self.connections.append((time.monotonic(), address))
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                writer.write(self._answer(address, head.split(b" ")[1].decode()))
                await writer.drain()
        except (OSError, EOFError, IndexError, UnicodeDecodeError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    def _answer(self, address: str, path: str) -> bytes:
        status, body = 404, json.dumps({"error": "no such page"})
        if address in self.locked:
            status, body = 401, json.dumps({"error": {"type": "security_exception"}, "status": 401})
        elif path == "/":
            status, body = 200, json.dumps(ROOT)
        elif path.startswith("/_cat/indices"):
            status, body = 200, json.dumps(INDICES)
        elif "_search" in path:
            status, body = 200, CANARY
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return (head + body).encode()


@contextmanager
def crowd(opened: Sequence[str], locked: Sequence[str], *, port: int) -> Iterator[Crowd]:
    """Serve on `port` of every address until the block ends."""
    servers = Crowd(port, tuple(opened), tuple(locked))
    loop, ready = asyncio.new_event_loop(), threading.Event()
    ending = asyncio.Event()

    async def run() -> None:
        listening = [await asyncio.start_server(servers.serve, host, port) for host in (*opened, *locked)]
        ready.set()
        await ending.wait()
        for each in listening:
            each.close()
        lines = asyncio.all_tasks() - {asyncio.current_task()}
        for line in lines:
            line.cancel()
        await asyncio.gather(*lines, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()), daemon=True)
    thread.start()
    assert ready.wait(10), "the servers did not start"
    try:
        yield servers
    finally:
        loop.call_soon_threadsafe(ending.set)
        thread.join(10)
        loop.close()
