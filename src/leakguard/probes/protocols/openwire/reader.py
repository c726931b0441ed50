"""OpenWire's frames: a broker's greeting, and its answer to a connection."""

from __future__ import annotations

import struct

from leakguard.probes.formats.cursor import Cursor
from leakguard.probes.formats.reading import Buffered, Garbled

_SIZE = 4
_LARGEST = 64 * 1024
_MOST_FRAMES = 64
_GREETING = b"\x01ActiveMQ"
_VERSION_KEY = b"\x00\x0fProviderVersion\x09"
"""The name of an option with its length, and the mark of a text."""
_LONGEST_VERSION = 32
RESPONSE, EXCEPTION = 30, 31


class OpenwireReader(Buffered):
    """Frames up to one of the kinds that are waited for."""

    def __init__(self, *kinds: int) -> None:
        super().__init__()
        self._kinds = kinds
        self._needed = _SIZE + 1
        self._at = 0
        self._frames = 0

    def measure(self) -> int:
        """Walks over the frames that are whole; the first of a kind that is waited for stays."""
        while True:
            if len(self.data) < self._at + _SIZE + 1:
                return self._at + _SIZE + 1
            length = struct.unpack_from(">I", self.data, self._at)[0]
            if not 0 < length <= _LARGEST or self._frames > _MOST_FRAMES:
                raise Garbled("not OpenWire")
            stop = self._at + _SIZE + int(length)
            if len(self.data) < stop or self.kind in self._kinds:
                return stop
            self._at, self._frames = stop, self._frames + 1

    @property
    def kind(self) -> int:
        """What the last frame is."""
        return self.data[self._at + _SIZE]

    @property
    def frame(self) -> bytes:
        """The last frame, without its length; what follows it is not a part of it."""
        return bytes(self.data[self._at + _SIZE : self._needed])


def read_version(frame: bytes) -> str | None:
    """The release that a greeting names; raises `Garbled` for what is none."""
    if not frame.startswith(_GREETING):
        raise Garbled("not a greeting of ActiveMQ")
    at = frame.find(_VERSION_KEY)
    return Cursor(frame, at + len(_VERSION_KEY)).text(2)[:_LONGEST_VERSION] or None if at >= 0 else None


def is_about_login(frame: bytes) -> bool:
    """Whether an exception is one of Java's for a missing login; its own words are not looked at."""
    return b"java.lang.SecurityException" in frame or b"JMSSecurityException" in frame
