"""Every kind of hostile host that we know of, by name: what the matrix of hostile hosts is run against.

Each answers as an Elasticsearch would where that leads further: a host that nothing recognises is soon left alone.
"""

from __future__ import annotations

import gzip
import json
import random  # noqa: TID251  (noise that is the same in every run)
import ssl
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from support.certificates import server_context
from support.hostile import Host, Script, banner, drips, http_answer, pours, read_some, reset, says, silence

CANARY = "Invented-Person-4711"
"""Stands for a record: must never come out again."""
EVIL = "\x1b]0;owned\x07\x1b[2J<script>alert(1)</script>\u202e"
"""A terminal's title, a cleared screen, a script and letters that run backwards."""
_ROOT = {
    "name": "node-1", "cluster_name": "logs", "cluster_uuid": "u3vFlE2mTQ6S9rV0c9wXbA",
    "version": {"number": "7.10.2", "build_flavor": "default", "lucene_version": "8.7.0"},
    "tagline": "You Know, for Search",
}  # fmt: skip
ROOT = json.dumps(_ROOT).encode()
OK = "HTTP/1.1 200 OK\r\n"
JSON_HEAD = "Content-Type: application/json\r\n"
EIGHT_MEBIBYTES = 8 * 1024 * 1024


def elastic(listing: bytes, *, root: bytes = ROOT) -> Script:
    """An open Elasticsearch whose every answer but the root is `listing`."""

    async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        while True:
            asked = await read_some(reader, host)
            body = root if asked.startswith(b"GET / ") else listing
            writer.write(http_answer(body, headers=JSON_HEAD))
            await writer.drain()

    return script


def index(number: int, name: str = "mail-2019.05") -> str:
    """One row of `_cat/indices`."""
    fields = {
        "health": "green", "status": "open", "index": f"{name}-{number}", "uuid": f"u{number}", "pri": "1", "rep": "0",
        "docs.count": "1234567", "docs.deleted": "0", "store.size": "99999", "pri.store.size": "99999",
    }  # fmt: skip
    return json.dumps(fields)


