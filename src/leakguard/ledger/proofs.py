"""Questions about a single entry that might have been tampered with; none of them ever raises."""

from __future__ import annotations

from leakguard.errors import UsageProblem
from leakguard.frozen import replace
from leakguard.ledger.canonical import sha256_hex
from leakguard.ledger.entries import Entry, content_hash, manifest_hash


def hash_or_nothing(entry: Entry) -> str | None:
    """The hash of the entry's manifest; nothing for one that was changed until it is no manifest."""
    try:
        return manifest_hash(entry)
    except UsageProblem:
        return None


def fits(entry: Entry, number: int) -> bool:
    """Whether the entry's hash was taken when it had this number."""
    return hash_or_nothing(replace(entry, sequence=number)) == entry.hash


def content_matches(salt: str, content: str, expected: str) -> bool:
    """Whether salt and content are the ones that the manifest was made with."""
    try:
        return content_hash(salt, content) == expected
    except (ValueError, TypeError, AttributeError):
        return False


def digest_or_nothing(text: str | None) -> str | None:
    """The hash of what stands in the place of content; nothing where nothing stands there, or no text."""
    try:
        return None if text is None else sha256_hex(text)
    except (UnicodeError, AttributeError):
        return ""
