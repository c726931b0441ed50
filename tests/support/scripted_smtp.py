"""A mail server that says what a test tells it to, at each step of the conversation; it runs in a thread."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

HANG_UP, SILENCE, DRIP, BREAK_OFF = "hang up", "silence", "drip", "break off"
"""In the place of an answer; the last two begin one, and never end it."""
OFFERS = "250-mail.example\r\n250-SMTPUTF8\r\n250 DSN"
_PLAIN = {"HELLO": "220 mail.example", "EHLO": OFFERS, "MAIL": "250 OK", "RCPT": "250 OK", "DATA": "354 go on",
          "END": "250 2.0.0 Ok: queued as 4ABC12", "RSET": "250 OK"}  # fmt: skip


@dataclass
class Scripted:
    """One server; `END` is its answer to the end of a mail, `MIDDLE` what it says before that."""

    port: int
    script: Mapping[str, str]
    heard: list[str] = field(default_factory=list)
    """Every line of every conversation."""

    def converse(self, connection: socket.socket) -> None:
        with connection, suppress(OSError, ConnectionError):
            lines = connection.makefile("rb")
            is_content = False
            if not self.say(connection, "HELLO"):
                return
            for raw in lines:
                line = raw.rstrip(b"\r\n").decode("utf-8", "replace")
                self.heard.append(line)
                step = "END" if is_content and line == "." else "MIDDLE" if is_content else line[:4].upper()
                is_content = (is_content and line != ".") or (step == "DATA" and "DATA" not in self.script)
                if not self.say(connection, step):
                    return

    def say(self, connection: socket.socket, step: str) -> bool:
        """Whether the conversation goes on."""
        answer = self.script.get(step, _PLAIN.get(step, "" if step == "MIDDLE" else "502 what?"))
        if answer == HANG_UP:
            return False
        if answer == BREAK_OFF:
            connection.sendall(b"250 2.0.0 O")
            return False
        while answer == DRIP:
            connection.sendall(b"2")
            time.sleep(0.1)
        if answer == SILENCE:
            time.sleep(1)
        elif answer:
            connection.sendall(f"{answer}\r\n".encode())
        return True


@contextmanager
def scripted(**script: str) -> Iterator[Scripted]:
    """Run one until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Scripted(port=listener.getsockname()[1], script=script)

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=server.converse, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
