"""A small client for ZooKeeper's protocol: a session, nodes made, children listed. Independent of LeakGuard's own."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from lab.clients.lines import connect

CREATE, GET_CHILDREN = 1, 8
NO_AUTH = -124
"""Session closed because it required a login."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZooKeeper:
    """A ZooKeeper server of the lab; every question in a session of its own."""

    port: int

    def word(self, word: str) -> str:
        """The answer to a four-letter word; raises `OSError`."""
        with connect(self.port) as link, link.makefile("rb") as answers:
            link.sendall(word.encode())
            return answers.read().decode()

    def create(self, path: str, data: str) -> int:
        """Make a node that everybody may do everything with; returns the error, 0 for none."""
        everybody = struct.pack(">ii", 1, 31) + _text("world") + _text("anyone")
        return self._request(CREATE, _text(path) + _text(data) + everybody + struct.pack(">i", 0))

    def children(self, path: str) -> int:
        """The error that answers a listing, 0 for none."""
        return self._request(GET_CHILDREN, _text(path) + b"\0")

    def _request(self, kind: int, body: bytes) -> int:
        with connect(self.port) as link, link.makefile("rb") as answers:
            greeting = struct.pack(">iqiq", 0, 0, 30_000, 0) + struct.pack(">i", 16) + bytes(16) + b"\0"
            link.sendall(_framed(greeting))
            _frame(answers)
            link.sendall(_framed(struct.pack(">ii", 1, kind) + body))
            return int(struct.unpack_from(">i", _frame(answers), 12)[0])


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack(">i", len(data)) + data


def _framed(body: bytes) -> bytes:
    return struct.pack(">i", len(body)) + body


def _frame(answers: BinaryIO) -> bytes:
    head = answers.read(4)
    if len(head) < 4:
        raise ConnectionError("closed without an answer")
    return answers.read(struct.unpack(">i", head)[0])
