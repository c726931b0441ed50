"""Work for the console in a process of its own: its pages over many incidents, and how soon a change is told.

`PYTHONPATH=src:tests python -m bench.console_work INCIDENTS` prints the figures as JSON. CPU is that of the whole
process, the client's part too.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from contextlib import chdir
from functools import partial
from pathlib import Path

import pytest

from bench.api_work import KINDS, cpu_ms
from leakguard.accounts.rights import Role
from leakguard.models.event_records import record_of_event
from leakguard.models.events import Interval
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.web.console.screens import SCREENS
from leakguard.web.routes.events import change_json
from leakguard.web.streams import follow
from support.door import ANNA, SAME, Served, served_in
from support.web import TestClient

CHANGES = 7


def main(incidents: int) -> None:
    """Measure and print."""
    folder, patching = tempfile.TemporaryDirectory(prefix="leakguard-bench-console-"), pytest.MonkeyPatch.context()
    with folder as name, chdir(name), patching as patch:
        served = served_in(Path(name), patch)
        served.add(ANNA, Role.ADMIN, Role.COMMANDER, Role.DPO, mail="anna@example.edu")
        last = fill(served, incidents)
        client, _ = served.browser()
        pages = {}
        for path in paths(last):
            served.time.seconds += 60  # nobody reads that many pages in no time
            if client.get(path, headers=SAME).is_success:
                pages[path.replace(last, "{incident}")] = cpu_ms(partial(client.get, path, headers=SAME))
        seconds = [asyncio.run(told_after(served, client, last)) for _ in range(CHANGES)]
        served.door.jobs.close()
    sys.stdout.write(f"{json.dumps({'pages': pages, 'told_s': round(statistics.median(seconds), 3)})}\n")


def paths(incident: str) -> list[str]:
    """Every page that can be opened by its path alone, and those of one incident."""
    found = (one.path.replace("{incident}", incident) for one in SCREENS)
    return sorted({path for path in found if "{" not in path})


def fill(served: Served, incidents: int) -> str:
    """So many incidents, each with the events that start the most clocks; the last one's id."""
    last = ""
    with served.wiring() as wiring:
        for number in range(incidents):
            now = wiring.now()
            at = Interval(earliest=now, latest=now)
            began = [record_of_event(kind=kind, occurred_at=at) for kind in KINDS]
            last = open_incident(wiring.store, (), now=now, title=f"incident {number}", then=began).id
    return last


async def told_after(served: Served, client: TestClient, incident: str) -> float:
    """Seconds from a record until the stream told of it and the page with it was made again."""
    wiring = served.door.shared.for_caller(None)
    head = wiring.store.head()
    stream = follow(wiring, head.sequence if head is not None else 0, ("IR-", None), change_json)
    began = 0.0

    def record() -> float:
        with served.wiring() as own:
            now = own.now()
            own.store.append(incident, (record_of_event(kind="note", occurred_at=Interval(earliest=now, latest=now)),))
        return time.perf_counter()

    async for chunk in stream:
        if chunk.startswith(b"retry"):
            await asyncio.sleep(0.1)  # the stream waits for the next entry by now
            task = asyncio.ensure_future(asyncio.to_thread(record))
        elif chunk.startswith(b"id: "):
            began = await task
            break
    await asyncio.to_thread(client.get, "/", headers=SAME)
    wiring.close()
    return time.perf_counter() - began


if __name__ == "__main__":
    main(int(sys.argv[1]))
