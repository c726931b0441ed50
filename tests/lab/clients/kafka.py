"""Two questions of Kafka's protocol: one that makes a topic, and one for the names of all topics."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from lab.clients.lines import connect

METADATA = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Kafka:
    """A broker of the lab."""

    port: int

    def topics(self) -> bytes:
        """The raw answer that names all topics; raises `OSError` when the broker closes instead."""
        return self._ask(1, struct.pack(">i", -1))

    def make(self, topic: str) -> bytes:
        """Ask for a topic that is not there, which a broker with its first settings then makes."""
        return self._ask(4, struct.pack(">ih", 1, len(topic)) + topic.encode() + b"\1")

    def _ask(self, version: int, body: bytes) -> bytes:
        message = struct.pack(">hhih", METADATA, version, 1, 3) + b"lab" + body
        with connect(self.port) as link, link.makefile("rb") as answers:
            link.sendall(struct.pack(">i", len(message)) + message)
            head = answers.read(4)
            if len(head) < 4:
                raise ConnectionError("closed without an answer")
            return answers.read(struct.unpack(">i", head)[0])
