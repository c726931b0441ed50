"""Heads: the last entry's place and hash, small enough to keep in a second place.

A chain alone cannot show that its tail was cut off; an earlier head kept elsewhere can.
"""

from __future__ import annotations

import json
import re

from leakguard.frozen import Frozen
from leakguard.ledger.entries import Entry

SCHEMA = "leakguard.head/1"
SHORT = 16
"""Hex digits of a head in print: 64 bits, and nobody finds a second chain for those while a letter is on its way."""
_HASH = re.compile(r"[0-9a-f]{64}")
_NOTED = re.compile(r"^([1-9]\d{0,17})\n[A-Za-z0-9+/]{43}=\nlast ([0-9a-f]{64})$", re.ASCII | re.MULTILINE)
_PRINTED = re.compile(r"(?<!\d)([1-9]\d{0,17})\D{1,12}?([0-9a-f]{8,64})\b", re.ASCII)


class Head(Frozen):
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


def printed_head(text: str) -> Head | None:
    """The head in what a letter or a mail printed, such as `entry 12, 0123456789abcdef`; its hash may be cut short."""
    found = _PRINTED.search(text)
    return Head(sequence=int(found[1]), hash=found[2], recorded_at="") if found else None


def told_heads(text: str) -> tuple[Head, ...]:
    """Every head that a text from elsewhere tells: notes one behind the other, a head file, or one as printed."""
    noted = tuple(Head(sequence=int(one[1]), hash=one[2], recorded_at="") for one in _NOTED.finditer(text))
    one = None if noted else parse_head(text) or printed_head(text)
    return (one,) if one is not None else noted


def short(head: Head) -> str:
    """A head as letters and mails print it: enough to tell it from any other, short enough to type."""
    return f"entry {head.sequence}, {head.hash[:SHORT]}"


def _is_shapely(head: Head) -> bool:
    sequence: object = head.sequence
    if type(sequence) is not int or sequence < 1:
        return False
    return all(isinstance(text, str) for text in (head.hash, head.recorded_at)) and bool(_HASH.fullmatch(head.hash))
