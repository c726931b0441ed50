"""Bookmarks: what a store's exposures came to up to one entry, so that nobody folds a year of runs to begin.

One may be lost at any time, as it is reckoned from the ledger. Its digest stands in the ledger: one that somebody
changed, or that belongs to another ledger, is not believed, and all runs are folded again.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from leakguard.models.bookmarks import Bookmark
from leakguard.models.events import exactly
from leakguard.models.records import KeptRecord, Record
from leakguard.ports import Now, ScanStore, WatchStore
from leakguard.scanning.history import History
from leakguard.scanning.history_state import history_from, state_of
from leakguard.use_cases.scans.following import LEDGER_SUBJECT, EntryMark, Follower
from leakguard.use_cases.scans.withdrawals import WITHDRAWN

KEPT = "exposures_bookmarked"


@dataclass(slots=True, kw_only=True)
class KnownExposures:
    """What is known of a store's exposures, and how far the ledger was read for it."""

    follower: Follower
    history: History = field(default_factory=History)
    rounds: dict[str, str] = field(default_factory=dict)
    """The last round of each watch, by the digest of its options."""
    since: int = 0
    """The entry up to which nothing of this was erased: after a later erasure no bookmark is made of it."""
    _withdrawn: list[KeptRecord] = field(default_factory=list)
    """Withdrawals that were read behind what is folded."""

    def read_on(self, note: dict[str, list[KeptRecord]] | None = None) -> bool:
        """Read to the end of the ledger, as `Follower.read_on`; whether all has to be folded anew.

        It has where results of a worker were withdrawn since: the history holds what they told. A read that fails
        loses nothing.
        """
        is_first = not self.follower.last
        self.follower.read_on(note if is_first else {**(note or {}), WITHDRAWN: self._withdrawn})
        is_anew = bool(self._withdrawn)
        if is_anew:
            follower = Follower(store=self.follower.store)
            follower.read_on(note)
            self.follower, self.history, self.rounds, self.since = follower, History(), {}, 0
            self._withdrawn.clear()
        self.since = self.since or self.follower.last
        return is_anew


def read_bookmark(store: ScanStore) -> KnownExposures | None:
    """What the bookmark tells; `None` where there is none that the ledger vouches for, or one of another release."""
    found = store.bookmark()
    if found is None:
        return None
    entry = next(islice(store.read_after(found.sequence - 1), 1), None)
    if entry is None or entry.kind != KEPT or not is_vouched_for(found, entry.content):
        return None
    state = json.loads(zlib.decompress(base64.b64decode(found.text)))
    if _last_withdrawal(store) > state.get("withdrawn", 0):
        return None  # it holds what was withdrawn, perhaps while it was made
    history = history_from(state["history"])
    if history is None:
        return None
    follower = Follower(store=store, last=state["last"], ends=state["ends"])
    follower.unended.update(
        (run, EntryMark(sequence=at, at=datetime.fromisoformat(when))) for run, at, when in state["open"]
    )
    return KnownExposures(history=history, follower=follower, rounds=state["rounds"], since=follower.last)


def keep_bookmark(store: WatchStore, known: KnownExposures, *, now: Now) -> None:
    """Keep what is known by now; nothing of it may be unfolded or untold. Raises `NotAllowed` after an erasure."""
    follower = known.follower
    withdrawn = _last_withdrawal(store, until=follower.last)
    state: dict[str, Any] = {
        "last": follower.last, "ends": follower.ends, "rounds": known.rounds, "history": state_of(known.history),
        "open": [[run, mark.sequence, mark.at.isoformat()] for run, mark in follower.unended.items()],
        "withdrawn": withdrawn,
    }  # fmt: skip
    text = base64.b64encode(zlib.compress(json.dumps(state).encode(), 1)).decode("ascii")
    content = {"sha256": _digest(text), "until": follower.last}
    record = Record(kind=KEPT, occurred_at=exactly(now()), content=content)
    store.keep_bookmark(text, LEDGER_SUBJECT, record, since=known.since)


def is_vouched_for(found: Bookmark, content: Mapping[str, Any]) -> bool:
    """Whether the content of its ledger entry is about this very text."""
    try:
        return content.get("sha256") == _digest(found.text)
    except AttributeError:  # somebody put what is no text into the column
        return False


def _last_withdrawal(store: ScanStore, *, until: int | None = None) -> int:
    """The last entry, or the last up to one, by which results of a worker were withdrawn; 0 without any."""
    entries = (record.sequence for record in store.of_kinds({WITHDRAWN}))
    return max((sequence for sequence in entries if until is None or sequence <= until), default=0)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
