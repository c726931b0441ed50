"""The facts that were read last: a page asks for those of one incident several times, and to read them takes long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Lock

from leakguard.frozen import Frozen
from leakguard.notices.facts import Facts
from leakguard.notices.vocabulary import Vocabulary

MOST = 16
"""Files that are remembered."""
Key = tuple[str, str, str | None]
"""The text of a file, its name, and the zone of local times where it names none."""


class _Known(Frozen):
    vocabulary: Vocabulary
    facts: Facts
    read_at: datetime


class KnownFacts:
    """Held in memory, and read by many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[Key, _Known] = {}

    def of(self, key: Key, vocabulary: Vocabulary, now: datetime, read: Callable[[], Facts]) -> Facts:
        """What `read` gives, or gave before for the same text: by the same words, and at no later moment."""
        with self._lock:
            found = self._known.get(key)
        if found is not None and found.vocabulary is vocabulary and found.read_at <= now:
            return found.facts
        facts = read()
        if all(event.recorded_at < now for event in facts.events):  # else they would read otherwise later on
            with self._lock:
                self._known.pop(key, None)
                while len(self._known) >= MOST:
                    del self._known[next(iter(self._known))]
                self._known[key] = _Known(vocabulary=vocabulary, facts=facts, read_at=now)
        return facts
