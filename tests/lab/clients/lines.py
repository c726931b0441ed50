"""Clients for servers that speak in lines: Redis, memcached, NATS and others. Independent of LeakGuard's own."""

from __future__ import annotations

import socket
import ssl
from dataclasses import dataclass

SECONDS = 90.0
"""A server that starts beside others on a busy machine may leave a question unanswered for long."""


def connect(port: int, *, tls: bool = False) -> socket.socket:
    """A connection to the lab's server on `port`."""
    plain = socket.create_connection(("127.0.0.1", port), timeout=SECONDS)
    if not tls:
        return plain
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # the lab makes its own certificates
    return context.wrap_socket(plain)


def accepts(port: int) -> bool:
    """Whether the server takes a connection; raises `OSError` otherwise."""
    connect(port).close()
    return True


def first_bytes(port: int) -> bytes:
    """What a server says unasked; raises `OSError`."""
    with connect(port) as link:
        return link.recv(256)


def dialogue(port: int, *lines: str) -> list[str]:
    """The server's first line, then its line after each of ours; raises `OSError`."""
    with connect(port) as link, link.makefile("rb") as answers:
        heard = [answers.readline().decode().strip()]
        for line in lines:
            link.sendall(f"{line}\n".encode())
            heard.append(answers.readline().decode(errors="replace").strip())
        return heard


@dataclass(frozen=True, slots=True, kw_only=True)
class Redis:
    """A Redis server of the lab; every question on a connection of its own."""

    port: int
    tls: bool = False
    password: str = ""

    def ask(self, *words: str) -> str:
        """The first line of the answer, or the text of a bulk string; raises `OSError`."""
        with connect(self.port, tls=self.tls) as link, link.makefile("rb") as answers:
            if self.password:
                link.sendall(_command("AUTH", self.password))
                answers.readline()
            link.sendall(_command(*words))
            first = answers.readline().decode().strip()
            return answers.read(int(first[1:])).decode() if first.startswith("$") else first


def _command(*words: str) -> bytes:
    parts = [f"${len(word.encode())}\r\n{word}\r\n" for word in words]
    return (f"*{len(words)}\r\n" + "".join(parts)).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Memcached:
    """A memcached server of the lab."""

    port: int
    login: str = ""
    """`user password`, as its text protocol takes it."""

    def ask(self, command: str) -> str:
        """Everything up to a line that ends an answer; raises `OSError`."""
        with connect(self.port) as link, link.makefile("rb") as answers:
            if self.login:
                link.sendall(f"set login 0 0 {len(self.login)}\r\n{self.login}\r\n".encode())
                answers.readline()
            link.sendall(f"{command}\r\n".encode())
            lines: list[str] = []
            while not lines or lines[-1].split(" ")[0] in {"STAT", "VALUE"}:
                lines.append(answers.readline().decode().strip())
            return "\n".join(lines)
