"""The difference between two runs: what is new, grown, shrunk, closed, and what the second run did not look at."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from leakguard.models.findings import Finding, Outcome
from leakguard.models.targets import endpoint_key

OPEN = frozenset({Outcome.EXPOSED, Outcome.PARTIALLY_EXPOSED})


class ChangeKind(StrEnum):
    """What happened to one check on one target between two runs."""

    NEW = "new"
    GROWN = "grown"
    SHRUNK = "shrunk"
    SAME = "same"
    CLOSED = "closed"
    """The port is closed, or a login is asked for."""
    UNKNOWN = "unknown"
    """Open before; the second run got no clear answer, so closure is not claimed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One check on one target, before and after."""

    kind: ChangeKind
    check_id: str
    target: str
    before: Finding | None
    after: Finding | None

    @property
    def records_grown(self) -> int | None:
        """How many records more the server states now; `None` when either count is unknown."""
        return _difference(self.before, self.after, "records")

    @property
    def bytes_grown(self) -> int | None:
        """How many bytes more the server states now; `None` when either size is unknown."""
        return _difference(self.before, self.after, "bytes")


def diff_runs(
    before: Iterable[Finding], after: Iterable[Finding], *, closed: Collection[str] = ()
) -> tuple[Change, ...]:
    """Compare by check and target; a target that was never open in either run is left out.

    `closed` has the keys of the endpoints whose port the later run saw closed: they have no finding to tell it.
    """
    old, new = worst_of(before), worst_of(after)
    changes = []
    for key in dict.fromkeys([*old, *new]):
        was, now = old.get(key), new.get(key)
        if _is_open(was) or _is_open(now):
            kind = _kind(was, now, closed)
            changes.append(Change(kind=kind, check_id=key[0], target=key[1], before=was, after=now))
    return tuple(changes)


def worst_of(findings: Iterable[Finding]) -> dict[tuple[str, str], Finding]:
    """One finding for each check and target: a name may lead to several addresses, and one open one is enough."""
    worst: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        key = (finding.check_id, finding.place)
        if key not in worst or _badness(finding) > _badness(worst[key]):
            worst[key] = finding
    return worst


def _badness(finding: Finding) -> int:
    return 2 if _is_open(finding) else 1 if finding.verdict.outcome is Outcome.INCONCLUSIVE else 0


def _kind(was: Finding | None, now: Finding | None, closed: Collection[str]) -> ChangeKind:
    if was is None or not _is_open(was):
        return ChangeKind.NEW
    if now is None and endpoint_key(was.address, was.port, was.host) in closed:
        return ChangeKind.CLOSED
    if now is None or now.verdict.outcome is Outcome.INCONCLUSIVE:
        return ChangeKind.UNKNOWN
    if not _is_open(now):
        return ChangeKind.CLOSED
    grown = _difference(was, now, "records") or _difference(was, now, "bytes") or 0
    return ChangeKind.GROWN if grown > 0 else ChangeKind.SHRUNK if grown < 0 else ChangeKind.SAME


def _is_open(finding: Finding | None) -> bool:
    return finding is not None and finding.verdict.outcome in OPEN


def _difference(was: Finding | None, now: Finding | None, field: str) -> int | None:
    if was is None or now is None or was.verdict.size is None or now.verdict.size is None:
        return None
    before, after = getattr(was.verdict.size, field), getattr(now.verdict.size, field)
    return None if before is None or after is None else int(after) - int(before)
