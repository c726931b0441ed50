"""What the scanner said about each real server, as `python -m accuracy` measured it and `measured.json` keeps it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lab.model import Server

FILE = Path(__file__).parent / "measured.json"
OPEN = frozenset({"exposed", "partially_exposed"})
REASONS: Mapping[str, str] = {
    "mariadb-root-open": "an account that may exist is never tried with an empty password; told as accounts_not_tried",
    "postgresql-one-open": "an account that may exist is never tried without a password; told as accounts_not_tried",
}
"""Server to the reason for a miss or a false alarm that is known and published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One finding about a server."""

    check: str
    datastore: str
    outcome: str
    has_size: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One real server, or one bucket of it, and the findings about it."""

    server: str
    datastore: str
    version: str
    form: str
    """`open` or `protected`, as the lab's own client has proved."""
    core: bool
    found: tuple[Found, ...]

    @property
    def is_hit(self) -> bool:
        """Open, and found open as what it is."""
        return self.form == "open" and any(each.outcome in OPEN and self._is_own(each) for each in self.found)

    @property
    def is_miss(self) -> bool:
        """Open, and not found open as what it is."""
        return self.form == "open" and not self.is_hit

    @property
    def is_false_alarm(self) -> bool:
        """Protected and reported open, or reported open as something that it is not."""
        return any(each.outcome in OPEN and not (self.form == "open" and self._is_own(each)) for each in self.found)

    @property
    def is_right(self) -> bool:
        """Open and found, or protected and left alone."""
        return not self.is_miss and not self.is_false_alarm

    def _is_own(self, each: Found) -> bool:
        return each.datastore == self.datastore


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeated:
    """The core set, scanned again and again."""

    endpoints: int
    runs: int
    is_same: bool
    """Whether every run gave the same verdicts."""
    seconds: float
    """The median of a run, as a user waits for it."""


def measured(server: Server, findings: Iterable[Mapping[str, Any]], *, form: str = "", bucket: str = "") -> Measured:
    """What a scan said about a server, or about one bucket of it."""
    found = {
        (each["check_id"], each["outcome"]): Found(
            check=each["check_id"], datastore=each["datastore"], outcome=each["outcome"], has_size=bool(each["size"])
        )
        for each in findings
        if each["outcome"] != "not_applicable"
    }
    return Measured(
        server=f"{server.name}/{bucket}" if bucket else server.name,
        datastore=server.datastore,
        version=server.version,
        form=form or server.form,
        core=server.core,
        found=tuple(found[key] for key in sorted(found)),
    )


def write(rows: Iterable[Measured], day: str, repeated: Repeated) -> None:
    """Keep what was measured on `day`."""
    kept = {
        "measured_on": day,
        "repeated": asdict(repeated),
        "servers": [asdict(row) for row in sorted(rows, key=lambda row: row.server)],
    }
    FILE.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def read() -> tuple[str, tuple[Measured, ...], Repeated]:
    """The day, what was measured then, and how often the core set was scanned."""
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    rows = (Measured(**{**row, "found": tuple(Found(**each) for each in row["found"])}) for row in kept["servers"])
    return kept["measured_on"], tuple(rows), Repeated(**kept["repeated"])
