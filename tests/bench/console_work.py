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
from collections.abc import Mapping
from contextlib import chdir
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bench.api_work import KINDS, cpu_ms
from leakguard.accounts.rights import Role
from leakguard.models.event_records import record_of_event
from leakguard.models.events import Interval, exactly
from leakguard.models.records import Record
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.web.console.screens import SCREENS
from leakguard.web.console.static import static
from leakguard.web.routes.events import change_json
from leakguard.web.sessions import TOKEN_HEADER
from leakguard.web.streams import follow
from support.door import ANNA, SAME, Served, served_in
from support.findings import make_finding
from support.notices import CAC, settled
from support.web import TestClient

CHANGES = 7
RUN, FINDING, PLAYBOOK = "R-20260524-1a2b3c", "F-1a2b3c4d", "exposed-datastore-24h"


def main(incidents: int) -> None:
    """Measure and print."""
    folder, patching = tempfile.TemporaryDirectory(prefix="leakguard-bench-console-"), pytest.MonkeyPatch.context()
    with folder as name, chdir(name), patching as patch:
        served = served_in(Path(name), patch)
        served.add(ANNA, Role.ADMIN, Role.COMMANDER, Role.DPO, mail="anna@example.edu")
        fill(served, incidents)
        client, token = served.browser()
        places = worked_on(served, client, token)
        pages = {}
        for screen in SCREENS:
            path = filled(screen.path, places)
            served.time.seconds += 60  # nobody reads that many pages in no time
            if "{" not in path and client.get(path, headers=SAME).is_success:
                pages[screen.path] = cpu_ms(partial(client.get, path, headers=SAME))
        plain = cpu_ms(partial(client.get, static()["console.css"].path, headers=SAME))
        seconds = [asyncio.run(told_after(served, client, places["incident"])) for _ in range(CHANGES)]
        served.door.jobs.close()
    told = {"pages": pages, "static_ms": plain, "told_s": round(statistics.median(seconds), 3)}
    sys.stdout.write(f"{json.dumps(told)}\n")


def filled(path: str, places: Mapping[str, str]) -> str:
    """A path with what stands for its places."""
    for name, value in places.items():
        path = path.replace(f"{{{name}}}", value)
    return path


def worked_on(served: Served, client: TestClient, token: str) -> dict[str, str]:
    """One incident more: about a finding, with facts that changed since a letter was approved, and a playbook."""

    def ask(method: str, path: str, body: object = None, **more: str) -> Any:  # noqa: ANN401  (JSON holds anything)
        served.time.seconds += 60
        headers = {**SAME, TOKEN_HEADER: token, **more}
        answer = client.request(method, f"/api/v1{path}", json=body, headers=headers)
        return answer.raise_for_status().json()

    with served.wiring() as wiring:
        for kind in ("run_started", "run_finished"):
            record = Record(kind=kind, occurred_at=exactly(wiring.now()), content={"targets": [], "counts": {}})
            wiring.store.append(RUN, (record,))
            wiring.store.save_findings(RUN, [make_finding(FINDING, run=RUN)], {})
    incident = str(ask("POST", "/incidents", {"title": "worked on", "findings": [FINDING]})["id"])
    for kind in KINDS:
        ask("POST", f"/incidents/{incident}/events", {"kind": kind})
    ask("POST", f"/incidents/{incident}/playbook", {"playbook": PLAYBOOK})
    read = ask("PUT", f"/incidents/{incident}/facts", {**settled(), "events": []})["sha256"]
    version = ask("GET", f"/incidents/{incident}/letters/version?duty={CAC}&stage=initial&lang=zh")
    letter = {"duty": CAC, "stage": "initial", "lang": "zh", "digest": version["digest"]}
    ask("POST", f"/incidents/{incident}/approvals", letter | {"written_at": version["written_at"]})
    ask("PUT", f"/incidents/{incident}/facts", {**settled(trend=None), "events": []}, **{"If-Match": f'"{read}"'})
    return {"incident": incident, "finding": FINDING, "run": RUN, "letter": CAC, "duty": CAC}


def fill(served: Served, incidents: int) -> None:
    """So many incidents, each with the events that start the most clocks."""
    with served.wiring() as wiring:
        for number in range(incidents):
            now = wiring.now()
            at = Interval(earliest=now, latest=now)
            began = [record_of_event(kind=kind, occurred_at=at) for kind in KINDS]
            open_incident(wiring.store, (), now=now, title=f"incident {number}", then=began)


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
