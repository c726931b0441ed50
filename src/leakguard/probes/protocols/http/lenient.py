"""HTTP/1 answers with heads that the strict parser refuses, read as browsers and curl read them.

Only what the strict parser gave up comes here, from the first byte of the answer on. A connection on which such an
answer came carries no second question, so nothing behind it can be taken for another answer.
What a browser or curl forgives: control characters, odd, empty or missing names, spaces before a colon, folded lines,
several lengths, a length beside an encoding, a version or a reason in odd form.
"""

from __future__ import annotations

import re

from leakguard.probes.formats.reading import Garbled

MOST_HEADERS = 256
"""Repeated ones count: joining tens of thousands of them would cost more time than a deadline allows."""
FRAMING = frozenset({"connection", "content-length", "transfer-encoding"})
"""Headers that say where an answer ends: they are kept however many there are."""
INTERIM = range(100, 200)
_STATUS = re.compile(rb"http/[^ \t]{1,16}[ \t]+(\d{3})(?!\d)", re.IGNORECASE)
"""Whatever the version is: curl takes an odd one for 1.0."""
_LENGTH = re.compile(r"\+?(\d{1,18})")
"""Where one is no plain number, none counts, and the body ends with the connection: so do Chrome and Python read it."""
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?")
_LONGEST_CHUNK_LINE = 16 * 1024
_BLANK = b" \t\r\n"
_MOST_BLANKS = 24
"""Before a version, with the version behind them."""
_CODINGS = frozenset({"", "identity", "chunked", "gzip", "x-gzip", "deflate"})
"""What an answer may be sent in; those but `chunked` are for `http_codings` to undo."""


class Head:
    """One head, and what came behind it."""

    __slots__ = ("headers", "rest", "status")

    def __init__(self, status: int, headers: dict[str, str], rest: bytes) -> None:
        self.status = status
        self.headers = headers
        self.rest = rest


