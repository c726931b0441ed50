"""Compares the heads in `head_kept` entries with the entries as they are now: last entry, root and signature."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from leakguard.ledger.entries import Entry
from leakguard.ledger.keys import parse_public_key
from leakguard.ledger.merkle import IncrementalRoot
from leakguard.ledger.notes import is_signed_by, parse_tree_head, text_of
from leakguard.ledger.verification_result import Discrepancy, DiscrepancyKind


@dataclass(slots=True)
class Roots:
    """The roots up to some entries, gathered while all entries are read, in O(log n) memory."""

    sizes: Collection[int]
    """The sizes of the ledger, as counts of entries, at which the root is noted."""
    found: dict[int, tuple[str, bytes]] = field(default_factory=dict)
    """For each of `sizes`: the hash of the last entry, and the root up to it."""
    size: int = 0
    root: bytes = b""
    """The root over all entries, once all were read."""

    def watch(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Pass every entry on.

        A hash that is not hexadecimal counts as an empty leaf, so no later root matches; `verifier.verify` reports it.
        """
        stack = IncrementalRoot()
        for entry in entries:
            stack.push(_raw(entry.hash))
            self.size = stack.size
            if self.size in self.sizes:
                self.found[self.size] = (entry.hash, stack.root())
            yield entry
        self.root = stack.root()


def sizes_in(contents: Iterable[Mapping[str, Any]]) -> frozenset[int]:
    """How many entries each of the recorded heads covers."""
    heads = (parse_tree_head(text_of(str(content.get("note") or ""))) for content in contents)
    return frozenset(head.size for head in heads if head is not None)


def kept_head_discrepancies(contents: Iterable[Mapping[str, Any]], roots: Roots) -> Iterator[Discrepancy]:
    """The heads in these contents of `head_kept` entries that do not match `roots`, or whose signature is wrong."""
    for content in contents:
        note = str(content.get("note") or "")
        head = parse_tree_head(text_of(note))
        if head is None or roots.found.get(head.size) != (head.hash, head.root):
            text = f"the head that was kept at entry {head.size}" if head else "a head that was kept before"
            text += " does not match the entries as they are now"
            yield Discrepancy(kind=DiscrepancyKind.CHANGED_ROOT, text=text)
        elif note != head.text and not _is_right(note, str(content.get("key") or "")):
            text = f"the signature of the head that was kept at entry {head.size} is wrong"
            yield Discrepancy(kind=DiscrepancyKind.WRONG_SIGNATURE, text=text)


def _is_right(note: str, key: str) -> bool:
    public = parse_public_key(key)
    return public is not None and is_signed_by(note, public)


def _raw(hexadecimal: str) -> bytes:
    try:
        return bytes.fromhex(hexadecimal)
    except (ValueError, TypeError):
        return b""
