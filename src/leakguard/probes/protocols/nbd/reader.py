"""NBD's greeting and its answers to options, in codes, counts and sizes."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from leakguard.probes.formats.cursor import Cursor
from leakguard.probes.formats.reading import Buffered, Garbled

TLS_WANTED = 0x80000005
_GREETING, _NEW_STYLE, _OLD_STYLE = b"NBDMAGIC", b"IHAVEOPT", b"\x00\x00\x42\x02\x81\x86\x12\x53"
_NEW_LENGTH, _OLD_LENGTH = 18, 152
_HEAD = 20
_MAGIC = b"\x00\x03\xe8\x89\x04\x55\x65\xa9"
_SERVER, _INFO = 2, 3
_LARGEST_REPLY = 64 * 1024
_MOST_REPLIES = 10_000
_EXPORT = 0


class GreetingReader(Buffered):
    """What a server says first."""

    def measure(self) -> int:
        """The style decides how much comes."""
        start = bytes(self.data[:16])
        if not (_GREETING + _NEW_STYLE).startswith(start) and not (_GREETING + _OLD_STYLE).startswith(start):
            raise Garbled("not NBD")
        if len(self.data) < len(_GREETING + _NEW_STYLE):
            return len(self.data) + 1
        return _OLD_LENGTH if self.is_old else _NEW_LENGTH

    @property
    def is_old(self) -> bool:
        """Whether the one export there is was handed over with the greeting itself."""
        return self.data[8:16] == _OLD_STYLE

    @property
    def size(self) -> int:
        """The bytes of that export."""
        return int(struct.unpack_from(">Q", self.data, 16)[0])


@dataclass(slots=True, kw_only=True)
class OptionReplies:
    """What the replies to one option held together."""

    code: int = 0
    """1 for "that was all", or the number of an error."""
    names: list[bytes] = field(default_factory=list)
    size: int | None = None


class RepliesReader(Buffered):
    """Replies to one option, up to the one that ends them."""

    def __init__(self, option: int) -> None:
        super().__init__()
        self._option = option
        self._at = 0
        self._replies = 0
        self._needed = _HEAD
        self._ended = False
        self.replies = OptionReplies()

    def measure(self) -> int:
        """Walks over the replies that are whole."""
        while not self._ended:
            if len(self.data) < self._at + _HEAD:
                return self._at + _HEAD
            magic, option, kind, length = struct.unpack_from(">8sIII", self.data, self._at)
            if magic != _MAGIC or option != self._option or length > _LARGEST_REPLY:
                raise Garbled("not a reply to this option")
            if len(self.data) < self._at + _HEAD + length:
                return self._at + _HEAD + int(length)
            self._take(kind, Cursor(self.data[self._at + _HEAD : self._at + _HEAD + length]))
            self._at += _HEAD + length
        return self._at

    def _take(self, kind: int, cursor: Cursor) -> None:
        self._replies += 1
        if self._replies > _MOST_REPLIES:
            raise Garbled("more replies than an answer holds")
        if kind == _SERVER:
            self.replies.names.append(cursor.take(cursor.unsigned(4)))
        elif kind == _INFO:
            if cursor.unsigned(2) == _EXPORT:
                self.replies.size = cursor.unsigned(8)
        else:
            self._ended = True
            self.replies.code = kind
