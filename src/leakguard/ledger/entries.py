"""Entries: a manifest that is hashed and chained for ever, and content beside it that may be erased one day.

The manifest holds the SHA-256 of a random salt and the content, never the content.
Without salt and content nobody can tell from the chain what stood there, and the chain still verifies.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from leakguard.errors import LedgerBroken
from leakguard.frozen import Frozen
from leakguard.ledger.canonical import canonical, from_canonical, sha256_hex
from leakguard.models.events import Interval
from leakguard.models.moments import from_z
from leakguard.models.records import KeptRecord

SCHEMA = "leakguard.ledger/1"
GENESIS = "0" * 64
"""What the first entry names as its previous one."""
SYSTEM_TIME_STEPPED_BACK = "clock_stepped_back"
"""The flag of an entry whose system time was earlier than the `recorded_at` of the preceding entry.

Its own `recorded_at` is that of the preceding entry plus a microsecond.
"""
HEAD_SIGNED = "head_signed"
"""The flag of an entry whose writer had the signing key: the head that was stored with it is signed."""
SYSTEM_TIME_PREFIX = "clock="
"""Prefix of the word in `flags` that holds the system time of an entry with `SYSTEM_TIME_STEPPED_BACK`.

Older releases wrote none.
"""
CONTENT_ERASED = "content_erased"
"""The kind of the entry that names, in `sequences`, the entries whose content was erased on purpose."""
_FIRST_YEAR, _LAST_YEAR = 2, 9998
"""Beyond them a time has no local form in every zone; no entry has such a time unless somebody changed it."""
SALT_CHARACTERS = 64
"""Hex digits of a salt: 256 bits, so that short contents cannot be guessed from their hash."""


class Entry(Frozen):
    """One entry exactly as it is stored; times stay text, so that no other spelling of them passes for the same."""

    sequence: int
    subject: str
    """What the entry belongs to: the id of an incident or a run, or a word such as `accounts` or `clock`.

    Here and in flags, *clock* is the system clock of a machine.
    """
    kind: str
    occurred_earliest: str
    occurred_latest: str
    recorded_at: str
    """This and the two times before it as `moments.to_z` writes them."""
    flags: str
    """Words, separated by spaces; see `SYSTEM_TIME_STEPPED_BACK`, `HEAD_SIGNED` and `SYSTEM_TIME_PREFIX`."""
    content_sha256: str
    """See `content_hash`."""
    previous: str
    """The `hash` of the entry before; `GENESIS` for the first."""
    hash: str = ""
    """See `manifest_hash`."""
    salt: str | None = None
    content: str | None = None
    """Canonical JSON. Once erased, the tombstone (see `erasure`), or `None` if an older release erased it; `salt` is
    `None` in both cases."""


def manifest(entry: Entry) -> dict[str, Any]:
    """The manifest, over which the hash is computed: everything but the hash, the salt and the content."""
    return {
        "schema": SCHEMA,
        "sequence": entry.sequence,
        "subject": entry.subject,
        "kind": entry.kind,
        "occurred_at": {"earliest": entry.occurred_earliest, "latest": entry.occurred_latest},
        "recorded_at": entry.recorded_at,
        "flags": entry.flags,
        "content_sha256": entry.content_sha256,
        "previous": entry.previous,
    }


def manifest_hash(entry: Entry) -> str:
    """Hex SHA-256 of the canonical manifest; raises `UsageProblem` for an entry that JSON cannot hold."""
    return sha256_hex(canonical(manifest(entry)))


def content_hash(salt: str, content: str) -> str:
    """Hex SHA-256 of the salt's bytes followed by the content's; raises `ValueError` for a salt that is not hex."""
    return hashlib.sha256(bytes.fromhex(salt) + content.encode("utf-8")).hexdigest()


def kept_record(entry: Entry) -> KeptRecord:
    """The record of a stored entry; raises `LedgerBroken` if unreadable.

    Once erased, its content is the tombstone, or empty where an older release left none.
    """
    try:
        occurred_at = Interval(earliest=from_z(entry.occurred_earliest), latest=from_z(entry.occurred_latest))
        recorded_at = from_z(entry.recorded_at)
        content = from_canonical(entry.content) if entry.content is not None else {}
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise unreadable(entry.sequence) from error
    if not isinstance(content, dict) or not all(type(each) is str for each in (entry.subject, entry.kind, entry.flags)):
        raise unreadable(entry.sequence)
    if not all(map(_has_local_forms, (occurred_at.earliest, occurred_at.latest, recorded_at))):
        raise unreadable(entry.sequence)
    return KeptRecord(
        sequence=entry.sequence,
        subject=entry.subject,
        kind=entry.kind,
        occurred_at=occurred_at,
        recorded_at=recorded_at,
        content=content,
        hash=entry.hash,
    )


def _has_local_forms(at: datetime) -> bool:
    return _FIRST_YEAR <= at.year <= _LAST_YEAR


def raw_system_time(entry: Entry) -> datetime | None:
    """The system time when the entry was recorded.

    `None` if it was earlier than the `recorded_at` of the preceding entry and an older release did not store it.

    Raises `ValueError` for a time that cannot be read.
    """
    flags = str(entry.flags).split()
    word = next((flag for flag in flags if flag.startswith(SYSTEM_TIME_PREFIX)), None)
    if word is None and SYSTEM_TIME_STEPPED_BACK in flags:
        return None
    at = from_z(entry.recorded_at if word is None else word.removeprefix(SYSTEM_TIME_PREFIX))
    if not _has_local_forms(at):
        raise ValueError("a time without a local form in some zones")
    return at


def unreadable(sequence: object) -> LedgerBroken:
    """The error for an entry that was changed until it no longer reads as one."""
    return LedgerBroken(
        f"entry {sequence} of the ledger is unreadable, so somebody or something changed it",
        next_step="Run `leakguard evidence verify` to see every change, and restore the store from a backup.",
    )