def rows(unit: bytes, size: int = EIGHT_MEBIBYTES) -> bytes:
    """A list of the same thing again and again."""
    return b"[" + b",".join([unit] * (size // (len(unit) + 1))) + b"]"


def telling_names() -> bytes:
    """Two thousand names, each a mixture of its own of what people are known by."""
    words = ("客户", "身份证号码", "手机号", "住址", "银行卡号", "护照", "userPhone", "idCard")
    names = ["".join(words[(number * step + step) % 8] for step in range(1, 40))[:190] for number in range(2_000)]
    return f"[{','.join(index(number, name) for number, name in enumerate(names))}]".encode()


def ten_million_indices() -> Script:
    """Told in pieces for as long as anybody listens; nothing of it is made beforehand."""
    piece = ",".join(index(number) for number in range(300)).encode() + b","
    head = (OK + JSON_HEAD + "Transfer-Encoding: chunked\r\n\r\n1\r\n[\r\n").encode()

    async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        while True:
            if (await read_some(reader, host)).startswith(b"GET / "):
                writer.write(http_answer(ROOT, headers=JSON_HEAD))
                continue
            writer.write(head)
            while True:
                writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                await writer.drain()

    return script


def then(first: bytes, last: Callable[[StreamWriter], None]) -> Script:
    """Some words, and then something is done to the line."""

    async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        await read_some(reader, host)
        writer.write(first)
        await writer.drain()
        last(writer)

    return script


def accepts_and_resets() -> Script:
    """Takes the connection and resets it at once."""

    async def script(_reader: StreamReader, writer: StreamWriter, _host: Host) -> None:
        reset(writer)

    return script


def redirects(where: str) -> Script:
    """Sends everybody elsewhere."""

    async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        while True:
            await read_some(reader, host)
            target = where.replace("{port}", str(host.port))
            writer.write(http_answer(b"", status="302 Found", headers=f"Location: {target}\r\n"))
            await writer.drain()

    return script


def talks_twice() -> Script:
    """Gives a second answer that nobody asked for behind each one."""
    return elastic_raw(http_answer(ROOT, headers=JSON_HEAD) * 2)


def elastic_raw(answer: bytes) -> Script:
    """The same bytes to every question."""

    async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        while True:
            await read_some(reader, host)
            writer.write(answer)
            await writer.drain()

    return script


def evil_everywhere() -> Script:
    """An open store in which every field that we might print is an attack on whoever prints it."""
    root = json.dumps(_ROOT | {"name": EVIL, "cluster_name": EVIL, "version": {"number": f"7.10.2{EVIL}"}}).encode()
    return elastic(f"[{index(1, CANARY + EVIL)}]".encode(), root=root)


def catch_all() -> Script:
    """Says 200 and the same JSON to everything."""
    return elastic_raw(http_answer(b'{"ok": true, "version": "1.0", "count": 7, "results": []}', headers=JSON_HEAD))


NOISE = random.Random(7).randbytes(65536)  # noqa: S311  (no secret)
DEEP = b"[" * 100_000
REDIRECTS = {
    "to another host": "http://127.0.0.2:{port}/",
    "to another port": "http://127.0.0.1:1/",
    "to another scheme": "https://127.0.0.1:{port}/",
    "to a file": "file:///etc/passwd",
    "to the metadata of a cloud": "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
    "to the metadata over IPv6": "http://[fd00:ec2::254]/latest/meta-data/",
    "to itself": "/",
}
PLAIN: Mapping[str, Callable[[], Script]] = {
    "accepts and never answers": silence,
    "one byte of the head a second": lambda: drips(OK.encode(), pause=1),
    "one byte of the body a second": lambda: after(f"{OK}Content-Length: 1000\r\n\r\n".encode(), drips(b"x", pause=1)),
    "a body without an end": lambda: pours(f"{OK}\r\n".encode(), b"x" * 65536),
    "a body of ten gigabytes": lambda: pours(f"{OK}Content-Length: 10000000000\r\n\r\n".encode(), b"x" * 65536),
    "chunks without an end": lambda: pours(
        f"{OK}Transfer-Encoding: chunked\r\n\r\n".encode(), b"2000\r\n" + b"x" * 0x2000 + b"\r\n"
    ),
    "a compressed bomb": lambda: elastic_raw(
        http_answer(gzip.compress(b"\0" * 50_000_000), headers=f"{JSON_HEAD}Content-Encoding: gzip\r\n")
    ),
    "a flood of headers": lambda: pours(OK.encode(), b"X-Flood: 1\r\n" * 100),
    "one header without an end": lambda: pours(f"{OK}X-Long: ".encode(), b"x" * 8192),
    "broken chunks": lambda: elastic_raw(f"{OK}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n".encode()),
    "a length that is too long": lambda: says(f"{OK}Content-Length: 50\r\n\r\nabc".encode()),
    "a length that is too short": lambda: elastic_raw(f"{OK}Content-Length: 3\r\n\r\nabcdefgh".encode()),
    "a negative length": lambda: elastic_raw(f"{OK}Content-Length: -5\r\n\r\nabc".encode()),
    "JSON nested 100,000 deep": lambda: elastic(DEEP + b"]" * 100_000),
    "JSON a million deep": lambda: elastic(DEEP * 10),
    "JSON of empty lists": lambda: elastic(rows(b"[]")),
    "JSON of different keys": lambda: elastic(b"{" + b",".join(b'"%x":1' % number for number in range(800_000)) + b"}"),
    "ten million indices": ten_million_indices,
    "eight thousand indices": lambda: elastic(rows(index(1).encode(), 3 * 512 * 1024)),
    "names that are long and look like notes": lambda: elastic(
        rows(index(1, "recovery_readme_ransom_" * 9).encode(), 3 * 512 * 1024)
    ),
    "names full of words for data of people": lambda: elastic(telling_names()),
    "numbers beyond 64 bits": lambda: elastic(
        f'[{index(1)},{{"index":"a","docs.count":{"9" * 4000},"store.size":1e999}}]'.encode()
    ),
    "a number of a megabyte": lambda: elastic(b'[{"docs.count": ' + b"9" * 1_000_000 + b"}]"),
    "invalid UTF-8": lambda: elastic(b'[{"index": "\xff\xfe\xed\xa0\x80", "docs.count": "1"}]'),
    "keys that come twice": lambda: elastic(b'[{"index": "a", "docs.count": "1", "docs.count": "2", "index": "b"}]'),
    "a reset in the middle": lambda: then(f"{OK}Content-Length: 50\r\n\r\nabc".encode(), reset),
    "a reset at once": accepts_and_resets,
    "a banner of another protocol": lambda: banner(b"SSH-2.0-OpenSSH_9.2p1\r\n"),
    "random bytes": lambda: elastic_raw(NOISE),
    "noise without an end": lambda: pours(NOISE, NOISE),
    "a second answer that nobody asked for": talks_twice,
    "a catch-all": catch_all,
    "escapes and HTML everywhere": evil_everywhere,
    "an alert of TLS": lambda: says(b"\x15\x03\x03\x00\x02\x02\x46"),
    "garbage like TLS": lambda: elastic_raw(b"\x16\x03\x01\xff\xff" * 5000),
    **{f"a redirect {name}": partial(redirects, where) for name, where in REDIRECTS.items()},
}


def after(head: bytes, rest: Script) -> Script:
    """A head first."""

    async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        writer.write(head)
        await rest(reader, writer, host)

    return script


def endless_certificates() -> Script:
    """A handshake in which the list of certificates goes on for ever: records of TLS 1.2 as long as they may be."""
    hello = bytes.fromhex("16030300310200002d0303") + b"r" * 32 + bytes.fromhex("00c02f000005ff01000100")
    certificate = bytes.fromhex("16030340000bfffffffffffc004000") + b"c" * (0x4000 - 10)

    async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        await read_some(reader, host)
        writer.write(hello + certificate)
        while True:
            writer.write(bytes.fromhex("1603034000") + b"c" * 0x4000)
            await writer.drain()

    return script


def tls_of_old(folder: Path, version: ssl.TLSVersion) -> ssl.SSLContext:
    """A server that speaks nothing newer."""
    context = server_context(folder)
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = version
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


SAME_NAME = b"\x0c\x08abcdefgh"
"""A name of eight letters as DER has it, in subject and issuer alike."""
CERTIFICATES: Mapping[str, tuple[str, tuple[bytes, bytes]]] = {
    "of a version that there is not": ("abcdefgh", (bytes.fromhex("a003020102"), bytes.fromhex("a003020105"))),
    "whose name is a string of bits": ("abcdefgh", (SAME_NAME, b"\x03\x08\x00bcdefgh")),
    "that is valid from a day that there is not": ("abcdefgh", (b"240101000000Z", b"240231000000Z")),
    "that clears the screen": (f"{EVIL}\u2028\u200b", (b"", b"")),
    "that is called too long": ("b" * 300, (b"", b"")),
}
"""Certificates that a host may show, each as a name and bytes that are put in place of others."""
