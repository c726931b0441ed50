"""Hosts that say as much as they may, in the way that costs the reader most: by name, with the scheme of each.

Each answers every question as long as it is asked, or stalls the one behind its listing, so that what was read of it
would be held meanwhile.
"""

from __future__ import annotations

import asyncio
import json
import struct
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Mapping

from leakguard.probes.protocols.kafka.gate import APIS, CORRELATION
from support.hostile import Host, Script, http_answer, read_some
from support.zoo import ROOT

MEBIBYTE = 1024 * 1024
EIGHT = 8 * MEBIBYTE
WELCOME = b'{"couchdb":"Welcome","version":"3.3.1"}'
DATABASES = b'["a"]'


def bson(elements: bytes) -> bytes:
    return struct.pack("<i", len(elements) + 5) + elements + b"\0"


_GOOD = b"\x01ok\0" + struct.pack("<d", 1)
_HELLO = bson(b"\x08ismaster\0\x01\x10maxWireVersion\0" + struct.pack("<i", 13) + _GOOD)


def databases(count: int, unit: bytes) -> bytes:
    """An answer to `listDatabases` with `unit` so many times in its list, behind one database."""
    first = b"\x030\0" + bson(b"\x02name\0" + struct.pack("<i", 2) + b"a\0")
    return bson(b"\x04databases\0" + bson(first + unit * count) + b"\x01totalSize\0" + struct.pack("<d", 5) + _GOOD)


def mongodb(listing: bytes, *, stalls: bool, pause: float = 0.0) -> Script:
    """A MongoDB that lists `listing`; the second time never, if it `stalls`. Behind the list it takes its time."""

    async def script(reader: StreamReader, writer: StreamWriter, _host: Host) -> None:
        listed = False
        while True:
            length, number, _, opcode = struct.unpack("<iiii", await reader.readexactly(16))
            asked = await reader.readexactly(length - 16)
            if b"listDatabases" in asked and listed and stalls:
                await asyncio.sleep(60)
            await asyncio.sleep(pause if listed else 0)
            listed = listed or b"listDatabases" in asked
            said = listing if b"listDatabases" in asked else _HELLO
            head, kind = (struct.pack("<iqii", 0, 0, 0, 1), 1) if opcode == 2004 else (b"\0" * 5, 2013)
            writer.write(struct.pack("<iiii", 16 + len(head) + len(said), 1, number, kind) + head + said)
            await writer.drain()

    return script


def kafka(topics: bytes, folders: bytes) -> Script:
    """A broker with these lists, each without the rest of its answer."""
    said = {
        "versions": struct.pack(">hihhhhhh", 0, 2, 3, 0, 8, 17, 0, 1), "sasl": struct.pack(">hi", 34, 0),
        "topics": struct.pack(">ihi", 0, -1, 0) + topics, "log_dirs": struct.pack(">i", 0) + folders,
    }  # fmt: skip
    by_number = {CORRELATION + APIS[verb][0]: body for verb, body in said.items()}

    async def script(reader: StreamReader, writer: StreamWriter, _host: Host) -> None:
        while True:
            asked = await reader.readexactly(struct.unpack(">i", await reader.readexactly(4))[0])
            number = struct.unpack_from(">i", asked, 4)[0]
            body = by_number.get(number, struct.pack(">i", 0))
            writer.write(struct.pack(">ii", len(body) + 4, number) + body)
            await writer.drain()

    return script


def _many(unit: Callable[[int], bytes], room: int) -> bytes:
    count = room // len(unit(0))
    return struct.pack(">i", count) + b"".join(map(unit, range(count)))


def _topic(number: int) -> bytes:
    return struct.pack(">hhIbi", 0, 4, 0x20000000 | number, 0, 0)


def _cells(columns: int) -> bytes:
    count = (4 * MEBIBYTE - 100) // (4 * columns)
    return struct.pack(">iIii", 2, 4, columns, count) + b"\xff" * (4 * columns * count)


def cql() -> Script:
    """A Cassandra whose every result is four mebibytes of empty cells."""
    tables, estimates = _cells(1), _cells(3)

    async def script(reader: StreamReader, writer: StreamWriter, _host: Host) -> None:
        while True:
            head = await reader.readexactly(9)
            asked = await reader.readexactly(struct.unpack_from(">I", head, 5)[0])
            result = estimates if b"estimates" in asked else tables
            opcode, body = {5: (6, b"\0\0"), 1: (2, b"")}.get(head[4], (8, result))
            writer.write(struct.pack(">BBhBI", 0x84, 0, 1, opcode, len(body)) + body)
            await writer.drain()

    return script


