"""Scans that were killed: the next one ends them in the ledger, so that somebody hears of what they found."""

from __future__ import annotations

from leakguard.models.events import exactly
from leakguard.models.records import Record
from leakguard.ports import Now, ScanStore
from leakguard.use_cases.scans.run_opening import RESUMED, STARTED

_BEGAN = frozenset({STARTED, RESUMED})
_ENDED = frozenset({"run_finished", "run_interrupted"})


def end_killed(store: ScanStore, *, now: Now) -> tuple[str, ...]:
    """The runs of this machine that were killed since somebody last asked, each noted as interrupted; any may go on."""
    killed = tuple(run for run in store.let_go_of_killed() if _goes_on(store, run))
    for run in killed:
        note_interrupted(store, run, now=now)
    return killed


def note_interrupted(store: ScanStore, run: str, *, now: Now) -> None:
    """Say for a process that could not do so that its run ended; whoever goes on with it ends it anew."""
    store.append(run, [Record(kind="run_interrupted", occurred_at=exactly(now()), content={"counts": {}})])


def _goes_on(store: ScanStore, run: str) -> bool:
    """Whether it began, and did not end, by all that the ledger tells."""
    last = ""
    for record in store.of_kinds(_BEGAN | _ENDED, run):
        last = record.kind
    return last in _BEGAN
