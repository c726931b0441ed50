"""The read commands: all that this program may ever say to a host.

One table a protocol. `ReadCommand` refuses anything outside it when it is made, and looks into its own bytes,
so that a verb from the list cannot carry another command.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

ALLOWED: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "http": frozenset({"GET", "HEAD"}),
        "redis": frozenset({"PING", "INFO", "DBSIZE"}),
        "memcached": frozenset({"version", "stats"}),
        "mongodb": frozenset({"hello", "isMaster", "buildInfo", "listDatabases", "dbStats"}),
        "postgres": frozenset({"ssl_request", "startup", "terminate", "query"}),
    }
)
"""What a connection of each protocol may carry; `s3` and `webroot` speak `http`."""

TERMINATE = b"X\x00\x00\x00\x04"
SSL_REQUEST = struct.pack(">ii", 8, 80877103)
"""PostgreSQL's request for TLS: 80877103 is 1234 and 5679 in the high and low half (protocol chapter 55.7)."""

CATALOGUE_SELECT = (
    "SELECT count(*), coalesce(sum(pg_catalog.pg_database_size(oid)), 0),"
    " (SELECT count(*) FROM pg_catalog.pg_stat_user_tables),"
    " (SELECT coalesce(sum(greatest(c.reltuples, 0)), 0)::bigint FROM pg_catalog.pg_class c"
    " JOIN pg_catalog.pg_stat_user_tables t ON t.relid = c.oid),"
    " pg_catalog.current_setting('server_version')"
    " FROM pg_catalog.pg_database WHERE NOT datistemplate"
)
"""The only SQL there is: counts and sizes from the catalogue, no row of any table of the host's own."""

_HTTP = re.compile(rb"(GET|HEAD) /[!-~]* HTTP/1\.1\r\n(?:[!-9;-~]+: [ -~]*\r\n)+\r\n")
_REDIS = re.compile(rb"\*(\d)\r\n\$\d+\r\n([A-Za-z]+)\r\n(?:\$\d+\r\n[a-z]{1,20}\r\n)?")
_STARTUP_USERS = (b"leakguard-no-such-user", b"postgres")
_MONGO_HEADER = 16
_OP_MSG = 2013
_OP_QUERY = 2004


class ForbiddenCommand(ValueError):
    """A bug of ours: something that is not a read command was about to be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCommand:
    """One read command, ready to be written; making one that is not on the list raises `ForbiddenCommand`."""

    kind: str
    verb: str
    data: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if self.verb not in ALLOWED.get(self.kind, frozenset()):
            raise ForbiddenCommand(f"`{self.verb}` is not a read command of {self.kind}")
        if not _CARRIES[self.kind](self.verb, self.data):
            raise ForbiddenCommand(f"the bytes are not the {self.kind} command `{self.verb}`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a recorder is told: a connection that is about to be opened, or bytes that are about to leave."""

    address: str
    port: int
    kind: str
    """`connect`, or the protocol of the bytes; the handshake of TLS is the library's own and not told."""
    data: bytes = b""


Recorder = Callable[[Sent], None]


def _carries_http(verb: str, data: bytes) -> bool:
    found = _HTTP.fullmatch(data)
    return found is not None and found.group(1).decode() == verb


def _carries_redis(verb: str, data: bytes) -> bool:
    found = _REDIS.fullmatch(data)
    return found is not None and found.group(2).decode() == verb and found.group(1) in (b"1", b"2")


def _carries_memcached(verb: str, data: bytes) -> bool:
    return data == verb.encode() + b"\r\n"


def _carries_mongodb(verb: str, data: bytes) -> bool:
    """One message, whose document starts with the verb and fills the rest: the first key is the command's name."""
    if len(data) <= _MONGO_HEADER or struct.unpack_from("<i", data)[0] != len(data):
        return False
    start = _mongo_document(data)
    fills = len(data) > start + 5 and start + struct.unpack_from("<i", data, start)[0] == len(data)
    return start > 0 and fills and data[start + 5 :].split(b"\x00", 1)[0] == verb.encode()


def _mongo_document(data: bytes) -> int:
    """Where the command's document starts, or zero if this is neither OP_MSG nor a command in OP_QUERY."""
    opcode = struct.unpack_from("<i", data, 12)[0]
    if opcode == _OP_MSG:
        return _MONGO_HEADER + 5
    collection_end = data.find(b".$cmd\x00", _MONGO_HEADER + 4)
    is_command = data.find(b"\x00", _MONGO_HEADER + 4) == collection_end + 5
    return collection_end + 6 + 8 if opcode == _OP_QUERY and is_command else 0


def _carries_postgres(verb: str, data: bytes) -> bool:
    """Never a password message: its type byte `p` fits none of these."""
    if verb == "startup":
        users = [b"user\x00" + user + b"\x00" for user in _STARTUP_USERS]
        return data[4:8] == struct.pack(">i", 196608) and any(data[8:].startswith(user) for user in users)
    query = CATALOGUE_SELECT.encode() + b"\x00"
    fixed = {
        "ssl_request": SSL_REQUEST,
        "terminate": TERMINATE,
        "query": b"Q" + struct.pack(">i", 4 + len(query)) + query,
    }
    return data == fixed[verb]


_CARRIES: Mapping[str, Callable[[str, bytes], bool]] = MappingProxyType(
    {
        "http": _carries_http,
        "redis": _carries_redis,
        "memcached": _carries_memcached,
        "mongodb": _carries_mongodb,
        "postgres": _carries_postgres,
    }
)
