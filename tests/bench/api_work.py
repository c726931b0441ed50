"""Work for the API in a process of its own: a board of many clocks, one event more, and many open streams.

`PYTHONPATH=src:tests python -m bench.api_work INCIDENTS STREAMS EVENTS` prints the figures as JSON. CPU is that of the
whole process, the client's part too.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import chdir
from pathlib import Path

from leakguard.models.event_records import record_of_event
from leakguard.models.events import Interval
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.web import streams
from leakguard.web.routes.events import change_json
from leakguard.web.streams import follow
from support.web import COMMANDER, Web, people, web_in

KINDS = ("awareness", "discovery", "notice_received")
RUNS = 5
STATUS = Path("/proc/self/statm")


def main(incidents: int, open_streams: int, events: int) -> None:
    """Measure and print."""
    os.environ["LEAKGUARD_COUNTRY"] = "CN, DE"
    with tempfile.TemporaryDirectory(prefix="leakguard-bench-api-") as name, chdir(name):
        web = people(web_in(Path(name)))
        fill(web, incidents)
        api = web.client()
        count = api.get("/clocks").json()["count"]
        board = cpu_ms(lambda: api.get("/clocks"))
        incident = api.get("/incidents", params={"limit": 1}).json()["incidents"][0]["id"]
        event = cpu_ms(lambda: api.post(f"/incidents/{incident}/events", json={"kind": "note"}))
        growth = asyncio.run(streamed(web, open_streams, events))
    told = {"clocks": count, "board_ms": board, "event_ms": event, "growth_mib": growth}
    sys.stdout.write(f"{json.dumps(told)}\n")


def fill(web: Web, incidents: int) -> None:
    """So many incidents, each with the events that start the most clocks."""
    wiring = web.shared.for_caller(web.callers[COMMANDER])
    for number in range(incidents):
        now = wiring.now()
        at = Interval(earliest=now, latest=now)
        began = [record_of_event(kind=kind, occurred_at=at) for kind in KINDS]
        open_incident(wiring.store, (), now=now, title=f"incident {number}", then=began)
    wiring.close()


def cpu_ms(act: Callable[[], object]) -> float:
    """The median CPU of one, in milliseconds, after one that warms up."""
    spent = []
    for _ in range(RUNS + 1):
        began = time.process_time()
        act()
        spent.append((time.process_time() - began) * 1000)
    return round(statistics.median(spent[1:]), 2)


def size_mib() -> float:
    """What the process has in memory."""
    return int(STATUS.read_text(encoding="ascii").split()[1]) * 4096 / 2**20


async def streamed(web: Web, count: int, events: int) -> float:
    """MiB by which the process grows while each of so many open streams is sent so many events."""
    streams.PAUSE = 0.05
    wirings = [web.shared.for_caller(web.callers[COMMANDER]) for _ in range(count)]
    heads = [wiring.store.head() for wiring in wirings]
    last = max(head.sequence for head in heads if head is not None)

    async def listen(stream: AsyncIterator[bytes], most: int) -> None:
        seen = 0
        async for chunk in stream:
            seen += chunk.startswith(b"id: ")
            if seen == most:
                return

    def record(times: int) -> None:
        api = web.client()
        incident = api.get("/incidents", params={"limit": 1}).json()["incidents"][0]["id"]
        for _ in range(times):
            api.post(f"/incidents/{incident}/events", json={"kind": "note", "source": "x" * 500})

    sizes = []
    for _ in range(2):  # the first round fills caches and the allocator's pools
        opened = [follow(one, last, ("IR-", None), change_json) for one in wirings]
        listening = [asyncio.ensure_future(listen(one, events)) for one in opened]
        await asyncio.to_thread(record, events)
        await asyncio.gather(*listening)
        last += events
        sizes.append(size_mib())
    for wiring in wirings:
        wiring.close()
    return round(sizes[1] - sizes[0], 1)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
