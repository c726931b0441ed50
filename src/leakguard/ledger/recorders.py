"""Who recorded the entries of a ledger: how many were authenticated, and how."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from leakguard.frozen import Frozen, field
from leakguard.ledger.entries import Entry
from leakguard.models.people import AUTHENTICATED

_HOW = re.compile(r'"recorded_by":\{"how":"([a-z]{1,16})","id":"([^"\\]{0,100})"')
"""As canonical JSON writes it; within a text its quotes would be escaped, so no text can match."""
UNKNOWN = "unknown"
"""For entries that do not say who recorded them: those of earlier releases, and erased ones without a tombstone."""


class RecorderCounts(Frozen):
    """The number of entries by how the person who recorded them was authenticated."""

    counts: dict[str, int] = field(default_factory=dict)
    """By a `BySource`, or `unknown`."""
    account_count: int = 0
    """How many different accounts recorded the authenticated entries."""

    @property
    def authenticated_count(self) -> int:
        """Entries by somebody who logged in, or by a token."""
        return sum(count for how, count in self.counts.items() if how in AUTHENTICATED)

    @property
    def other_count(self) -> int:
        """All other entries that say who recorded them."""
        return sum(self.counts.values()) - self.authenticated_count - self.counts.get(UNKNOWN, 0)


class RecorderCounter:
    """Counts entries while they are read."""

    def __init__(self) -> None:
        self._by_how: Counter[str] = Counter()
        self._accounts: set[str] = set()

    def watch(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Pass every entry on, and count it."""
        for entry in entries:
            self._take(entry.content)
            yield entry

    def _take(self, content: str | None) -> None:
        found = _HOW.search(content) if isinstance(content, str) else None
        how = found[1] if found is not None else UNKNOWN
        self._by_how[how] += 1
        if found is not None and how in AUTHENTICATED:
            self._accounts.add(found[2])

    def counts(self) -> RecorderCounts:
        """What was counted."""
        return RecorderCounts(counts=dict(sorted(self._by_how.items())), account_count=len(self._accounts))
