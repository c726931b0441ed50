"""HTTP answers in odd form around one list, what curl 7.88 made of each, and a server that gives them to anybody.

`READ` are those that LeakGuard reads to the end; of the others it must not claim to have read anything.
"""

from __future__ import annotations

import asyncio
import gzip
import re
import tempfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from support.hostile import Host, Script, read_some

LIST = b'[{"index":"users","docs.count":"3","pri.store.size":"900","status":"open"}]'
_JSON = b"Content-Type: application/json\r\n"
_BROTLI = b"\x8b\x03\x80"
"""How a stream of brotli may begin; it has no beginning of its own."""
_CHUNKED = b"Transfer-Encoding: chunked"
_OK = b"HTTP/1.1 200 OK"
_PATH = re.compile(rb"GET /(\d+) ")
_CURL = ("curl", "--silent", "--http1.1", "--noproxy", "*", "--max-time", "3", "-w", "%{exitcode}\\n")


def length(body: bytes) -> bytes:
    """The usual header."""
    return b"Content-Length: %d" % len(body)


def answer(
    body: bytes, *extra: bytes, line: bytes = _OK, stated: bytes | None = None, sent: bytes | None = None,
    end: bytes = b"\r\n",
) -> bytes:  # fmt: skip
    """An answer with `body`: `extra` headers before the length, or `stated` in its place; `sent` is how it goes out."""
    framing = length(body) if stated is None else stated
    lines = [line, _JSON.rstrip(), *extra, *([framing] if framing else [])]
    return end.join([*lines, b"", b""]) + (body if sent is None else sent)


def chunks(body: bytes, *, line_end: bytes = b"\r\n", size: bytes = b"%x", trailer: bytes = b"") -> bytes:
    """A body in one chunk."""
    return (size % len(body)) + line_end + body + line_end + b"0" + line_end + trailer + line_end


Make = Callable[[bytes], bytes]


def _chunked(body: bytes, **how: bytes) -> bytes:
    return answer(body, _CHUNKED, stated=b"", sent=chunks(body, **how))


