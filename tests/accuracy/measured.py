"""What the scanner said about each real server, as `python -m accuracy` measured it and `accuracy.json` keeps it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from accuracy.expected import OPEN
from accuracy.peers import nuclei_words
from lab.model import Server

FILE = Path(__file__).parents[2] / "docs" / "reference" / "accuracy.json"
"""Published, so that anybody can recompute the tables."""
DIRECT = "direct"
NOTHING = "none"
"""The datastore of software that is none."""
NAMED = frozenset({"exposed", "partially_exposed", "not_exposed"})
"""Outcomes that say what something is."""
FRONT_PAGE_FREE = frozenset({"guarded but for the front page", "firewall"})
"""States in which a stranger reads the front page alone."""
REASONS: Mapping[str, str] = {}
"""Server to the reason for a miss or a false alarm that is known and published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One finding about a server."""

    check: str
    datastore: str
    outcome: str
    has_size: bool
    records: int | None = None
    exact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One real server in one state, or one bucket of it, and the findings about it."""

    server: str
    datastore: str
    version: str
    form: str
    """`open` or `protected`, as the lab's own client has proved; of a front what is right of it, or `unsettled`."""
    core: bool
    found: tuple[Found, ...]
    state: str = DIRECT
    why: str = ""
    """Of a front: why that form is right."""
    records: int | None = None
    """How many the lab planted and the server counts."""
    nmap: str = ""
    """What nmap said of it, in a word or two; of servers that are reached directly."""
    group: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Its server and its state."""
        return self.server, self.state

    @property
    def is_hit(self) -> bool:
        """Open, and found open as what it is."""
        return self.form == "open" and any(each.outcome in OPEN and self._is_own(each) for each in self.found)

    @property
    def is_miss(self) -> bool:
        """Open, and not found open as what it is; or not settled, and called protected."""
        if self.form == "unsettled":
            return any(each.outcome == "not_exposed" and self._is_own(each) for each in self.found)
        return self.form == "open" and not self.is_hit

    @property
    def is_false_alarm(self) -> bool:
        """Protected and reported open, or reported open as something that it is not; of no datastore, named as one."""
        if self.datastore == NOTHING and any(each.datastore != "http" and each.outcome in NAMED for each in self.found):
            return True
        is_free = self.form in {"open", "unsettled"}
        return any(
            each.outcome in OPEN and not (self._is_own(each) and (is_free or self._is_front_page(each)))
            for each in self.found
        )

    def _is_front_page(self, each: Found) -> bool:
        """Whether the front page alone was to be had, and what it names was called no more than that."""
        return self.state in FRONT_PAGE_FREE and each.outcome == "partially_exposed"

    @property
    def is_right(self) -> bool:
        """Open and found, or protected and left alone."""
        return not self.is_miss and not self.is_false_alarm

    @property
    def size_error(self) -> float | None:
        """How far the number of records told is from the one planted, as a part of it; nothing where one is unknown."""
        told = [each.records for each in self.found if each.outcome in OPEN and self._is_own(each)]
        known = [number for number in told if number is not None]
        return max(abs(number - self.records) / self.records for number in known) if self.records and known else None

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


def measured(
    server: Server, findings: Iterable[Mapping[str, Any]], *, form: str = "", bucket: str = "", **more: Any  # noqa: ANN401  (fields)
) -> Measured:  # fmt: skip
    """What a scan said about a server, or about one bucket of it."""
    found = {(each["check_id"], each["outcome"]): _found(each) for each in findings if _counts(each)}
    return Measured(
        server=f"{server.name}/{bucket}" if bucket else server.name,
        datastore=server.datastore,
        version=server.version,
        form=form or server.form,
        core=server.core,
        found=tuple(found[key] for key in sorted(found)),
        records=server.records,
        **more,
    )


def _counts(finding: Mapping[str, Any]) -> bool:
    return bool(finding["outcome"] != "not_applicable")


def _found(finding: Mapping[str, Any]) -> Found:
    size = finding["size"] or {}
    return Found(
        check=finding["check_id"], datastore=finding["datastore"], outcome=finding["outcome"], has_size=bool(size),
        records=size.get("records"), exact=bool(size.get("exact", True)),
    )  # fmt: skip


def write(rows: Iterable[Measured], day: str, repeated: Repeated) -> None:
    """Keep what was measured on `day`; what is as usual is left out."""
    kept = {
        "schema": "leakguard.accuracy/1",
        "measured_on": day,
        "nuclei": nuclei_words(),
        "repeated": asdict(repeated),
        "servers": [_plain(row) for row in sorted(rows, key=lambda row: row.key)],
    }
    FILE.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


def _plain(row: Measured) -> dict[str, Any]:
    usual = {"state": DIRECT, "why": "", "records": None, "nmap": "", "group": ""}
    return {name: value for name, value in asdict(row).items() if name not in usual or value != usual[name]}


def read() -> tuple[str, tuple[Measured, ...], Repeated]:
    """The day, what was measured then, and how often the core set was scanned."""
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    rows = (Measured(**{**row, "found": tuple(Found(**each) for each in row["found"])}) for row in kept["servers"])
    return kept["measured_on"], tuple(rows), Repeated(**kept["repeated"])


def read_nuclei() -> str:
    """What was said of nuclei then."""
    return str(json.loads(FILE.read_text(encoding="utf-8")).get("nuclei", ""))


def merged(old: Iterable[Measured], new: Iterable[Measured]) -> list[Measured]:
    """What was measured now, and of what was not measured now what was measured before."""
    now = list(new)
    servers = {row.server.partition("/")[0] for row in now}
    return [*now, *(row for row in old if row.server.partition("/")[0] not in servers)]
