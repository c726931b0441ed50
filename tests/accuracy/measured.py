"""What the scanner said about each real server in each state, and whether it was right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from accuracy.expected import OPEN
from lab.model import Server

DIRECT = "direct"
NOTHING = "none"
"""The datastore of software that is none."""
NO_STORE = frozenset({"http", "page"})
"""What checks name that know a web server, or a page and what it ships, and no datastore."""
SIZES = ("records", "size_bytes", "collections")
"""What the lab plants and a server tells."""
ROWS_HIDDEN = "rows_hidden"
NAMED = frozenset({"exposed", "partially_exposed", "not_exposed"})
"""Outcomes that say what something is."""
FRONT_PAGE_FREE = frozenset({"guarded but for the front page", "firewall"})
"""States in which a stranger reads the front page alone."""
REASONS: Mapping[str, str] = {
    "orthanc-dicom-open": "a node agrees to queries also where it refuses each one, and to send one would read records",
}
"""Server, or kind and state (`redis, firewall`), to the reason for a wrong verdict that is known and published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One finding about a server."""

    check: str
    datastore: str
    outcome: str
    has_size: bool
    records: int | None = None
    size_bytes: int | None = None
    collections: int | None = None
    exact: bool = True
    reason_code: str = ""
    """Why it is not settled, such as `rows_hidden`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One real server in one state, or one bucket or table of it, and the findings about it."""

    server: str
    datastore: str
    version: str
    form: str
    """`open` or `protected`, as the lab's own client has proved; of a front what is right of it, or `unsettled`.

    A table that shows strangers no row is `hidden`: neither open nor refused.
    """
    core: bool
    found: tuple[Found, ...]
    state: str = DIRECT
    why: str = ""
    """Of a front: why that form is right."""
    records: int | None = None
    """How many the lab planted and the server counts."""
    size_bytes: int | None = None
    collections: int | None = None
    nmap: str = ""
    """What nmap said of it, in a word or two; of servers that are reached directly."""
    group: str = ""
    is_fronted: bool = False
    """Whether it is protected by a proxy of the lab alone."""

    @property
    def verdicts(self) -> frozenset[tuple[str, str]]:
        """What was said of it, without its numbers."""
        return frozenset((each.check, each.outcome) for each in self.found)

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
        """Open, and not found open as what it is; or not settled, and called protected without an open question."""
        if self.form == "hidden":
            return not any(each.reason_code == ROWS_HIDDEN and self._is_own(each) for each in self.found)
        if self.form == "unsettled":
            own = {each.outcome for each in self.found if self._is_own(each)}
            return "not_exposed" in own and "inconclusive" not in own
        return self.form == "open" and not self.is_hit

    @property
    def is_false_alarm(self) -> bool:
        """Protected and reported open, or reported open as something that it is not; of no datastore, named as one."""
        if self.datastore == NOTHING and any(
            each.datastore not in NO_STORE and each.outcome in NAMED for each in self.found
        ):
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
    def size_errors(self) -> Mapping[str, float]:
        """How far what was told is from what was planted, as a part of it; of what both are known.

        Fewer than planted is no error where the finding says that it is at least so many.
        """
        found = {name: list(self._errors(name)) for name in SIZES}
        return {name: max(errors) for name, errors in found.items() if errors}

    def _errors(self, name: str) -> Iterator[float]:
        planted = getattr(self, name)
        for each in self.found:
            told = getattr(each, name)
            if planted and told is not None and each.outcome in OPEN and self._is_own(each):
                yield 0.0 if told < planted and not each.exact else abs(told - planted) / planted

    def _is_own(self, each: Found) -> bool:
        return each.datastore == self.datastore


def reasons_for(row: Measured) -> tuple[str, ...]:
    """The entries of `REASONS` that speak of it."""
    return tuple(name for name in (row.server.partition("/")[0], f"{row.datastore}, {row.state}") if name in REASONS)


def reason_of(row: Measured) -> str:
    """Why its verdict is wrong, where that is known."""
    return next((REASONS[name] for name in reasons_for(row)), "")


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
        size_bytes=server.size_bytes,
        collections=server.collections,
        is_fronted=server.is_front and (form or server.form) == "protected",
        **more,
    )


def _counts(finding: Mapping[str, Any]) -> bool:
    return bool(finding["outcome"] != "not_applicable")


def _found(finding: Mapping[str, Any]) -> Found:
    size = finding["size"] or {}
    return Found(
        check=finding["check_id"], datastore=finding["datastore"], outcome=finding["outcome"], has_size=bool(size),
        records=size.get("records"), size_bytes=size.get("bytes"), collections=size.get("collections"),
        exact=bool(size.get("exact", True)), reason_code=finding.get("reason_code") or "",
    )  # fmt: skip