READ: Mapping[str, Make] = {
    "usual": answer,
    "control byte in a value": lambda body: answer(body, b"X-A: a\x01b"),
    "ESC in a value": lambda body: answer(body, b"X-A: \x1b[31mred"),
    "DEL in a value": lambda body: answer(body, b"X-A: a\x7fb"),
    "NUL in a value": lambda body: answer(body, b"X-A: a\x00b"),
    "CR in a value": lambda body: answer(body, b"X-A: a\rb"),
    "UTF-8 in a value": lambda body: answer(body, "X-A: naïve 中".encode()),
    "Latin-1 in a value": lambda body: answer(body, b"X-A: \xe9\xff"),
    "space before the colon": lambda body: answer(body, b"X-A : b"),
    "tab before the colon": lambda body: answer(body, b"X-A\t: b"),
    "space before the colon of the length": lambda body: answer(body, stated=b"Content-Length : %d" % len(body)),
    "folded line": lambda body: answer(body, b"X-A: b\r\n c"),
    "line folded with a tab": lambda body: answer(body, b"X-A: b\r\n\tc"),
    "folded first header": lambda body: answer(body, line=_OK + b"\r\n X-A: b"),
    "folded length": lambda body: answer(body, stated=b"Content-Length:\r\n %d" % len(body)),
    "line of a space": lambda body: answer(body, b" "),
    "empty name": lambda body: answer(body, b": b"),
    "odd signs in a name": lambda body: answer(body, b'X(A)/@"{}: b'),
    "space inside a name": lambda body: answer(body, b"X A: b"),
    "UTF-8 in a name": lambda body: answer(body, "Ü: b".encode()),
    "Latin-1 in a name": lambda body: answer(body, b"\xff\xfe: b"),
    "control byte in a name": lambda body: answer(body, b"X\x01A: b"),
    "NUL in a name": lambda body: answer(body, b"X\x00A: b"),
    "line without a colon": lambda body: answer(body, b"nonsense here"),
    "colon alone": lambda body: answer(body, b":"),
    "two equal lengths": lambda body: answer(body, length(body)),
    "two equal lengths in one header": lambda body: answer(body, stated=b"Content-Length: %d, %d" % ((len(body),) * 2)),
    "two lengths, the last one right": lambda body: answer(body, b"Content-Length: 5"),
    "two lengths, the first one right": lambda body: answer(body, length(body), stated=b"Content-Length: 5"),
    "length with a plus": lambda body: answer(body, stated=b"Content-Length: +%d" % len(body)),
    "length with a letter behind": lambda body: answer(body, stated=length(body) + b"x"),
    "length between blanks": lambda body: answer(body, stated=b"Content-Length: \t %d  " % len(body)),
    "length below zero": lambda body: answer(body, stated=b"Content-Length: -1"),
    "length that is no number": lambda body: answer(body, stated=b"Content-Length: abc"),
    "length that is empty": lambda body: answer(body, stated=b"Content-Length:"),
    "length beyond every number": lambda body: answer(body, stated=b"Content-Length: 99999999999999999999999"),
    "identity beside a length": lambda body: answer(body, b"Transfer-Encoding: identity"),
    "identity alone": lambda body: answer(body, b"Transfer-Encoding: identity", stated=b""),
    "an empty encoding beside a length": lambda body: answer(body, b"Transfer-Encoding:"),
    "chunked beside a length": lambda body: answer(body, _CHUNKED, sent=chunks(body)),
    "chunked twice": lambda body: answer(body, _CHUNKED, _CHUNKED, stated=b"", sent=chunks(body)),
    "chunked in odd case": lambda body: answer(body, b"transfer-ENCODING: CHUNKED", stated=b"", sent=chunks(body)),
    "identity, then chunked": lambda body: answer(
        body, b"Transfer-Encoding: identity, chunked", stated=b"", sent=chunks(body)
    ),
    "chunked, then identity": lambda body: answer(
        body, b"Transfer-Encoding: chunked, identity", stated=b"", sent=chunks(body)
    ),
    "gzip, then chunked": lambda body: answer(
        body, b"Transfer-Encoding: gzip, chunked", stated=b"", sent=chunks(gzip.compress(body))
    ),
    "chunks with extensions": lambda body: _chunked(body, size=b"%x;a=b;c"),
    "chunks with trailers": lambda body: _chunked(body, trailer=b"X-T: 1\r\n"),
    "chunks with odd trailers": lambda body: _chunked(body, trailer=b"X T\x01 : 1\r\n"),
    "chunks with zeros and capitals": lambda body: _chunked(body, size=b"000%X"),
    "chunks with spaces behind the size": lambda body: _chunked(body, size=b"%x  "),
    "chunks without CR": lambda body: _chunked(body, line_end=b"\n"),
    "chunks without a last line": lambda body: _chunked(body)[:-2],
    "lines without CR": lambda body: answer(body, b"X-A: b", end=b"\n"),
    "lines with CR CR LF": lambda body: answer(body, b"X-A: b", end=b"\r\r\n"),
    "version 1.0 without a length": lambda body: answer(body, line=b"HTTP/1.0 200 OK", stated=b""),
    "no length": lambda body: answer(body, stated=b""),
    "no header": lambda body: b"HTTP/1.1 200 OK\r\n\r\n" + body,
    "version 1.0 in chunks": lambda body: _chunked(body).replace(b"HTTP/1.1", b"HTTP/1.0"),
    "no reason": lambda body: answer(body, line=b"HTTP/1.1 200 "),
    "no reason and no space": lambda body: answer(body, line=b"HTTP/1.1 200"),
    "status with a letter behind": lambda body: answer(body, line=b"HTTP/1.1 200x OK"),
    "two spaces before the status": lambda body: answer(body, line=b"HTTP/1.1  200 OK"),
    "tab before the status": lambda body: answer(body, line=b"HTTP/1.1\t200 OK"),
    "space before the version": lambda body: answer(body, line=b" HTTP/1.1 200 OK"),
    "control bytes in the reason": lambda body: answer(body, line=b"HTTP/1.1 200 O\x01\x1bK"),
    "UTF-8 in the reason": lambda body: answer(body, line="HTTP/1.1 200 très bien".encode()),
    "http in lower case": lambda body: answer(body, line=b"http/1.1 200 OK"),
    "version 2.0": lambda body: answer(body, line=b"HTTP/2.0 200 OK"),
    "version 2": lambda body: answer(body, line=b"HTTP/2 200 OK"),
    "version 1.2": lambda body: answer(body, line=b"HTTP/1.2 200 OK"),
    "100 before": lambda body: b"HTTP/1.1 100 Continue\r\n\r\n" + answer(body),
    "103 before": lambda body: b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + answer(body),
    "odd 102 before": lambda body: b"HTTP/1.1 102 P\r\nX A : \x01\r\n\r\n" + answer(body),
    "thirty 100 before": lambda body: b"HTTP/1.1 100 Continue\r\n\r\n" * 30 + answer(body),
    "upgrade offered": lambda body: answer(body, b"Upgrade: h2c", b"Connection: Upgrade"),
    "empty line before": lambda body: b"\r\n" + answer(body),
    "ten empty lines before": lambda body: b"\r\n" * 10 + answer(body),
    "header of 60,000 letters": lambda body: answer(body, b"X-A: " + b"a" * 60_000),
    "4,000 headers": lambda body: answer(body, *(b"X-%d: b" % number for number in range(4000))),
    "length behind control bytes": lambda body: answer(body, b"X-A: a\rb", stated=b"Content-Length: \x1e\x855"),
    "gzip": lambda body: answer(gzip.compress(body), b"Content-Encoding: gzip"),
    "x-gzip": lambda body: answer(gzip.compress(body), b"Content-Encoding: X-Gzip"),
    "deflate with its head": lambda body: answer(zlib.compress(body), b"Content-Encoding: deflate"),
    "deflate without a head": lambda body: answer(zlib.compress(body)[2:-4], b"Content-Encoding: deflate"),
    "gzip that is none": lambda body: answer(body, b"Content-Encoding: gzip"),
    "gzip in chunks that is none": lambda body: answer(
        body, b"Content-Encoding: gzip", _CHUNKED, stated=b"", sent=chunks(body)
    ),
    "deflate that is none": lambda body: answer(body, b"Content-Encoding: deflate"),
    "brotli that is none": lambda body: answer(body, b"Content-Encoding: br"),
    "two codings that are none": lambda body: answer(body, b"Content-Encoding: zstd, gzip"),
}  # fmt: skip
"""Read to the end. Curl 7.88 stops at NUL, at a line without a colon, at a length that is none, at a folded first line,
at other versions than 1.0, 1.1 and 2, and at what stands before the version; browsers or Python read those.
It gives out what is compressed as it is."""

