"""A small client for CQL, the protocol of Cassandra. Independent of LeakGuard's own."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BufferedRWPair

from lab.clients.lines import connect

ERROR, STARTUP, READY, LOGIN_WANTED, QUERY, LOGIN, LOGGED_IN = 0x00, 0x01, 0x02, 0x03, 0x07, 0x0F, 0x10
CONSISTENCY_ONE = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Cql:
    """A node of the lab."""

    port: int
    login: tuple[str, str] | None = None
    """User and password; none for a stranger."""

    def greet(self) -> int:
        """The kind of message that answers a start-up: `READY` or `LOGIN_WANTED`; raises `OSError`."""
        with connect(self.port) as link, link.makefile("rwb") as talk:
            return _ask(talk, STARTUP, b"\0\1\0\x0bCQL_VERSION\0\x053.0.0")[0]

    def run(self, *statements: str) -> bytes:
        """The answer to the last statement; raises `OSError` when one is refused."""
        with connect(self.port) as link, link.makefile("rwb") as talk:
            kind, answer = _ask(talk, STARTUP, b"\0\1\0\x0bCQL_VERSION\0\x053.0.0")
            if kind == LOGIN_WANTED and self.login:
                words = "\0" + "\0".join(self.login)
                kind, answer = _ask(talk, LOGIN, struct.pack(">i", len(words)) + words.encode())
            for statement in statements:
                if kind in {ERROR, LOGIN_WANTED}:
                    break
                text = struct.pack(">i", len(statement.encode())) + statement.encode()
                kind, answer = _ask(talk, QUERY, text + struct.pack(">HB", CONSISTENCY_ONE, 0))
            if kind in {ERROR, LOGIN_WANTED}:
                raise ConnectionError(answer[:100].decode(errors="replace"))
            return answer


def _ask(talk: BufferedRWPair, opcode: int, body: bytes) -> tuple[int, bytes]:
    talk.write(struct.pack(">BBhBI", 4, 0, 1, opcode, len(body)) + body)
    talk.flush()
    head = talk.read(9)
    if len(head) < 9:
        raise ConnectionError("closed without an answer")
    return head[4], talk.read(struct.unpack_from(">I", head, 5)[0])