class HeadReader:
    """Takes a head in whatever pieces it comes, and looks at each byte once; interim heads are passed over."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._begin = self._looked = 0
        """Where the line begins that is not whole, and up to where there is no end of it."""
        self._status: int | None = None
        self._lines: list[bytes] = []

    def take(self, data: bytes) -> Head | None:
        """The head once it is whole; raises `Garbled`."""
        self._data += data
        while (end := self._data.find(b"\n", self._looked)) >= 0:
            line = bytes(self._data[self._begin : end]).rstrip(b"\r")
            self._begin = self._looked = end + 1
            if (status := self._read_line(line)) is not None:
                return Head(status, _headers(self._lines), bytes(self._data[self._begin :]))
        self._looked = len(self._data)
        if self._status is None and not _may_be_version(self._data[self._begin : self._begin + _MOST_BLANKS]):
            raise Garbled("not an HTTP answer")
        return None

    def _read_line(self, line: bytes) -> int | None:
        """The status, behind the empty line that ends the head."""
        if self._status is None:
            self._status = _status_in(line.strip(_BLANK))
        elif line:
            self._lines.append(line)
        elif self._status in INTERIM:
            self._status, self._lines = None, []
        else:
            return self._status
        return None


def _status_in(line: bytes) -> int | None:
    """The status of a first line; none of an empty one, which may stand before it."""
    if not line:
        return None
    found = _STATUS.match(line)
    if found is None:
        raise Garbled("no status")
    return int(found[1])


def may_be_odd(headers: dict[str, str]) -> bool:
    """Whether the strict parser takes a body for unframed that a browser would take for chunked: that is not last."""
    coding = headers.get("transfer-encoding")
    return coding is not None and not coding.lower().endswith("chunked") and is_chunked(headers)


def is_chunked(headers: dict[str, str]) -> bool:
    """Whether `chunked` is among the encodings, wherever it stands."""
    return "chunked" in _codings(headers)


def lengths_in(headers: dict[str, str]) -> list[int]:
    """The lengths that are stated, the largest first; none for a body that ends with the connection."""
    stated = headers.get("content-length", "").split(",")
    found = [each for each in (_LENGTH.fullmatch(word.strip(" \t")) for word in stated) if each is not None]
    return sorted({int(each[1]) for each in found}, reverse=True) if len(found) == len(stated) else []


def _codings(headers: dict[str, str]) -> list[str]:
    return [word.strip(" \t").lower() for word in headers.get("transfer-encoding", "").split(",")]


def _may_be_version(begun: bytearray) -> bool:
    return b"HTTP/".startswith(bytes(begun.lstrip(_BLANK)[:5]).upper())


def _headers(lines: list[bytes]) -> dict[str, str]:
    """By their names in lower case; what is no header, as it has no name or no colon, is passed over as browsers do."""
    headers: dict[str, str] = {}
    last = ""
    count = 0
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            if last:
                headers[last] = f"{headers[last]} {_text(line)}".strip(" \t")
            continue
        name, colon, value = line.partition(b":")
        last = _text(name).lower() if colon else ""
        count += 1
        if not last or (count > MOST_HEADERS and last not in FRAMING):
            last = ""
            continue
        headers[last] = f"{headers[last]}, {_text(value)}" if last in headers else _text(value)
    return headers


def _text(part: bytes) -> str:
    return part.strip(b" \t").decode("latin-1")


class Body:
    """Takes the bytes behind a head, and says which of them are the body and whether it is over."""

    def __init__(self, headers: dict[str, str]) -> None:
        """Raises `Garbled` for a body in a coding that nobody knows."""
        if not _CODINGS.issuperset(_codings(headers)):
            raise Garbled("a coding that nobody knows")
        self.is_over = False
        self._lengths = [] if is_chunked(headers) else lengths_in(headers)
        self._chunks = Chunks() if is_chunked(headers) else None
        self._got = 0
        self.is_over = self._lengths[:1] == [0]

    def take(self, data: bytes) -> bytes:
        """The part of `data` that is of the body; raises `Garbled`. Of several lengths the largest counts."""
        if self._chunks is not None:
            body = self._chunks.take(data)
            self.is_over = self._chunks.is_over
            return body
        if self._lengths:
            data = data[: self._lengths[0] - self._got]
        self._got += len(data)
        self.is_over = bool(self._lengths) and self._got == self._lengths[0]
        return data

    @property
    def may_end(self) -> bool:
        """Whether it is whole if the connection ends here; of several lengths the smallest may be the right one."""
        if self._chunks is not None:
            return self._chunks.is_last
        return not self._lengths or self._got >= self._lengths[-1]


class Chunks:
    """A body in chunks (RFC 9112, 7.1): lines may end without CR; what stands behind the last one is passed over."""

    def __init__(self) -> None:
        self.is_over = False
        self.is_last = False
        """Whether the last chunk has begun, behind which no body comes."""
        self._line = bytearray()
        self._left = 0
        """Bytes of the chunk that are still to come."""
        self._is_behind = False
        """Whether the end of a chunk's line comes next."""

    def take(self, data: bytes) -> bytes:
        """The part of `data` that is of the body; raises `Garbled`."""
        body, at = bytearray(), 0
        while at < len(data) and not self.is_over:
            if self._left:
                piece = data[at : at + self._left]
                body += piece
                at, self._left, self._is_behind = at + len(piece), self._left - len(piece), True
                continue
            end = data.find(b"\n", at) + 1
            self._line += data[at : end or len(data)]
            at = end or len(data)
            if len(self._line) > _LONGEST_CHUNK_LINE:
                raise Garbled("a line without an end")
            if end:
                self._read_line()
        return bytes(body)

    def _read_line(self) -> None:
        line, self._line = bytes(self._line).rstrip(b"\r\n"), bytearray()
        if self.is_last:
            self.is_over = not line
            return
        if self._is_behind and not line:
            self._is_behind = False
            return
        found = _CHUNK.fullmatch(line)
        if found is None or self._is_behind:
            raise Garbled("a chunk without a size")
        self._left = int(found[1], 16)
        self.is_last = self._left == 0
