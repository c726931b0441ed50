"""The first message of PostgreSQL's protocol: enough to see whether a login is asked for."""

from __future__ import annotations

import struct

from lab.clients.lines import connect


def greeting(port: int, user: str) -> int:
    """The number of the authentication request that answers `user`: 0 for none, 10 for SCRAM; raises `OSError`."""
    words = b"user\0" + user.encode() + b"\0database\0postgres\0\0"
    with connect(port) as link, link.makefile("rb") as answers:
        link.sendall(struct.pack(">ii", len(words) + 8, 196608) + words)
        head = answers.read(9)
        if head[:1] != b"R":
            raise ConnectionError("not an authentication request")
        return int(struct.unpack(">i", head[5:9])[0])
