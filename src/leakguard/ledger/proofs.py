"""Questions about a single entry that might have been tampered with; none of them ever raises."""

from __future__ import annotations

from dataclasses import replace

from leakguard.errors import UsageProblem
from leakguard.ledger.canonical import from_canonical
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


def erased_by(content: str) -> list[object]:
    """The numbers of the entries whose content an entry says was erased; its own content must match first."""
    found = from_canonical(content)
    listed = found.get("sequences") if isinstance(found, dict) else None
    return list(listed) if isinstance(listed, list) else []
