"""The lab: six servers on loopback, in a thread of their own, so that a command line can be called beside them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Self

from leakguard.demolab import clusters
from leakguard.demolab.asks import Ask, AskLog, Sort
from leakguard.demolab.chat import ChatBackend, ChatPage
from leakguard.demolab.elastic import ElasticServer
from leakguard.demolab.elastic_pages import CANARY
from leakguard.demolab.http import HEAD_CAP_BYTES, serve_connection
from leakguard.demolab.redis import RedisServer
from leakguard.errors import LeakGuardError

OPEN = "open"
PROTECTED = "protected"
DECOY = "decoy"
REDIS = "redis"
PAGE, BACKEND = "page", "backend"
HOME = "127.0.0.1"
CONNECTIONS_CAP = 256
"""Beyond this a new connection is closed at once; a scan of six servers keeps a handful."""
DECOY_HOME = "127.0.0.9"
"""The decoy has an address of its own, so that a scope can declare it."""

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class DemoLab:
    """`with DemoLab() as lab:` runs an open Elasticsearch, its protected twin, a decoy, an open Redis, and a chat app.

    The chat app is a page and its open backend.
    """

    canary = CANARY

    def __init__(self) -> None:
        self._log = AskLog()
        self._days = clusters.FIRST_DAYS
        twin = clusters.university(clusters.LAST_DAYS)
        self._open = ElasticServer(OPEN, clusters.university(self._days), self._log)
        self._web: dict[str, ElasticServer | ChatPage | ChatBackend] = {
            OPEN: self._open,
            PROTECTED: ElasticServer(PROTECTED, twin, self._log, asks_login=True),
            DECOY: ElasticServer(DECOY, clusters.trap(), self._log),
            PAGE: ChatPage(PAGE, self._log),
            BACKEND: ChatBackend(BACKEND, self._log),
        }
        self._redis = RedisServer(name=REDIS, log=self._log)
        self._endpoints: dict[str, tuple[str, int]] = {}
        self._connections: set[asyncio.Task[None]] = set()
        self._failure: OSError | None = None
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    @property
    def endpoints(self) -> Mapping[str, tuple[str, int]]:
        """`open`, `protected`, `decoy`, `redis`, `page`, `backend`: address and port of each, once started."""
        return dict(self._endpoints)

    @property
    def requests(self) -> tuple[tuple[str, str, str], ...]:
        """Server, method and path (or arguments) of each request so far."""
        return tuple((ask.server, ask.method, ask.what) for ask in self._log.all())

    def asked(self, sort: Sort) -> tuple[Ask, ...]:
        """The requests of one sort: `READS_RECORDS`, `WRITES` and `LOGS_IN` stay empty under a careful scanner."""
        return self._log.all(sort)

    def grow(self) -> None:
        """A day passes: the open server's log grows by 1.4 TB, up to the 8.4 TB of the real case."""
        self._days = min(self._days + 1, clusters.LAST_DAYS)
        self._open.cluster = clusters.university(self._days)

    def close_door(self) -> None:
        """The team acts: the open server asks for a login from now on."""
        self._open.asks_login = True

    def start(self) -> None:
        """Start the servers and wait until they listen; raises `LeakGuardError` when they cannot."""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="demo-lab", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            raise LeakGuardError(
                f"the demo's servers cannot listen on {HOME} and {DECOY_HOME}: {self._failure.strerror}",
                next_step="Run the demo on Linux, where all of 127.0.0.0/8 is loopback.",
            )

    def stop(self) -> None:
        """Close the servers and all their connections; a second call does nothing."""
        loop, ending, thread = self._loop, self._ending, self._thread
        if loop is None or ending is None or thread is None or not thread.is_alive():
            return
        loop.call_soon_threadsafe(ending.set)
        thread.join()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    async def _run(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ending = asyncio.Event()
        servers: list[asyncio.Server] = []
        try:
            for name, web in self._web.items():
                servers.append(await self._listen(name, _http(web)))
            servers.append(await self._listen(REDIS, self._redis.serve))
        except OSError as error:
            self._failure = error
            self._ending.set()
        self._ready.set()
        await self._ending.wait()
        for server in servers:
            server.close()
        for connection in tuple(self._connections):
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _listen(self, name: str, serve: Serve) -> asyncio.Server:
        """Listen on a free port of this server's loopback address."""

        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            if task is None or len(self._connections) >= CONNECTIONS_CAP:
                writer.transport.abort()
                return
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
            await _until_closed(serve, reader, writer)

        address = DECOY_HOME if name == DECOY else HOME
        server = await asyncio.start_server(connected, address, 0, limit=HEAD_CAP_BYTES)
        self._endpoints[name] = (address, int(server.sockets[0].getsockname()[1]))
        return server


def _http(web: ElasticServer | ChatPage | ChatBackend) -> Serve:
    return lambda reader, writer: serve_connection(reader, writer, web.handle)


async def _until_closed(serve: Serve, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve, and close the connection however that ends: a reset by the other side is no news."""
    try:
        await serve(reader, writer)
    except (ConnectionError, asyncio.CancelledError):
        writer.transport.abort()
    finally:
        writer.close()
