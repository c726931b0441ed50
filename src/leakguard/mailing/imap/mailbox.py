"""A mailbox that the settings name, read over TLS (RFC 9051 as far as Python's library speaks it), within bounds.

It is opened read-only and mails are fetched without being marked. The address that is connected to is the one that was
checked: a private or local one is refused unless the settings name it.
"""

from __future__ import annotations

import binascii
import hashlib
import imaplib
import ipaddress
import re
import socket
import ssl
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import groupby
from threading import Timer
from typing import NoReturn
from urllib.parse import unquote, urlsplit

from leakguard.errors import MailboxAway, NotAllowed
from leakguard.frozen import Frozen
from leakguard.models.texts import counted
from leakguard.ports import Resolve

PORT = 993
MOST_MAILS = 500
"""Of one call, the newest ones."""
MOST_BYTES = 25 * 1024 * 1024
"""Of one mail."""
MOST_ANSWER = 1024 * 1024
"""Bytes of any other answer."""
_TOO_MUCH = f"sent more than {MOST_BYTES:,} bytes for a mail, or more than {MOST_ANSWER:,} for another answer"
_UID = re.compile(rb"\bUID (\d{1,10})\b")
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,12})")
_MESSAGE_ID = re.compile(rb"message-id:[ \t]*(?:\r?\n[ \t]+)?([^\s][^\r\n]{0,997})", re.IGNORECASE)
_ASKED = "(RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"


class FetchedMail(Frozen, hidden=("data",)):
    """One mail as the server keeps it, or why one or several were not fetched."""

    data: bytes = b""
    arrived_at: datetime | None = None
    why: str = ""


class ImapMailbox(Frozen, hidden=("password",)):
    """One mailbox."""

    url: str
    """`imaps://USER@HOST[:PORT][/FOLDER]`."""
    password: str
    resolve: Resolve
    private: Collection[str] = ()
    """Mail servers, by name or address, that may be at a private or local address."""
    tls: ssl.SSLContext | None = None
    """`None` means the certificates that the machine trusts."""
    timeout: float = 30
    """Seconds in which something has to arrive."""
    longest: float = 1800
    """Seconds for the whole conversation: a server that sends a byte now and then would hold it open for ever."""

    def mails(self, is_known: Callable[[str], bool]) -> Iterator[FetchedMail]:
        """The newest mails, the oldest of them first, without those whose Message-ID is known.

        `is_known` gets the SHA-256 of a Message-ID, in hex. Raises `MailboxAway` for what the server does, `NotAllowed`
        for a private or local address that nobody named.
        """
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port or PORT
        folder = unquote(parts.path.strip("/")) or "INBOX"
        address = self._address(host)
        try:
            client = _Client(
                host, port, address=address, timeout=self.timeout, longest=self.longest,
                tls=self.tls or ssl.create_default_context(),
            )  # fmt: skip
        except _TooLarge:
            _away(host, _TOO_MUCH)
        except (OSError, imaplib.IMAP4.error) as error:
            _away(host, f"cannot be reached ({type(error).__name__})")
        try:
            self._log_in(client, host, unquote(parts.username or ""))
            yield from _fetched(client, folder, host, is_known)
        except _TooLarge:
            _away(host, _TOO_MUCH)
        except ValueError:
            _away(host, "sent an answer that cannot be read")
        except (OSError, imaplib.IMAP4.error) as error:
            _away(host, f"ended the conversation ({type(error).__name__})")
        finally:
            with suppress(OSError):
                client.shutdown()

    def _address(self, host: str) -> str:
        """The address to connect to; a private or local one only if the settings name it or its host."""
        found = self.resolve(host)
        if not found:
            _away(host, "has no address")
        private = {name.lower() for name in self.private}
        if host not in private and not all(each in private or ipaddress.ip_address(each).is_global for each in found):
            raise NotAllowed(
                f"`{host}` leads to a private or local address, and the settings do not name it",
                next_step=f'If it is your mail server, write it down: [reports] private = ["{host}"]',
            )
        return found[0]

    def _log_in(self, client: _Client, host: str, user: str) -> None:
        try:
            if (user + self.password).isascii():
                client.login(_quoted(user), self.password)  # the library quotes the password alone
            elif "AUTH=PLAIN" in client.capabilities:  # RFC 4616 has UTF-8, and LOGIN has ASCII alone
                client.authenticate("PLAIN", lambda _: f"\0{user}\0{self.password}".encode())
            else:
                raise MailboxAway(
                    f"the mail server {host} takes a user and a password in ASCII alone",
                    next_step="Give the mailbox a user and a password in ASCII.",
                )
        except imaplib.IMAP4.abort:  # a kind of `error` too: the conversation broke off, and nothing was refused
            raise
        except imaplib.IMAP4.error:
            pass
        else:
            return
        raise MailboxAway(
            f"the mail server {host} refused the login of the mailbox",
            next_step="Correct the user in the URL, or the variable that password_env names.",
        )


