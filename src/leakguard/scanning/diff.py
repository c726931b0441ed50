"""Changes: the words for what happens to an open place from one look to the next, and how two looks compare."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from leakguard.frozen import Frozen
from leakguard.models.findings import Finding, Outcome
from leakguard.models.glances import OPEN_OUTCOMES
from leakguard.scanning.exposure_summary import ExposureSummary, bytes_told, changed_fields, growth

OPEN = OPEN_OUTCOMES


class ChangeKind(StrEnum):
    """What happened to one check on one place; in the order in which a person wants to read them."""

    RE_EXPOSED = "re_exposed"
    """Seen closed before, and open again: here, or at another address under the same id."""
    NEW = "new"
    MOVED = "moved"
    """Never seen open here, but it was elsewhere, where it is closed now or gives no clear answer."""
    ALSO_AT = "also_at"
    """Never seen open here, and the same store is open elsewhere too."""
    STILL_OPEN = "still_open"
    """Open again after looks without a clear answer: nobody ever saw it closed."""
    GROWN = "grown"
    SHRUNK = "shrunk"
    CHANGED = "changed"
    """As large as before, but another version, access, severity, ransom verdict, id, address or vantage."""
    UNKNOWN = "unknown"
    """Open before; now there was no clear answer, so closure is not claimed."""
    CLOSED = "closed"
    """The port is closed, or a login is asked for, wherever it was seen open."""
    SAME = "same"


ORDER = tuple(ChangeKind)
EXPOSURES = frozenset({ChangeKind.RE_EXPOSED, ChangeKind.NEW, ChangeKind.MOVED, ChangeKind.ALSO_AT})
"""The changes by which a place becomes open."""
STILL = EXPOSURES | {
    ChangeKind.STILL_OPEN, ChangeKind.GROWN, ChangeKind.SHRUNK, ChangeKind.CHANGED, ChangeKind.SAME,
}  # fmt: skip
"""The changes after which a place is open."""


class Change(Frozen):
    """One check on one place, before and after."""

    kind: ChangeKind
    check_id: str
    target: str
    """The place: `host:port` or `host:port/bucket`."""
    before: ExposureSummary | None = None
    """As it was last seen open."""
    after: ExposureSummary | None = None
    """As it is open now."""
    fields: tuple[str, ...] = ()
    """Which traits changed, sizes left out."""
    elsewhere: tuple[str, ...] = ()
    """Other places of the same store."""
    reason: str = ""
    """Why it counts as closed or as unknown."""
    not_closed: tuple[tuple[str, int], ...] = ()
    """Findings that incidents have on record as closed, each with the entry of the look that saw it open."""
    is_known: bool = False
    """Whether it was known to be open: only the incidents that have it on record as closed learn of it."""

    @property
    def records_grown(self) -> int | None:
        """How many records more the server states now; `None` when either count is unknown."""
        return growth(self.before, self.after, "records")

    @property
    def bytes_grown(self) -> int | None:
        """How many bytes more the server states now; `None` when either size is unknown."""
        return growth(self.before, self.after, "bytes")

    @property
    def differences(self) -> tuple[str, ...]:
        """What differs between the two looks, such as `ransomed no -> yes`; what no incident's story may lack."""
        before, after = self.before, self.after
        if before is None or after is None:
            return ()
        sizes = (name for name in ("records", "bytes") if growth(before, after, name))
        pairs = ((name, getattr(before, name, None), getattr(after, name, None)) for name in (*self.fields, *sizes))
        return tuple(f"{name} {was} -> {now}" for name, was, now in pairs if was != now)

    @property
    def seen(self) -> ExposureSummary:
        """The latest open look; every change has one."""
        seen = self.after or self.before
        if seen is None:
            raise ValueError("a change is about something that was open once")
        return seen


def kind_of(before: ExposureSummary, after: ExposureSummary, fields: tuple[str, ...]) -> ChangeKind:
    """What happened between two open looks at the same place."""
    grown = growth(before, after, "records") or bytes_told(before, after)
    if grown:
        return ChangeKind.GROWN if grown > 0 else ChangeKind.SHRUNK
    return ChangeKind.CHANGED if fields else ChangeKind.SAME


def compared(before: ExposureSummary, after: ExposureSummary) -> tuple[ChangeKind, tuple[str, ...]]:
    """The kind of the difference, and the traits that differ."""
    fields = changed_fields(before, after)
    return kind_of(before, after, fields), fields


def worst_of(findings: Iterable[Finding]) -> dict[tuple[str, str], Finding]:
    """One finding for each check and target: a name may lead to several addresses, and one open one is enough."""
    worst: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        key = (finding.check_id, finding.place)
        if key not in worst or _badness(finding) > _badness(worst[key]):
            worst[key] = finding
    return worst


def _badness(finding: Finding) -> int:
    outcome = finding.verdict.outcome
    return 2 if outcome in OPEN else 1 if outcome is Outcome.INCONCLUSIVE else 0
