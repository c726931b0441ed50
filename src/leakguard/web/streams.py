"""Server-sent events: what the ledger gets, sent as it comes, read by its last number, twice a second."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from time import monotonic
from typing import TYPE_CHECKING, Any

import anyio
from anyio import to_thread

if TYPE_CHECKING:
    from leakguard.models.records import KeptRecord
    from leakguard.web.request_wiring import RequestWiring

PAUSE = 0.4
"""Seconds between two readings of the last number of the ledger."""
LASTS = 300.0
"""Seconds that one stream lasts: whoever lost a right gets nothing more after that."""
QUIET = 15.0
"""Seconds of silence after which a comment says that the stream lives, so that no proxy cuts it off."""
AT_ONCE = 500
"""Records that are held in memory at once."""
Shown = Callable[["KeptRecord"], dict[str, Any]]


async def follow(
    wiring: RequestWiring, after: int, which: tuple[str, str | None], shown: Shown
) -> AsyncIterator[bytes]:  # fmt: skip
    """The records behind `after` as they come; `which` is what their subjects begin with, and one subject or all."""
    began = last_sent = monotonic()
    yield b"retry: 2000\n\n"
    while True:
        last, found = await to_thread.run_sync(_behind, wiring, after, which)
        for record in found:
            yield _event(record.sequence, shown(record))
        if last > after:
            if not found or found[-1].sequence < last:
                yield _moved(last)
            after, last_sent = last, monotonic()
            continue
        if monotonic() - began >= LASTS:
            return
        if monotonic() - last_sent >= QUIET:
            last_sent = monotonic()
            yield b": still here\n\n"
        await anyio.sleep(PAUSE)


def _behind(wiring: RequestWiring, after: int, which: tuple[str, str | None]) -> tuple[int, list[KeptRecord]]:
    """The last number that was looked at, and what is to be sent of those behind `after`."""
    store, (prefix, subject) = wiring.store, which
    head = store.head()
    if head is None or head.sequence <= after:
        return after, []
    last, found = after, []
    for number, record in enumerate(store.read_after(after), 1):
        last = record.sequence
        if record.subject.startswith(prefix) and subject in {None, record.subject}:
            found.append(record)
        if number == AT_ONCE:
            break
    return last, found


def _moved(number: int) -> bytes:
    """That something else was recorded; what it is stays unsaid."""
    return f"id: {number}\nevent: moved\ndata: {json.dumps({'sequence': number})}\n\n".encode()


def _event(number: int, document: dict[str, Any]) -> bytes:
    """JSON has no line end in it, so a host's words cannot begin an event of their own."""
    return f"id: {number}\nevent: change\ndata: {json.dumps(document)}\n\n".encode()
