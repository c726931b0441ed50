"""Reading along the bytes of a message."""

from __future__ import annotations

import struct
from typing import Any


class Bits:
    """A place in some bytes; whatever goes beyond their end raises `ValueError`."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        if not 0 <= size <= len(self.data) - self.at:
            raise ValueError("cut short")
        self.at += size
        return self.data[self.at - size : self.at]

    def unpack(self, form: str) -> tuple[Any, ...]:
        """As `struct.unpack`."""
        return struct.unpack(form, self.take(struct.calcsize(form)))

    def number(self, form: str) -> int:
        """One number."""
        return int(self.unpack(form)[0])

    def groups(self) -> int:
        """A number in groups of seven bits, the lowest first."""
        value = shift = 0
        while (byte := self.number("B")) & 0x80:
            value, shift = value | (byte & 0x7F) << shift, shift + 7
        return value | byte << shift

    def until_zero(self) -> bytes:
        """The bytes before the next zero byte."""
        end = self.data.index(b"\0", self.at)
        found, self.at = self.data[self.at : end], end + 1
        return found

    def counted(self, form: str) -> bytes:
        """Bytes behind their own number."""
        return self.take(self.number(form))

    def text(self) -> bytes:
        """Bytes behind their own number in groups."""
        return self.take(self.groups())

    def rest(self) -> bytes:
        """All that is left."""
        return self.take(len(self.data) - self.at)

    @property
    def more(self) -> bool:
        """Whether anything is left."""
        return self.at < len(self.data)
