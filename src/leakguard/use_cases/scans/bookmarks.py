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
from leakguard.models.records import Record
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


def read_bookmark(store: ScanStore) -> KnownExposures | None:
    """What the bookmark tells; `None` where there is none that the ledger vouches for, or one of another release."""
    found = store.bookmark()
    if found is None:
        return None
    entry = next(islice(store.read_after(found.sequence - 1), 1), None)
    if entry is None or entry.kind != KEPT or not is_vouched_for(found, entry.content):
        return None
    if any(record.sequence > entry.sequence for record in store.of_kinds({WITHDRAWN})):
        return None  # it holds what was withdrawn since
    state = json.loads(zlib.decompress(base64.b64decode(found.text)))
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
    state: dict[str, Any] = {
        "last": follower.last, "ends": follower.ends, "rounds": known.rounds, "history": state_of(known.history),
        "open": [[run, mark.sequence, mark.at.isoformat()] for run, mark in follower.unended.items()],
    }  # fmt: skip
    text = base64.b64encode(zlib.compress(json.dumps(state).encode(), 1)).decode("ascii")
    content = {"sha256": _digest(text), "until": follower.last}
    record = Record(kind=KEPT, occurred_at=exactly(now()), content=content)
    store.keep_bookmark(text, LEDGER_SUBJECT, record, since=known.since)


def is_vouched_for(found: Bookmark, content: Mapping[str, Any]) -> bool:
    """Whether the content of its ledger entry is about this very text."""
    return content.get("sha256") == _digest(found.text)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
