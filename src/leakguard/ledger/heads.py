"""Heads: the last entry's place and hash, small enough to keep in a second place.

A chain alone cannot show that its tail was cut off; an earlier head kept elsewhere can.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from leakguard.ledger.entries import Entry

SCHEMA = "leakguard.head/1"
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where the ledger stood at one moment."""

    sequence: int
    hash: str
    recorded_at: str


def head_of(entry: Entry) -> Head:
    """The head of a ledger whose last entry is `entry`."""
    return Head(sequence=entry.sequence, hash=entry.hash, recorded_at=entry.recorded_at)


def head_to_text(head: Head) -> str:
    """One line of JSON."""
    fields = {"schema": SCHEMA, "sequence": head.sequence, "hash": head.hash, "recorded_at": head.recorded_at}
    return json.dumps(fields) + "\n"


def parse_head(text: str) -> Head | None:
    """The head in a text, or nothing when there is none that can be read: that proves nothing either way."""
    try:
        fields = json.loads(text)
        head = Head(sequence=fields["sequence"], hash=fields["hash"], recorded_at=fields["recorded_at"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return head if fields.get("schema") == SCHEMA and _is_shapely(head) else None


def _is_shapely(head: Head) -> bool:
    sequence: object = head.sequence
    if type(sequence) is not int or sequence < 1:
        return False
    return all(isinstance(text, str) for text in (head.hash, head.recorded_at)) and bool(_HASH.fullmatch(head.hash))
