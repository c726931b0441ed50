"""Several processes that go on with runs of one store and are killed, and what must be true of it afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from leakguard.store.sql_store import SqlStore

SAVER = Path(__file__).parents[1] / "store" / "saver.py"


def killed_runs(place: str, runs: Sequence[str], *, lives: int) -> dict[str, int]:
    """How far each run was told to have come, after so many kills of each, all runs at once."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    processes = {
        run: subprocess.Popen(
            [sys.executable, str(SAVER), place, run, str(lives)], env=environment, stdout=-1, stderr=-1, text=True
        )
        for run in runs
    }
    said = {}
    for run, process in processes.items():
        out, err = process.communicate(timeout=100)
        if process.returncode != 0 or err:
            raise AssertionError(err)
        said[run] = max((int(line) for line in out.split()), default=0)
    return said


def assert_whole(store: SqlStore, run: str, told: int) -> None:
    """What was told is kept is kept, and the state counts exactly the findings that are there."""
    state = store.run_states(run)[0]
    ids = [finding.id for finding in store.findings(run)]

    assert state.next_position >= told > 0
    assert ids == [f"F-{run}-{number}" for number in range(state.next_position)]
    assert state.counts == {"exposed": len(ids)}
    assert sum(store.outcomes(run).values()) == sum(1 for _ in store.glances(run)) == len(ids)
    assert len(dict(store.done_targets(run))) == len(ids) // 7
