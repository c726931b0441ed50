"""iSCSI's answers (RFC 7143): the status of a login, and the targets that are listed."""

from __future__ import annotations

import struct

from leakguard.probes.formats.reading import Buffered, Garbled

_HEADER = 48
_OPERATION = 0x3F
LOGIN_ANSWER, TEXT_ANSWER, REJECT = 0x23, 0x24, 0x3F
_IN = 0x83
"""The bit "transit", and full work as the phase that comes next."""
_LARGEST = 8 * 1024 * 1024
_MOST_TARGETS = 10_000


class IscsiReader(Buffered):
    """One answer of the kind that is waited for, or a rejection."""

    def __init__(self, operation: int) -> None:
        super().__init__()
        self._operation = operation

    def measure(self) -> int:
        """The header states two lengths: of more headers, in words, and of the data, which is filled up to words."""
        if self.data[0] & _OPERATION not in (self._operation, REJECT) or self.wants_tls:
            raise Garbled("not iSCSI")
        if len(self.data) < _HEADER:
            return _HEADER
        more, length = self.data[4], int.from_bytes(self.data[5:8], "big")
        if length > _LARGEST:
            raise Garbled("an impossible length")
        return _HEADER + 4 * more + length + -length % 4

    @property
    def is_rejected(self) -> bool:
        """Whether the request itself was refused."""
        return self.data[0] & _OPERATION == REJECT

    @property
    def status(self) -> int:
        """Of a login: its class and its detail as one number (11.13.5); 0 is success, 0x0201 wants a secret."""
        return int(struct.unpack_from(">H", self.data, 36)[0])

    @property
    def is_in(self) -> bool:
        """Whether a login is over and done, and not waiting for more to be agreed on (11.13.3)."""
        return self.status == 0 and self.data[1] & _IN == _IN

    @property
    def next_number(self) -> int:
        """The number of the answer after this one."""
        return (int(struct.unpack_from(">I", self.data, 24)[0]) + 1) & 0xFFFFFFFF

    def targets(self) -> list[str]:
        """The names of the targets that were listed.

        Raises `Garbled` for more than an answer holds, and for words that name none: only an empty list has no target.
        """
        length = int.from_bytes(self.data[5:8], "big")
        start = _HEADER + 4 * self.data[4]
        pairs = bytes(self.data[start : start + length]).decode("utf-8", "replace").split("\0")
        names = [pair.partition("=")[2] for pair in pairs if pair.startswith("TargetName=")]
        if len(names) > _MOST_TARGETS:
            raise Garbled("more targets than an answer holds")
        if not names and any(pairs):
            raise Garbled("not a list of targets")
        return names
