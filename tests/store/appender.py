"""Run as a process of its own: appends to a store for ever, and acknowledges each entry on stdout once it is kept."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from leakguard.models.events import Interval
from leakguard.models.records import Record
from leakguard.store import vouching
from leakguard.store.key_file import read_signer
from leakguard.store.sql_store import SqlStore


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  (a process of its own with a real clock is the point)


def token(length: int = 8) -> str:
    return os.urandom(length).hex()[:length]


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(path: str, subject: str, count: int, key: str = "") -> None:
    """Append `count` batches of two records each, and one finding-free scan result in between; signed with a key.

    With a key it waits for the others however long a loaded machine takes.
    """
    vouching._TRIES = 10_000  # noqa: SLF001  (as above)
    signer = read_signer(Path(key), is_named=True) if key else None
    store = SqlStore.open(path, now=now, token=token, signer=signer)
    say("open")
    for number in range(count):
        at = Interval(earliest=now(), latest=now())
        records = [Record(kind="note", occurred_at=at, content={"n": number, "part": part}) for part in range(2)]
        for kept in store.append(subject, records):
            say(f"{kept.sequence} {kept.hash}")
        store.save_findings(f"R-{subject}", [], {f"127.0.0.1:{number}": "closed"})


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), *sys.argv[4:])
