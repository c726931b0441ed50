"""A small client for NATS: a request, and the reply in an inbox. Independent of LeakGuard's own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, BinaryIO

from lab.clients.lines import connect

INBOX = "_INBOX.lab"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nats:
    """A NATS server of the lab; every request on a connection of its own."""

    port: int
    password: str = ""
    """Of the user `lab`; empty for a stranger."""

    def greet(self) -> str:
        """The server's answer to a greeting and a ping: `PONG`, or an error; raises `OSError`."""
        with connect(self.port) as link, link.makefile("rb") as answers:
            answers.readline()
            link.sendall(self._greeting() + b"PING\r\n")
            return answers.readline().decode().strip()

    def request(self, subject: str, body: object) -> Any:  # noqa: ANN401  (JSON is anything)
        """The JSON that answers a JSON request; raises `OSError`."""
        data = json.dumps(body).encode()
        with connect(self.port) as link, link.makefile("rb") as answers:
            answers.readline()
            link.sendall(self._greeting() + f"SUB {INBOX} 1\r\nPUB {subject} {INBOX} {len(data)}\r\n".encode())
            link.sendall(data + b"\r\n")
            return json.loads(_message(answers))

    def _greeting(self) -> bytes:
        login = {"user": "lab", "pass": self.password} if self.password else {}
        options = {"verbose": False, "pedantic": False, "lang": "lab", "version": "1", "headers": True, **login}
        return f"CONNECT {json.dumps(options)}\r\n".encode()


def _message(answers: BinaryIO) -> bytes:
    while line := answers.readline().decode().strip():
        if line.startswith("MSG "):
            return answers.read(int(line.rsplit(" ", 1)[1]))
        if line.startswith("-ERR"):
            break
    raise ConnectionError(line or "closed without an answer")
