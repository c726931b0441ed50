"""The difference between two runs: what is new, grown, shrunk, closed, and what the second run did not look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from leakguard.models.findings import Finding, Outcome

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


def diff_runs(before: Iterable[Finding], after: Iterable[Finding]) -> tuple[Change, ...]:
    """Compare by check and target; a target that was never open in either run is left out."""
    old = {(finding.check_id, finding.target): finding for finding in before}
    new = {(finding.check_id, finding.target): finding for finding in after}
    changes = []
    for key in dict.fromkeys([*old, *new]):
        was, now = old.get(key), new.get(key)
        if _is_open(was) or _is_open(now):
            changes.append(Change(kind=_kind(was, now), check_id=key[0], target=key[1], before=was, after=now))
    return tuple(changes)


def _kind(was: Finding | None, now: Finding | None) -> ChangeKind:
    if not _is_open(was):
        return ChangeKind.NEW
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