def postgres() -> Script:
    """Lets everybody in, and has four mebibytes of empty notices for every question."""
    let_in = b"R" + struct.pack(">ii", 8, 0) + b"Z" + struct.pack(">i", 5) + b"I"
    notices = (b"N" + struct.pack(">i", 4)) * (4 * MEBIBYTE // 5)

    async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        while True:
            asked = await read_some(reader, host)
            is_for_tls = asked == struct.pack(">ii", 8, 80877103)
            writer.write(b"N" if is_for_tls else notices if asked[:1] == b"Q" else notices[:4000] + let_in)
            await writer.drain()

    return script


def bucket(page: bytes) -> Script:
    """A bucket that anybody may list, and each page of the listing is `page`."""
    refused = b"<Error><Code>AccessDenied</Code></Error>"

    async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        while True:
            path = (await read_some(reader, host)).split(b" ")[1]
            said = page if b"max-keys=1000" in path else _listing(b"") if b"max-keys" in path else refused
            writer.write(http_answer(said, headers="Content-Type: application/xml\r\n"))
            await writer.drain()

    return script


def _listing(entries: bytes) -> bytes:
    more = b"<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
    return b"<ListBucketResult>" + more + entries + b"</ListBucketResult>"


def elastic(listing: bytes) -> Script:
    """An Elasticsearch that lists `listing` and stalls everything behind it."""

    async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        while True:
            path = (await read_some(reader, host)).split(b" ")[1]
            if path != b"/" and b"_cat" not in path and b"_stats" not in path:
                await asyncio.sleep(60)
            writer.write(http_answer(ROOT if path == b"/" else listing, headers="Content-Type: application/json\r\n"))
            await writer.drain()

    return script


def _telling(count: int, letters: int) -> list[str]:
    """Names, each a mixture of its own of what people are known by."""
    words = ("客户", "身份证号码", "手机号", "住址", "银行卡号", "护照", "userPhone", "idCard")
    mixed = ("".join(words[(number * step + step) % 8] for step in range(1, 40)) for number in range(count))
    return [f"{name[:letters]}{number}" for number, name in enumerate(mixed)]


def telling_databases() -> Script:
    """A MongoDB of two thousand databases whose names all mean something."""
    named = (name.encode() for name in _telling(2_000, 190))
    listed = b"".join(
        b"\x03%d\0" % number + bson(b"\x02name\0" + struct.pack("<i", len(name) + 1) + name + b"\0")
        for number, name in enumerate(named)
    )
    return mongodb(bson(b"\x04databases\0" + bson(listed) + _GOOD), stalls=False)


def telling_fields() -> Script:
    """An Elasticsearch of twenty thousand fields whose names all mean something."""
    fields = {name: {"type": "keyword"} for name in _telling(20_000, 60)}
    pages = {
        b"/": ROOT, b"/_mapping": json.dumps({"a": {"mappings": {"properties": fields}}}, ensure_ascii=False).encode(),
    }  # fmt: skip
    listing = b'[{"index":"a","docs.count":"7","pri.store.size":"9"}]'

    async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        while True:
            path = (await read_some(reader, host)).split(b" ")[1]
            writer.write(http_answer(pages.get(path, listing), headers="Content-Type: application/json\r\n"))
            await writer.drain()

    return script


def couchdb(pause: float) -> Script:
    """An honest open store that takes its time."""
    pages = {
        b"/": WELCOME, b"/_all_dbs": DATABASES,
        b"/_dbs_info": b'[{"key":"a","info":{"doc_count":7,"sizes":{"file":9}}}]',
    }  # fmt: skip

    async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        while True:
            path = (await read_some(reader, host)).split(b" ")[1]
            await asyncio.sleep(pause)
            writer.write(http_answer(pages.get(path, b"{}"), headers="Content-Type: application/json\r\n"))
            await writer.drain()

    return script


def texts(size: int, letters: int) -> bytes:
    """A list of short texts."""
    return json.dumps(
        [f"{number:0{letters}x}" for number in range(size // (letters + 3))], separators=(",", ":")
    ).encode()


_BIG = {
    "topics": lambda: kafka(_many(_topic, EIGHT - 60), _many(lambda _: b"\0" * 8, EIGHT - 60)),
    "partitions": lambda: kafka(
        struct.pack(">i", 1) + struct.pack(">hhcb", 0, 1, b"a", 0) + _many(lambda _: b"\0" * 18, EIGHT - 100),
        struct.pack(">i", 1) + struct.pack(">hh", 0, 0) + struct.pack(">i", 1) + b"\0\0"
        + _many(lambda _: b"\0" * 21, EIGHT - 100),
    ),
    "cells": cql,
    "notices": postgres,
    "database names": lambda: mongodb(
        databases(99_000, b"\x030000\0" + bson(b"\x0aname\0" + b"\x0aa\0")), stalls=False
    ),
    "keys": lambda: bucket(_listing(b"<Contents><Key>a.sql</Key><Size>1</Size></Contents>" * 60_000)),
    "empty lines": lambda: bucket(_listing(b"\n" * 3_900_000)),
}  # fmt: skip
_SCHEMES = {
    "topics": "kafka", "partitions": "kafka", "cells": "cassandra", "notices": "postgresql",
    "database names": "mongodb", "keys": "s3", "empty lines": "s3",
}  # fmt: skip
BIG: Mapping[str, tuple[str, Callable[[], Script]]] = {name: (_SCHEMES[name], make) for name, make in _BIG.items()}
"""At their caps, in the protocols that are not HTTP and in XML."""
