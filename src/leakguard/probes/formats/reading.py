"""What every reader of an answer offers, and how it says that the bytes make no sense."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Protocol

_MOST_DIGITS = 18
"""Every number of so many digits fits 63 bits."""
_TLS_ALERT = b"\x15\x03"


class Garbled(ValueError):
    """The bytes are not this protocol; always caught inside `probes` and told as `Ending.GARBLED`."""


class Reader(Protocol):
    """Takes one answer, in whatever pieces it comes."""

    @property
    def reusable(self) -> bool:
        """Whether the connection may carry another question after this answer."""

    @property
    def wants_tls(self) -> bool:
        """Whether the answer says that this port speaks TLS."""

    def feed(self, data: bytes) -> bool:
        """Take bytes; true once the answer is whole. Raises `Garbled`."""

    def at_end(self) -> bool:
        """Whether the answer is whole, now that the host has closed the connection."""


def is_tls_alert(first: bytes | bytearray) -> bool:
    """Whether an answer to plain text starts like a TLS alert record (type 21, version 3.x; RFC 8446, 5.1)."""
    return first[:2] == _TLS_ALERT


def may_begin(first: bytes | bytearray, openings: tuple[bytes, ...]) -> bool:
    """Whether what has come so far may grow into an answer that starts with one of `openings`, or into a TLS alert."""
    return any(each.startswith(first[: len(each)]) for each in (*openings, _TLS_ALERT))


def whole_number(text: str | None) -> int | None:
    """The number that `text` is in plain digits; `None` for anything else, and beyond 63 bits."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > _MOST_DIGITS:
        return None
    return int(text)


class Buffered(ABC):
    """A reader that collects bytes until `measure` knows that the answer is whole."""

    def __init__(self) -> None:
        self.data = bytearray()
        self._needed = 1
        """Below this many bytes there is nothing new to decide; keeps one-byte pieces cheap."""
        self._whole = False

    @property
    def reusable(self) -> bool:
        """Bytes beyond the answer mean that the host and we disagree about where it ends."""
        return self._whole and len(self.data) == self._needed

    @property
    def wants_tls(self) -> bool:
        """A TLS alert in answer to plain text."""
        return is_tls_alert(self.data)

    def feed(self, data: bytes) -> bool:
        """Collect; true once `measure` is content with what is there."""
        self.data += data
        while not self._whole and len(self.data) >= self._needed:
            needed = self.measure()
            self._whole = needed <= len(self.data) and needed == self._needed
            self._needed = needed
        return self._whole

    def at_end(self) -> bool:
        """A cut answer is never whole."""
        return self._whole

    @abstractmethod
    def measure(self) -> int:
        """How many bytes the answer needs, as far as can be told; the same number twice means that this is all."""
