"""Recognises, from its bytes alone, whether a client only read: the lab's own list, written apart from LeakGuard's."""

from __future__ import annotations

import re
import struct

from lab.clients.mongo import decode

HTTP_READ = re.compile(rb"(?:(?:GET|HEAD) /[!-~]* HTTP/1\.1\r\n(?:[!-9;-~]+:[^\r\n]*\r\n)+\r\n)+")
HTTP_BODY_OR_LOGIN = re.compile(
    rb"\r\n(?:authorization|cookie|content-length|transfer-encoding|x-api-key):", re.IGNORECASE
)
REDIS_READ = re.compile(
    rb"(?:\*1\r\n\$(?:4\r\nPING|4\r\nINFO|6\r\nDBSIZE)\r\n|\*2\r\n\$4\r\nINFO\r\n\$\d+\r\n[a-z]+\r\n)+"
)
MEMCACHED_READ = re.compile(rb"(?:(?:version|stats|quit)\r\n)+")
MONGO_READ = {"hello", "isMaster", "ismaster", "buildInfo", "listDatabases", "dbStats"}
POSTGRES_USERS = {b"leakguard-no-such-user", b"postgres"}
POSTGRES_TLS, POSTGRES_3 = 80877103, 196608
TLS_HANDSHAKE = b"\x16\x03"


def only_read(said: bytes) -> bool:
    """Whether all that a client said on one connection is reading, in one of the protocols of the lab.

    What follows a TLS handshake is not readable from outside, so a handshake is taken as it is.
    """
    if said.startswith((b"GET ", b"HEAD ")):
        return bool(HTTP_READ.fullmatch(said)) and not HTTP_BODY_OR_LOGIN.search(said)
    if said.startswith(TLS_HANDSHAKE) or said == b"":
        return True
    if REDIS_READ.fullmatch(said) or MEMCACHED_READ.fullmatch(said):
        return True
    return _postgres_read(said) or _mongo_read(said)


def _mongo_read(said: bytes) -> bool:
    """Every message is one command of the list."""
    while said:
        if len(said) < 26:
            return False
        length, _, _, kind = struct.unpack_from("<iiii", said)
        if kind not in {2004, 2013} or not 26 <= length <= len(said):
            return False
        start = 21 if kind == 2013 else said.index(b"\0", 20) + 9
        try:
            document, _ = decode(said, start)
        except (ValueError, IndexError, struct.error):
            return False
        if next(iter(document)) not in MONGO_READ:
            return False
        said = said[length:]
    return True


def _postgres_read(said: bytes) -> bool:
    """An offer of TLS, a greeting as one of two users, catalogue queries, and the goodbye. Never a password (`p`)."""
    if said[4:8] == struct.pack(">i", POSTGRES_TLS):
        if len(said) == 8 or said[8:].startswith(TLS_HANDSHAKE):
            return True
        said = said[8:]
    if len(said) < 9 or said[4:8] != struct.pack(">i", POSTGRES_3):
        return False
    length = struct.unpack_from(">i", said)[0]
    words = said[8:length].split(b"\0")
    if words[:1] != [b"user"] or words[1] not in POSTGRES_USERS:
        return False
    return _postgres_messages_read(said[length:])


def _postgres_messages_read(rest: bytes) -> bool:
    while rest:
        kind, length = rest[:1], struct.unpack_from(">i", rest, 1)[0]
        query = rest[5 : length + 1].rstrip(b"\0")
        if kind == b"Q" and not (query.startswith(b"SELECT ") and b"pg_" in query and b";" not in query):
            return False
        if kind not in {b"Q", b"X"}:
            return False
        rest = rest[length + 1 :]
    return True