class _TooLarge(Exception):
    """The server sent or announced more than may be read."""


class _Client(imaplib.IMAP4):
    """Connects to a checked address, speaks TLS to the name, and reads no more than was asked for."""

    def __init__(
        self, host: str, port: int, *, address: str, timeout: float, longest: float, tls: ssl.SSLContext
    ) -> None:  # fmt: skip
        self._checked, self._tls = address, tls
        self.expect(MOST_ANSWER)
        self._end = Timer(longest, self._hang_up)
        self._end.daemon = True
        super().__init__(host, port, timeout)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        self._socket = socket.create_connection((self._checked, self.port), timeout)
        self._end.start()
        try:
            self._socket = self._tls.wrap_socket(self._socket, server_hostname=self.host)
        except OSError:  # every error of TLS is one
            self._end.cancel()
            self._socket.close()
            raise
        return self._socket

    def _hang_up(self) -> None:
        """End the conversation from outside: whoever waits for the server reads an end."""
        with suppress(OSError):
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def shutdown(self) -> None:
        """Close the connection."""
        self._end.cancel()
        super().shutdown()

    def expect(self, most: int) -> None:
        """Until the next call, take at most `most` bytes of literals and `MOST_ANSWER` bytes of lines."""
        self._literals, self._lines = most, MOST_ANSWER

    def read(self, size: int) -> bytes:
        """A literal, unless it is announced as larger than what may still come."""
        self._literals -= size
        if self._literals < 0:
            raise _TooLarge
        return super().read(size)

    def readline(self) -> bytes:
        """The next line; raises `_TooLarge` once all lines since `expect` are too long together."""
        line = super().readline()
        self._lines -= len(line)
        if self._lines < 0:
            raise _TooLarge
        return line


def _fetched(client: _Client, folder: str, host: str, is_known: Callable[[str], bool]) -> Iterator[FetchedMail]:
    answer, data = client.select(_quoted(_encoded(folder)), readonly=True)
    if answer != "OK":
        _away(host, "has no such folder")
    count = int(data[0] or b"0")
    first = max(1, count - MOST_MAILS + 1)
    rows = client.fetch(f"{first}:{count}", "(UID)")[1] if count else []
    for uid in (found[1].decode() for row in rows if (found := _UID.search(_answer([row])))):
        client.expect(MOST_ANSWER)
        facts = _answer(client.uid("FETCH", uid, _ASKED)[1])
        if not facts:  # it was deleted, or moved, after the list was made
            continue
        size, message_id = _SIZE.search(facts), _MESSAGE_ID.search(facts)
        if message_id and is_known(hashlib.sha256(message_id[1].strip()).hexdigest()):
            continue
        if size is None or int(size[1]) > MOST_BYTES:
            yield FetchedMail(
                why=f"a mail of more than {MOST_BYTES:,} bytes, or one whose size the server did not tell"
            )
            continue
        client.expect(MOST_BYTES)
        whole = [part[1] for part in client.uid("FETCH", uid, "(BODY.PEEK[])")[1] if isinstance(part, tuple)]
        if whole:
            yield FetchedMail(data=whole[0], arrived_at=_arrived(facts))
    if first > 1:
        yield FetchedMail(why=f"{counted(first - 1, 'older mail')}: the newest {MOST_MAILS:,} are read")


def _quoted(text: str) -> str:
    """As one argument of a command, whatever signs it has (RFC 9051, 4.3)."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _encoded(folder: str) -> str:
    """The name in the UTF-7 of IMAP (RFC 3501, 5.1.3); one in ASCII may be in it already, and stays."""
    if folder.isascii():
        return folder
    parts = ((is_ascii, "".join(signs)) for is_ascii, signs in groupby(folder, str.isascii))
    return "".join(part.replace("&", "&-") if is_ascii else _shifted(part) for is_ascii, part in parts)


def _shifted(part: str) -> str:
    code = binascii.b2a_base64(part.encode("utf-16-be"), newline=False).decode()
    return f"&{code.rstrip('=').replace('/', ',')}-"


def _answer(rows: list[object]) -> bytes:
    """All bytes of an answer in one."""
    return b" ".join(
        b" ".join(row) if isinstance(row, tuple) else row for row in rows if isinstance(row, tuple | bytes)
    )


def _arrived(facts: bytes) -> datetime | None:
    """When the server took it in."""
    match = re.search(rb'INTERNALDATE "([ \d]\d-[A-Za-z]{3}-\d{4} \d\d:\d\d:\d\d [+-]\d{4})"', facts)
    try:
        return datetime.strptime(match[1].decode().strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC) if match else None
    except ValueError:
        return None


def _away(host: str, what: str) -> NoReturn:
    raise MailboxAway(
        f"the mail server {host} {what}", next_step="See the mail server's log, and [reports] in leakguard.toml."
    ) from None
