"""Conversations in SMTP whose answers are whole, and end by the clock.

The time of a socket begins anew with each byte, so a server that sends one now and then would be heard for hours.
"""

from __future__ import annotations

import smtplib
import socket
from contextlib import suppress
from threading import Timer
from typing import IO

_WHERE = "See whether `host` and `port` of that channel are right in leakguard.toml, and whether the server runs."
_NO_STARTTLS = (
    'Write security = "tls" in that channel where the port speaks TLS from the start, '
    'or security = "none" for a mail server on loopback only.'
)


def why_not_reached(error: Exception, server: str) -> tuple[str, str] | None:
    """What an error says of `server`, a host with its port, and what to do; `None` for what needs the server's log."""
    if isinstance(error, ConnectionRefusedError):
        return f"nobody listens on {server}", _WHERE
    if isinstance(error, smtplib.SMTPNotSupportedError) and "STARTTLS" in str(error):  # AUTH may be missing as well
        return f"{server} offers no STARTTLS", _NO_STARTTLS
    return None


class _WholeLines:
    """Lines of a server; one that breaks off is no answer, whatever number it began with."""

    def __init__(self, lines: IO[bytes]) -> None:
        self._lines = lines

    def readline(self, most: int) -> bytes:
        """The next one, or nothing, as at the end of a connection."""
        line = self._lines.readline(most)
        return line if line.endswith(b"\n") or len(line) >= most else b""

    def close(self) -> None:
        """Let go of the connection."""
        self._lines.close()


class _InTime(smtplib.SMTP):
    """Hears each answer, with all its lines, for as long as the socket may wait for one byte."""

    def getreply(self) -> tuple[int, bytes]:
        """As the library's own; a connection whose time is over was ended by the server, for all that we know."""
        connection = self.sock
        if connection is None:
            return super().getreply()
        if self.file is None:
            self.file = _WholeLines(connection.makefile("rb"))
        watch = Timer(connection.gettimeout() or 0, _hang_up, (connection,))
        watch.daemon = True
        watch.start()
        try:
            return super().getreply()
        finally:
            watch.cancel()


class PlainSmtp(_InTime):
    """Without TLS, or until STARTTLS."""


class TlsSmtp(_InTime, smtplib.SMTP_SSL):
    """TLS from the first byte."""


def _hang_up(connection: socket.socket) -> None:
    """End it below TLS, which could wait for a farewell; whoever reads from it gets an end at once."""
    with suppress(OSError):
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
