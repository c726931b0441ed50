"""What requests start: each a process of its own, such as `leakguard scan ...`, as it would be on the command line.

Who has it scanned is told to the child by its environment, never on its command line, where others could read it.
"""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import IO, Any

from leakguard.errors import NotAllowed, NotFound
from leakguard.wiring.accounts import SESSION, TOKEN

MOST_AT_ONCE = 4
"""Scans that run beside each other."""
MOST_KEPT = 200
"""Jobs that are remembered; what they found is in the store anyway."""
MOST_SAID = 4000
"""Bytes of what a child that failed errors last."""
MOST_PROGRESS = 2**20
"""Bytes of progress that a child may have written before they are forgotten."""
_STATE = b'{"schema": "leakguard.progress/1"'
"""How a line begins that says how far a child has come."""
MOST_RESULT = 32 * 2**20
"""Bytes of a result that are read; one more says that it is longer."""
SECRETS = frozenset({TOKEN, SESSION})
"""What tells a child who uses it."""
_PATIENCE = 10.0


@dataclass(slots=True, kw_only=True)
class Job:
    """One child, and how it ended."""

    id: str
    what: str
    """`scan`, `verification` or `steps`."""
    by: str
    """The id of the actor who started it."""
    started_at: datetime
    behind: int
    """Where the ledger stood before it began."""
    process: subprocess.Popen[bytes]
    errors: IO[bytes]
    output: IO[bytes] | None
    """What it writes to stdout, where that is asked for."""
    run: str = ""
    """The run that it goes on with, or that it was found to have begun."""
    incident: str = ""
    """Whose steps it does."""
    lock: Lock = field(default_factory=Lock)

    @property
    def exit_code(self) -> int | None:
        """`None` while it runs."""
        return self.process.poll()

    def result(self) -> bytes:
        """What it wrote to stdout, a byte more than `MOST_RESULT` at most."""
        return _read(self.output, self.lock, 0, MOST_RESULT + 1) if self.output is not None else b""

    def last_words(self) -> str:
        """The end of what it wrote to stderr, without how far it had come."""
        lines = [splitline for splitline in self._tail().splitlines() if not splitline.startswith(_STATE)]
        return b"\n".join(lines)[1 - MOST_SAID :].decode("utf-8", "replace").strip()

    def progress(self) -> dict[str, Any] | None:
        """The document `leakguard.progress/1` that it wrote last; `None` before the first."""
        for line in reversed(self._tail().splitlines()):
            if line.startswith(_STATE):
                with suppress(ValueError):
                    found: dict[str, Any] = json.loads(line)
                    return found
        return None

    def _tail(self) -> bytes:
        """The end of stderr, which the child adds to; what is long gone is forgotten, so that it fills no disk."""
        number = self.errors.fileno()
        with self.lock:
            size = os.fstat(number).st_size
            tail = os.pread(number, 4 * MOST_SAID, max(0, size - 4 * MOST_SAID))
            if size > MOST_PROGRESS and self.exit_code is None:
                os.ftruncate(number, 0)
        return tail

    def cancel(self) -> None:
        """Ask it to end in good order; one that has ended stays as it is."""
        with suppress(ProcessLookupError):
            self.process.terminate()

    def forget(self) -> None:
        """Let go of its files."""
        self.errors.close()
        if self.output is not None:
            self.output.close()


def _read(file: IO[bytes], lock: Lock, start: int, most: int) -> bytes:
    with lock:
        file.seek(start)
        return file.read(most)


def environment_of(more: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child: that of the server, without what the server itself logs in with."""
    return {name: value for name, value in os.environ.items() if name not in SECRETS} | dict(more)


class Jobs:
    """The children of this server."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = Lock()

    def start(
        self, words: Sequence[str], environment: Mapping[str, str], *, keeps_output: bool, **details: Any  # noqa: ANN401  (as `Job`)
    ) -> Job:  # fmt: skip
        """Start `leakguard WORDS`; raises `NotAllowed` while as many run as may."""
        with self._lock:
            if sum(running.exit_code is None for running in self._jobs.values()) >= MOST_AT_ONCE:
                raise NotAllowed(
                    f"{MOST_AT_ONCE} scans run already", next_step="Wait until one of them has ended: GET /api/v1/scans"
                )
            errors = tempfile.TemporaryFile()  # noqa: SIM115  (closed when the job is forgotten)
            fcntl.fcntl(errors, fcntl.F_SETFL, fcntl.fcntl(errors, fcntl.F_GETFL) | os.O_APPEND)
            output = tempfile.TemporaryFile() if keeps_output else None  # noqa: SIM115  (as above)
            process = subprocess.Popen(  # noqa: S603  (our own program; what was asked stands behind `--`)
                [sys.executable, "-m", "leakguard", *words], stdin=subprocess.DEVNULL,
                stdout=output if output is not None else subprocess.DEVNULL, stderr=errors,
                env=environment_of(environment), start_new_session=True,
            )  # fmt: skip
            job = Job(process=process, errors=errors, output=output, **details)
            self.keep(job)
            self._forget_old()
        return job

    def keep(self, job: Job) -> None:
        """Remember it."""
        self._jobs[job.id] = job

    def _forget_old(self) -> None:
        over = [job for job in self._jobs.values() if job.exit_code is not None]
        for old_job in over[: max(0, len(self._jobs) - MOST_KEPT)]:
            del self._jobs[old_job.id]
            old_job.forget()

    def all(self) -> tuple[Job, ...]:
        """Every job that is remembered, the oldest first."""
        with self._lock:
            return tuple(self._jobs.values())

    def one(self, identifier: str) -> Job:
        """One job; raises `NotFound`."""
        with self._lock:
            found = self._jobs.get(identifier)
        if found is None:
            raise NotFound(
                f"this server has no scan `{identifier[:60]}`", next_step="Runs of the store: GET /api/v1/runs"
            )
        return found

    def close(self) -> None:
        """End what still runs, in good order: a run that was stopped can go on with `scan --resume`."""
        running = [job for job in self.all() if job.exit_code is None]
        for job in running:
            job.cancel()
        for job in running:
            try:
                job.process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                job.process.kill()
                job.process.wait()
        for job in self.all():
            job.forget()
