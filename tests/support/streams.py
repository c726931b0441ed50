"""A stream server fed with bytes, so that its parser can be tested without a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Sink:
    """The part of a stream writer that a server uses."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> None:
        """Keep what the server sends."""
        self.data += data

    async def drain(self) -> None:
        """Nothing waits here."""


def exchange(serve: Serve, data: bytes, *, limit: int, ends: bool = True) -> bytes:
    """What `serve` writes when it is sent `data`; with `ends` the caller then closes its side."""

    async def run() -> bytes:
        reader, sink = asyncio.StreamReader(limit=limit), Sink()
        reader.feed_data(data)
        if ends:
            reader.feed_eof()
        await serve(reader, cast("asyncio.StreamWriter", sink))
        return sink.data

    return asyncio.run(run())
