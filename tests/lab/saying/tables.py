"""Databases: MongoDB, PostgreSQL, MySQL, ClickHouse's own protocol and CQL."""

from __future__ import annotations

import re
import struct

from lab.clients.mongo import decode
from lab.saying.bits import Bits

TLS_HANDSHAKE = b"\x16\x03"
NOBODY = b"leakguard-no-such-user"
MONGO_READ = {
    "hello", "isMaster", "ismaster", "buildInfo", "listDatabases", "listCollections", "dbStats", "serverStatus",
}  # fmt: skip
POSTGRES_USERS = {NOBODY, b"postgres"}
POSTGRES_TLS, POSTGRES_3 = 80877103, 196608
MYSQL_TLS = 0x800
CATALOGUES = {
    "postgres": re.compile(rb"SELECT [^;]*\bpg_[^;]*"),
    "mysql": re.compile(rb"SELECT [^;]* FROM information_schema\.[^;]*", re.IGNORECASE),
    "clickhouse": re.compile(rb"SELECT [^;]* FROM system\.(?:tables|parts)\b[^;]*"),
    "cql": re.compile(rb"SELECT [a-z_, ]+ FROM system(?:_schema)?\.[a-z_]+"),
}
"""One statement, about the catalogue."""
WRITING = re.compile(rb"\b(?:insert|update|delete|drop|create|alter|truncate|into|outfile|load_file)\b", re.IGNORECASE)


def _of_catalogue(kind: str, statement: bytes) -> bool:
    return bool(CATALOGUES[kind].fullmatch(statement)) and not WRITING.search(statement)


def mongo_read(said: bytes) -> bool:
    """Every message is one command of the list."""
    while said:
        length, _, _, kind = struct.unpack_from("<iiii", said)
        if kind not in {2004, 2013} or not 26 <= length <= len(said):
            return False
        start = 21 if kind == 2013 else said.index(b"\0", 20) + 9
        document, _ = decode(said, start)
        if next(iter(document)) not in MONGO_READ:
            return False
        said = said[length:]
    return True


def postgres_read(said: bytes) -> bool:
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
    return _postgres_messages_read(Bits(said[length:]))


def _postgres_messages_read(bits: Bits) -> bool:
    while bits.more:
        kind, length = bits.take(1), bits.number(">i")
        query = bits.take(length - 4).rstrip(b"\0")
        if kind not in {b"Q", b"X"} or (kind == b"Q" and not _of_catalogue("postgres", query)):
            return False
    return True


def mysql_read(said: bytes) -> bool:
    """A login without a password as nobody, a catalogue query, the goodbye; or an offer of TLS."""
    bits = Bits(said)
    first = bits.take(bits.number("<I") & 0xFFFFFF)
    wants_tls = bool(struct.unpack_from("<I", first)[0] & MYSQL_TLS)
    if wants_tls and len(first) == 32:
        return not bits.more or bits.rest().startswith(TLS_HANDSHAKE)
    login = Bits(first[32:])
    if login.until_zero() != NOBODY or login.number("B") != 0:
        return False
    while bits.more:
        payload = bits.take(bits.number("<I") & 0xFFFFFF)
        is_query = payload[:1] == b"\3" and _of_catalogue("mysql", payload[1:])
        if payload not in {b"", b"\1"} and not is_query:
            return False
    return True


def clickhouse_read(said: bytes) -> bool:
    """A hello as `default` without a password, and catalogue queries."""
    bits = Bits(said)
    if bits.groups() != 0:
        return False
    bits.text()
    revision = [bits.groups() for _ in range(3)][2]
    if (bits.text(), bits.text(), bits.text()) != (b"", b"default", b"") or not 50_000 < revision < 54_060:
        return False
    while bits.more:
        if not _clickhouse_packet_reads(bits):
            return False
    return True


def _clickhouse_packet_reads(bits: Bits) -> bool:
    """A query by nobody in particular, or an empty block."""
    kind = bits.groups()
    if kind == 2:
        return bits.take(11) == b"\0\1\0\2\xff\xff\xff\xff\0\0\0"
    if kind != 1:
        return False
    bits.text()
    bits.take(1)
    for _ in range(3):
        bits.text()
    bits.take(1)
    for _ in range(3):
        bits.text()
    for _ in range(3):
        bits.groups()
    settings, _, compressed = bits.text(), bits.groups(), bits.groups()
    return settings == b"" and compressed == 0 and _of_catalogue("clickhouse", bits.text())


def cql_read(said: bytes) -> bool:
    """Options, a start-up, queries of the system tables; never an answer to a demand for a login."""
    bits = Bits(said)
    while bits.more:
        version, flags, _, opcode, length = bits.unpack(">BBhBI")
        body = Bits(bits.take(length))
        if version not in {3, 4, 5} or flags or opcode not in {1, 5, 7}:
            return False
        if opcode == 7 and not _of_catalogue("cql", body.counted(">i")):
            return False
    return True
