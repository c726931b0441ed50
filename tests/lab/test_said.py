"""The recogniser of read commands must itself refuse what writes, or the recorder proves nothing."""

from __future__ import annotations

import struct

import pytest

from lab.clients import mongo
from lab.said import only_read


def op_msg(document: dict[str, object]) -> bytes:
    body = struct.pack("<iB", 0, 0) + mongo.encode(document)
    return struct.pack("<iiii", len(body) + 16, 1, 0, mongo.OP_MSG) + body


def startup(user: bytes) -> bytes:
    words = b"user\0" + user + b"\0database\0postgres\0\0"
    return struct.pack(">ii", len(words) + 8, 196608) + words


def query(text: bytes, kind: bytes = b"Q") -> bytes:
    return kind + struct.pack(">i", len(text) + 5) + text + b"\0"


READS = {
    "a GET": b"GET /_cat/indices HTTP/1.1\r\nHost: a\r\n\r\n",
    "two requests on one connection": b"GET / HTTP/1.1\r\nHost: a\r\n\r\nHEAD /b HTTP/1.1\r\nHost: a\r\n\r\n",
    "INFO with a section": b"*2\r\n$4\r\nINFO\r\n$8\r\nkeyspace\r\n",
    "PING": b"*1\r\n$4\r\nPING\r\n",
    "stats": b"version\r\nstats\r\n",
    "listDatabases": op_msg({"listDatabases": 1, "$db": "admin"}),
    "a greeting and a catalogue query": startup(b"postgres") + query(b"SELECT count(*) FROM pg_catalog.pg_database"),
    "an offer of TLS": struct.pack(">ii", 8, 80877103),
}
WRITES = {
    "DELETE": b"DELETE /customers HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST behind a GET": b"GET / HTTP/1.1\r\nHost: a\r\n\r\nPOST /a HTTP/1.1\r\nHost: a\r\n\r\n",
    "a GET with a login": b"GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YTpi\r\n\r\n",
    "a GET with a body": b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
    "FLUSHALL": b"*1\r\n$8\r\nFLUSHALL\r\n",
    "CONFIG SET": b"*4\r\n$6\r\nCONFIG\r\n$3\r\nSET\r\n$3\r\ndir\r\n$1\r\n/\r\n",
    "AUTH": b"*2\r\n$4\r\nAUTH\r\n$1\r\na\r\n",
    "SCAN": b"*2\r\n$4\r\nSCAN\r\n$1\r\n0\r\n",
    "flush_all": b"flush_all\r\n",
    "a metadump": b"lru_crawler metadump all\r\n",
    "find": op_msg({"find": "customers", "$db": "shop"}),
    "insert behind hello": op_msg({"hello": 1, "$db": "admin"}) + op_msg({"insert": "customers", "$db": "shop"}),
    "a broken message": op_msg({"hello": 1, "$db": "admin"})[:-1],
    "a greeting as a person": startup(b"alice"),
    "a password": startup(b"postgres") + query(b"lab-secret", kind=b"p"),
    "DROP": startup(b"postgres") + query(b"DROP TABLE customers"),
    "a table's rows": startup(b"postgres") + query(b"SELECT * FROM customers"),
    "two statements": startup(b"postgres") + query(b"SELECT 1 FROM pg_class; DROP TABLE customers"),
    "noise": b"\x00\x01\x02",
}


@pytest.mark.parametrize("what", READS)
def test_reading_is_recognised(what: str) -> None:
    assert only_read(READS[what])


@pytest.mark.parametrize("what", WRITES)
def test_everything_else_is_refused(what: str) -> None:
    assert not only_read(WRITES[what])
