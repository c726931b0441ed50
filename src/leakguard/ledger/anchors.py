"""Heads that were kept before, against the entries of today: the same entries, the same root, the signature right."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from leakguard.ledger.entries import Entry
from leakguard.ledger.keys import parse_public_key
from leakguard.ledger.merkle import Stack
from leakguard.ledger.notes import is_signed_by, parse_tree_head, text_of
from leakguard.ledger.verification import Doubt, DoubtKind
from leakguard.models.texts import counted


@dataclass(slots=True)
class Roots:
    """The roots and last hashes at some sizes, gathered while entries go by; remembers a hash a level."""

    sizes: Collection[int]
    found: dict[int, tuple[str, bytes]] = field(default_factory=dict)
    size: int = 0
    root: bytes = b""
    """Over all entries that went by."""

    def watch(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Pass every entry on; one whose hash is none is named elsewhere and breaks the roots from there on."""
        stack = Stack()
        for entry in entries:
            stack.push(_raw(entry.hash))
            self.size = stack.size
            if self.size in self.sizes:
                self.found[self.size] = (entry.hash, stack.root())
            yield entry
        self.root = stack.root()


def sizes_in(contents: Iterable[Mapping[str, Any]]) -> frozenset[int]:
    """How many entries each kept head is over."""
    heads = (parse_tree_head(text_of(str(content.get("note") or ""))) for content in contents)
    return frozenset(head.size for head in heads if head is not None)


def head_doubts(contents: Iterable[Mapping[str, Any]], roots: Roots) -> Iterator[Doubt]:
    """What is wrong with the heads in these contents of `head_kept` entries."""
    for content in contents:
        note = str(content.get("note") or "")
        head = parse_tree_head(text_of(note))
        if head is None or roots.found.get(head.size) != (head.hash, head.root):
            text = f"the head of {counted(head.size, 'entry', 'entries')}" if head else "a head that was kept before"
            yield Doubt(kind=DoubtKind.CHANGED_ROOT, text=f"{text} does not fit the entries of today")
        elif note != head.text and not _is_right(note, str(content.get("key") or "")):
            text = f"the signature of the head of {counted(head.size, 'entry', 'entries')} is wrong"
            yield Doubt(kind=DoubtKind.WRONG_SIGNATURE, text=text)


def _is_right(note: str, key: str) -> bool:
    public = parse_public_key(key)
    return public is not None and is_signed_by(note, public)


def _raw(hexadecimal: str) -> bytes:
    try:
        return bytes.fromhex(hexadecimal)
    except (ValueError, TypeError):
        return b""