UNREAD: Mapping[str, Make] = {
    "chunks that are none": lambda body: answer(body, _CHUNKED, stated=b""),
    "chunks with a size below zero": lambda body: answer(body, _CHUNKED, stated=b"", sent=b"-1\r\n" + body),
    "chunks in hexadecimal of C": lambda body: _chunked(body, size=b"0x%x"),
    "chunk longer than its size": lambda body: answer(body, _CHUNKED, stated=b"", sent=b"5\r\n" + body + b"\r\n0\r\n"),
    "chunks without an end": lambda body: answer(body, _CHUNKED, stated=b"", sent=b"ffff\r\n" + body),
    "chunked in quotes": lambda body: answer(body, b'Transfer-Encoding: "chunked"', stated=b"", sent=chunks(body)),
    "an encoding that nobody knows": lambda body: answer(body, b"Transfer-Encoding: foo", stated=b""),
    "an encoding that nobody knows beside a length": lambda body: answer(body, b"Transfer-Encoding: foo"),
    "a coding that nobody knows": lambda body: answer(_BROTLI + body, b"Content-Encoding: br"),
    "broken gzip": lambda body: answer(gzip.compress(body)[:-9] + b"\x00" * 9, b"Content-Encoding: gzip"),
    "gzip that is cut off": lambda body: answer(gzip.compress(body)[:-12], b"Content-Encoding: gzip"),
    "gzip that unpacks to twenty megabytes": lambda body: answer(
        gzip.compress(body + b" " * 20_000_000), b"Content-Encoding: gzip"
    ),
    "gzip in gzip in gzip": lambda body: answer(
        gzip.compress(gzip.compress(gzip.compress(body))), b"Content-Encoding: gzip, gzip, gzip"
    ),
    "length longer than the body": lambda body: answer(body, stated=b"Content-Length: %d" % (len(body) + 10)),
    "status of two digits": lambda body: answer(body, line=b"HTTP/1.1 20 OK"),
    "status of four digits": lambda body: answer(body, line=b"HTTP/1.1 2000 OK"),
    "status of letters": lambda body: answer(body, line=b"HTTP/1.1 abc OK"),
    "no status": lambda body: answer(body, line=b"HTTP/1.1"),
    "no end of the head": lambda body: answer(body)[: -len(body) - 2],
    "header of 90,000 letters": lambda body: answer(body, b"X-A: " + b"a" * 90_000),
    "20,000 headers": lambda body: answer(body, *(b"X-%d: b" % number for number in range(20_000))),
    "cut in the version": lambda _: b"HTTP/1.",
    "cut in the head": lambda body: answer(body)[:40],
    "cut in the body": lambda body: answer(body)[:-9],
}  # fmt: skip
"""Begun in HTTP, and not to be read. Curl gives out what came of a body that is cut, and reads longer heads."""

