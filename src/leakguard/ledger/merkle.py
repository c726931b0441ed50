"""The Merkle tree over all entries, with the proofs of RFC 9162, part 2.1.

A leaf is the 32 bytes of an entry's hash. Leaf hashes are prefixed with 0x00, node hashes with 0x01.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

EMPTY = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(leaf: bytes) -> bytes:
    """SHA-256 of 0x00 and the leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256 of 0x01 and both children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows leaf by leaf and keeps the hash of every full subtree: 64 bytes for each leaf."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for leaf in leaves:
            self.append(leaf)

    def __len__(self) -> int:
        """How many leaves there are."""
        return len(self._levels[0])

    def append(self, leaf: bytes) -> None:
        """Take one more leaf."""
        current, level = leaf_hash(leaf), 0
        self._levels[0].append(current)
        while len(self._levels[level]) % 2 == 0:
            current = node_hash(*self._levels[level][-2:])
            level += 1
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(current)

    def root(self, size: int | None = None) -> bytes:
        """The root over the first `size` leaves, or over all. Raises `ValueError` beyond the tree."""
        count = len(self) if size is None else size
        self._refuse_beyond(count)
        return self._range(0, count) if count else EMPTY

    def inclusion(self, index: int, size: int | None = None) -> tuple[bytes, ...]:
        """PATH(index, D[size]) of RFC 9162, 2.1.3.1; `index` counts from zero. Raises `ValueError` beyond the tree."""
        count = len(self) if size is None else size
        self._refuse_beyond(count)
        if not 0 <= index < count:
            raise ValueError("the tree has no such leaf")
        return tuple(self._path(index, 0, count))

    def consistency(self, first: int, second: int | None = None) -> tuple[bytes, ...]:
        """PROOF(first, D[second]) of RFC 9162, 2.1.4.1; raises `ValueError` unless 0 < first <= second."""
        count = len(self) if second is None else second
        self._refuse_beyond(count)
        if not 0 < first <= count:
            raise ValueError("a proof goes from a smaller tree, that has leaves, to a larger one")
        return tuple(self._subproof(first, 0, count, is_root_known=True))

    def _refuse_beyond(self, count: int) -> None:
        if count > len(self):
            raise ValueError("the tree has fewer leaves")

    def _range(self, start: int, end: int) -> bytes:
        """The hash over the leaves from `start` up to `end`, which is not included."""
        width = end - start
        level = width.bit_length() - 1
        if width == 1 << level and start % width == 0:
            return self._levels[level][start >> level]
        split = start + _split(width)
        return node_hash(self._range(start, split), self._range(split, end))

    def _path(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        split = start + _split(end - start)
        if index < split:
            return [*self._path(index, start, split), self._range(split, end)]
        return [*self._path(index, split, end), self._range(start, split)]

    def _subproof(self, first: int, start: int, end: int, *, is_root_known: bool) -> list[bytes]:
        """SUBPROOF of RFC 9162, 2.1.4.1; `is_root_known` is its `b`: the verifier has the root of this very subtree."""
        if first == end:
            return [] if is_root_known else [self._range(start, end)]
        split = start + _split(end - start)
        if first <= split:
            return [*self._subproof(first, start, split, is_root_known=is_root_known), self._range(split, end)]
        return [*self._subproof(first, split, end, is_root_known=False), self._range(start, split)]


class IncrementalRoot:
    """Computes the root over leaves as they come, in O(log n) memory; it gives no proofs."""

    def __init__(self) -> None:
        self.size = 0
        self._full: list[tuple[int, bytes]] = []
        """The widths and hashes of full subtrees, the widest first."""

    def push(self, leaf: bytes) -> None:
        """Take one more leaf."""
        self.size += 1
        width, current = 1, leaf_hash(leaf)
        while self._full and self._full[-1][0] == width:
            current, width = node_hash(self._full.pop()[1], current), width * 2
        self._full.append((width, current))

    def root(self) -> bytes:
        """The root over all leaves so far."""
        if not self._full:
            return EMPTY
        root = self._full[-1][1]
        for _, left in reversed(self._full[:-1]):
            root = node_hash(left, root)
        return root


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` proves the leaf (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, current = index, size - 1, leaf_hash(leaf)
    for step in path:
        if last == 0:
            return False
        if place % 2 or place == last:
            current = node_hash(step, current)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            current = node_hash(current, step)
        place, last = place >> 1, last >> 1
    return last == 0 and current == root


def _split(width: int) -> int:
    """The largest power of two below `width`, which is at least two."""
    return 1 << ((width - 1).bit_length() - 1)
