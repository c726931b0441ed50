"""Run as a process of its own: goes on with a run again and again, and is killed each time at another moment.

Each life is a fork of this process, so that dozens of them cost little. It takes the run, reads how far that came,
and saves batch after batch with the state that counts them, until it is killed. What is kept stands on stdout.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import UTC, datetime

from leakguard.models.runs import RunState
from leakguard.store.sql_store import SqlStore
from support.findings import make_finding

BATCH = 7


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  (a process of its own with a real clock is the point)


def token(length: int = 8) -> str:
    return os.urandom(length).hex()[:length]


def live(place: str, run: str, said: int) -> None:
    """Save batch after batch; `said` is a pipe."""
    store = SqlStore.open(place, now=now, token=token)
    store.take_run(run)
    state = store.run_states(run).get(0, RunState())
    while True:
        first = state.next_position
        findings = [make_finding(f"F-{run}-{number}", run=run) for number in range(first, first + BATCH)]
        state = RunState(next_position=first + BATCH, pending=(first,), counts={"exposed": first + BATCH})
        store.save_findings(run, findings, {str(first): "exposed"}, {0: state})
        os.write(said, f"{state.next_position}\n".encode())


def one_life(place: str, run: str, seconds: float, *, is_blind: bool) -> list[str]:
    """Start a life and kill it after so long, counted from its first word unless blindly; return what it said."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        live(place, run, writing)
    os.close(writing)
    with os.fdopen(reading) as stream:
        first = [] if is_blind else [stream.readline()]
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return [line.strip() for line in (*first, *stream) if line.endswith("\n")]


def main(place: str, run: str, lives: int) -> None:
    """Live and die `lives` times: every third time blindly, as likely as not before anything is kept."""
    for number in range(lives):
        for line in one_life(place, run, number * 37 % 23 / 300, is_blind=number % 3 == 1):
            sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