OTHER: Mapping[str, Make] = {
    "version 0.9": lambda body: body,
    "a page without a head": lambda body: b"<html>" + body + b"</html>",
    "ICY": lambda body: answer(body, line=b"ICY 200 OK"),
    "SIP": lambda body: answer(body, line=b"SIP/2.0 200 OK"),
    "HTTP without a version": lambda body: answer(body, line=b"HTTP 200 OK"),
    "a mark before the version": lambda body: b"\xef\xbb\xbf" + answer(body),
    "a line before the version": lambda body: b"junk\r\n" + answer(body),
}
"""Nothing that curl or a browser takes for HTTP/1."""


def one_of(answers: Sequence[bytes]) -> Script:
    """Gives the answer whose number is the path, and hangs up."""

    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        found = _PATH.match(await read_some(reader, host))
        if found is not None:
            writer.write(answers[int(found[1])])
            await writer.drain()
        writer.close()
        await writer.wait_closed()

    return script


async def read_by_curl(port: int, count: int) -> list[bytes | None]:
    """What the real curl gives out of each answer, or `None` where it says that it failed.

    One process asks for all of them; the next one goes on where some errors, such as that of a folded first header,
    end it.
    """
    found: list[bytes | None] = []
    while len(found) < count:
        with tempfile.TemporaryDirectory() as folder:
            numbers = range(len(found), count)
            paths = [Path(folder, str(number)) for number in numbers]
            urls = [f"http://127.0.0.1:{port}/{number}" for number in numbers]
            wanted = [part for path, url in zip(paths, urls, strict=True) for part in ("-o", str(path), url)]
            child = await asyncio.create_subprocess_exec(*_CURL, *wanted, stdout=asyncio.subprocess.PIPE)
            told, _ = await child.communicate()
            codes = told.split()
            assert codes
            found += [_text(path) if code == b"0" else None for path, code in zip(paths, codes, strict=False)]
    return found


def _text(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""
