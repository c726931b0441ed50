"""Checks of a single entry that may have been tampered with; none of them raises."""

from __future__ import annotations

from leakguard.errors import UsageProblem
from leakguard.frozen import replace
from leakguard.ledger.canonical import sha256_hex
from leakguard.ledger.entries import Entry, content_hash, manifest_hash


def hash_or_none(entry: Entry) -> str | None:
    """The hash of the entry's manifest; `None` if a change left values that JSON cannot hold."""
    try:
        return manifest_hash(entry)
    except UsageProblem:
        return None


def fits(entry: Entry, number: int) -> bool:
    """Whether the entry's hash is right if its number is replaced by `number`."""
    return hash_or_none(replace(entry, sequence=number)) == entry.hash


def content_matches(salt: str, content: str, expected: str) -> bool:
    """Whether salt and content have the hash `expected`, which the manifest states."""
    try:
        return content_hash(salt, content) == expected
    except (ValueError, TypeError, AttributeError):
        return False


def digest_or_sentinel(text: str | None) -> str | None:
    """The hash of content such as a tombstone; `None` if there is none, an empty text if it is not encodable text."""
    try:
        return None if text is None else sha256_hex(text)
    except (UnicodeError, AttributeError):
        return ""
