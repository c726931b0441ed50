"""Fills a store for the rows of `capacity`.

`PYTHONPATH=src:tests python -m bench.capacity_work FILE INCIDENTS ENTRIES FINDINGS` writes into a new store.

Everything is written by the store's own methods, as the commands write it: incidents that are open and whose legal
clocks run, notes spread over them, and runs whose findings are listed in the ledger. One endpoint of fifty is open in
every second run. Prints the rates as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from leakguard.frozen import replace
from leakguard.models.event_records import record_of_event
from leakguard.models.events import Interval, exactly
from leakguard.models.findings import Outcome
from leakguard.models.records import Record
from leakguard.models.runs import RunState
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.incidents.incidents import open_incident
from support.findings import make_finding

RUNS = 100
BATCH = 1_000
"""Entries of one transaction, and findings of another: a scan saves them in such bunches."""
OPEN = 50
"""Each such endpoint is open."""
KINDS = ("awareness", "discovery")
NOW = datetime.now(UTC)  # noqa: TID251  (commands that read the store run by the real clock)


def main(file: Path, incidents: int, entries: int, findings: int) -> None:
    """Fill and print how many of each there are, and how many a second were written."""
    with closing(SqlStore.open(str(file), now=lambda: NOW, token=lambda octets: os.urandom(octets).hex())) as store:
        began = time.perf_counter()
        _fill_incidents(store, incidents, entries)
        wrote = time.perf_counter()
        found = sum(_fill_run(store, number, findings // RUNS) for number in range(RUNS))
        ended = time.perf_counter()
        head = store.head()
    told = {
        "entries": head.sequence if head else 0, "findings": found,
        "entries_a_second": round(entries / (wrote - began)), "findings_a_second": round(found / (ended - wrote)),
    }  # fmt: skip
    sys.stdout.write(f"{json.dumps(told)}\n")


def _fill_incidents(store: SqlStore, incidents: int, entries: int) -> None:
    at = Interval(earliest=NOW, latest=NOW)
    began = [record_of_event(kind=kind, occurred_at=at) for kind in KINDS]
    for number in range(incidents):
        opened = open_incident(store, (), now=NOW, title=f"incident {number}", then=began)
        notes = [record_of_event(kind="note", occurred_at=at, source=f"line {n}") for n in range(entries // incidents)]
        for first in range(0, len(notes), BATCH):
            store.append(opened.id, notes[first : first + BATCH])


def _fill_run(store: SqlStore, number: int, count: int) -> int:
    """A run of a day some time ago; one of fifty of its endpoints was open, if its number is even."""
    run, day = f"R-2026{number:04}-bench", NOW - timedelta(days=RUNS - number)
    content = {"targets": ["10.0.0.0/8"], "planned": count, "resolved": {}}
    store.append(run, (Record(kind="run_started", occurred_at=exactly(day), content=content),))
    closed = make_finding(run=run, outcome=Outcome.NOT_EXPOSED, observed_at=day)
    opened = make_finding(run=run, outcome=Outcome.EXPOSED, observed_at=day) if number % 2 == 0 else closed
    outcome = closed.verdict.outcome
    for first in range(0, count, BATCH):
        names = [_address(place) for place in range(first, min(first + BATCH, count))]
        some = [
            replace(
                opened if place % OPEN == 0 else closed,
                id=f"F-{number:x}-{name}",
                target=f"{name}:9200",
                address=name,
                host=name,
            )
            for place, name in enumerate(names, first)
        ]
        state = RunState(next_position=first + len(some), counts={str(outcome): first + len(some)})
        store.save_findings(run, some, {}, {0: state})
    store.append(
        run, (Record(kind="run_finished", occurred_at=exactly(day), content={"counts": {str(outcome): count}}),)
    )
    return count


def _address(place: int) -> str:
    return f"10.{place >> 16 & 255}.{place >> 8 & 255}.{place & 255}"


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:5]))
