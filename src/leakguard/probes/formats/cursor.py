"""A cursor over bytes that nobody trusts: every step says `Garbled` instead of reading what is not there."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, Literal

from leakguard.probes.formats.reading import Garbled

Order = Literal["big", "little"]
MOST_ENTRIES = 25_000
"""Entries of lists that are read of one answer, so that reading it takes a tenth of a second at most.
A cluster of Kafka with so many partitions has six brokers that each hold as many as its makers advise."""
_LONGEST_LIST = 100_000_000
"""No list of what answers we take in is so long."""
_MOST_SHIFT = 63
"""A number in groups of seven bits holds at most 64 bits."""


class Cursor:
    """Reads forward, in one byte order."""

    def __init__(self, data: bytes | bytearray, at: int = 0, *, order: Order = "big", most: int = MOST_ENTRIES) -> None:
        """`most` is how many entries `entries` gives, over all lists together."""
        self._data = data
        self._order = order
        self._entries = most
        self.at = at
        self.is_cut = False
        """Whether there were more entries than `most`. Nothing behind them may be read."""

    @property
    def left(self) -> int:
        """How many bytes are still to be read."""
        return len(self._data) - self.at

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        if not 0 <= count <= self.left:
            raise Garbled("more is announced than is there")
        piece = bytes(self._data[self.at : self.at + count])
        self.at += count
        return piece

    def skip(self, count: int) -> None:
        """Step over `count` bytes."""
        if not 0 <= count <= len(self._data) - self.at:
            raise Garbled("more is announced than is there")
        self.at += count

    def unpack(self, form: struct.Struct) -> tuple[Any, ...]:
        """Several numbers in one step."""
        if form.size > len(self._data) - self.at:
            raise Garbled("more is announced than is there")
        found = form.unpack_from(self._data, self.at)
        self.at += form.size
        return found

    def entries(self, size: int) -> Iterator[None]:
        """A turn for each entry of the list that comes next, until there were as many as may be read in all.

        Then every list ends, and `is_cut` says so: what was read of an answer that goes on is still known.
        """
        for _ in range(self.count(size, most=_LONGEST_LIST)):
            if self._entries == 0:
                self.is_cut = True
            if self.is_cut:
                return
            self._entries -= 1
            yield None

    def unsigned(self, size: int) -> int:
        """A number of `size` bytes."""
        return int.from_bytes(self.take(size), self._order)

    def signed(self, size: int) -> int:
        """A number of `size` bytes in two's complement."""
        return int.from_bytes(self.take(size), self._order, signed=True)

    def count(self, size: int, *, most: int) -> int:
        """The length of a list; -1 stands for a missing one and counts as empty."""
        found = self.signed(size)
        if not -1 <= found <= most:
            raise Garbled("an impossible length of a list")
        return max(found, 0)

    def text(self, size: int) -> str:
        """A text behind its length of `size` bytes, where -1 stands for none."""
        length = self.signed(size)
        return self.take(max(length, 0)).decode("utf-8", "replace")

    def groups(self) -> int:
        """A number in groups of seven bits, the lowest first (LEB128)."""
        value, shift = 0, 0
        while shift <= _MOST_SHIFT:
            byte = self.unsigned(1)
            value |= (byte & 0x7F) << shift
            if byte < 0x80:  # noqa: PLR2004  (the high bit says that more follow)
                return value
            shift += 7
        raise Garbled("a number without an end")

    def grouped_text(self) -> str:
        """A text behind its length in groups of seven bits."""
        return self.take(self.groups()).decode("utf-8", "replace")
