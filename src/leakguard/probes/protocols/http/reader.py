"""HTTP/1 answers, read with httptools under our own caps; what it refuses is read once more as browsers do."""

from __future__ import annotations

import re

import httptools

from leakguard.probes.formats.reading import Garbled, is_tls_alert
from leakguard.probes.protocols.http.lenient import (
    FRAMING,
    INTERIM,
    MOST_HEADERS,
    Body,
    HeadReader,
    is_chunked,
    may_be_odd,
)

HEAD_CAP = 64 * 1024
"""The most bytes of status line and headers; servers commonly allow 8 to 16 KiB in the other direction."""
_NO_BODY = frozenset({204, 304})
_REDIRECTS = range(300, 400)
_BAD_REQUEST = 400
"""What they lead to stands in the head; some servers send one with neither a length nor a close, as QuestDB 9.3."""
_TLS_WORDS = (
    b"plain http request was sent to https port",
    b"speaking plain http to an ssl-enabled server port",
    b"client sent an http request to an https server",
    b"this combination of host and port requires tls",
    b"http request was sent to https port",
)
"""How nginx, Apache httpd, Go and Tomcat say that a port wants TLS, in lower case."""
_LONGEST_SIZE = 256
"""Bytes of a line with the size of a chunk, and with extensions that nobody uses; a longer one counts as cut."""
_SIZE = re.compile(rb"0*[1-9A-Fa-f][0-9A-Fa-f]*[ \t]*(?:;.*)?\r?", re.DOTALL)
"""Such a line for a chunk that has content."""
_HIDDEN_FRAMING = re.compile(r"\r[ \t]*(?:transfer-encoding|content-length)[ \t]*:", re.IGNORECASE)
"""Behind a bare CR it is a header for some readers and a part of one for others, which then end the body elsewhere."""


class HttpReader:
    """Reads one answer: chunked, with a length, or until the host closes. Does not decompress and does not follow."""

    def __init__(self, *, head_only: bool = False, body_cap: int | None = None) -> None:
        """`head_only` for the answer to HEAD; `body_cap` ends the reading after so many bytes of body."""
        self.status: int | None = None
        self.headers: dict[str, str] = {}
        self.body = bytearray()
        self.capped = False
        self._head_only = head_only
        self._body_cap = body_cap
        self._first = b""
        self._fed = 0
        self._count = 0
        self._in_body = False
        self._whole = False
        self._keep = False
        self._pieces: list[bytes] = []
        """All that came, as long as it may have to be read once more: until the body begins."""
        self._lenient: _Lenient | None = None
        self._is_odd = False
        """Whether the head is one that the strict parser misreads."""
        self._is_endless_redirect = False
        self._is_behind_chunks = False
        """Whether the last that came of a body in chunks was the size of one."""
        self._last = b""
        """The last bytes that came: a line with the size of a chunk stands whole in them."""
        self._make_parser()

    @property
    def reusable(self) -> bool:
        """Whole, nothing behind it, and the host keeps the connection."""
        return self._whole and self._keep and not self.capped

    @property
    def is_endless_redirect(self) -> bool:
        """Whether a redirect says neither how long its body is nor that the host closes behind it.

        Then the host may wait for the next question, as QuestDB 9.3 does, or send a body and close.
        """
        return self._is_endless_redirect and self._whole and not self.capped

    @property
    def has_no_end(self) -> bool:
        """Whether a head came, and neither a length nor chunks say where its answer ends."""
        return self._in_body and self._until_close()

    @property
    def wants_tls(self) -> bool:
        """A TLS alert, or an error page in one of the common servers' words; to HEAD they send the status alone."""
        if is_tls_alert(self._first) or (self._head_only and self.status == _BAD_REQUEST):
            return True
        page = bytes(self.body[:4096]).lower()
        return self.status in (400, 426) and any(words in page for words in _TLS_WORDS)

    def feed(self, data: bytes) -> bool:
        """Take bytes; true once the answer is whole or a cap of ours is reached."""
        if self._fed < 2:  # noqa: PLR2004  (what tells a TLS alert)
            self._first = (self._first + data[:2])[:2]
        if not self._in_body and self._fed + len(data) > HEAD_CAP:
            cut = max(0, HEAD_CAP - self._fed)
            return self._take(data[:cut]) or self._is_over_cap() or self._take(data[cut:])
        return self._take(data)

    def _take(self, data: bytes) -> bool:
        self._fed += len(data)
        self._last = (self._last + data[-_LONGEST_SIZE:])[-_LONGEST_SIZE:]
        if self._lenient is not None:
            return self._take_leniently(data)
        if self._may_be_read_again():
            self._pieces.append(data)
        if not self._parse(data):
            return self._read_again()
        if not self._may_be_read_again():
            self._pieces.clear()
        return self._whole or self.capped

    def _parse(self, data: bytes) -> bool:
        """Whether the strict parser reads it; raises `Garbled` for a body that nobody would read."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.status, self._whole = self._parser.get_status_code(), True
        except httptools.HttpParserError as error:
            if self._may_be_read_again() and not self._whole and not self.capped:
                return False
            self._forgive(error)
        return not self._is_odd

    def _may_be_read_again(self) -> bool:
        return not self.body and self._fed <= HEAD_CAP

    def _is_over_cap(self) -> bool:
        """Whether the head did not end within its cap."""
        self.capped = self.capped or not self._in_body
        return self.capped

    def _forgive(self, error: httptools.HttpParserError) -> None:
        """What is amiss behind the answer, or in what may follow its last chunk, leaves the answer as it is."""
        if not self._whole and not self.capped:
            if not self._is_behind_chunks:
                raise Garbled("not an HTTP answer") from error
            self._end()
        self._keep = False

    def _read_again(self) -> bool:
        """Read from the start what the strict parser does not read; raises `Garbled`."""
        data, self._pieces = b"".join(self._pieces), []
        self._lenient = _Lenient()
        self.headers, self.status, self._in_body, self._whole, self._keep = {}, None, False, False, False
        self.capped = False
        self.body.clear()
        return self._take_leniently(data)

    def _take_leniently(self, data: bytes) -> bool:
        lenient = self._lenient
        if lenient is None or self._whole or self.capped:
            return True
        if lenient.body is None:
            head = lenient.head.take(data)
            if head is None:
                return False
            if any(map(_HIDDEN_FRAMING.search, head.headers.values())):
                raise Garbled("a header hides another one that says where the body ends")
            self.status, self.headers, self._in_body = head.status, head.headers, True
            if self._head_only or head.status in _NO_BODY:
                self._whole = True
                return True
            lenient.body, data = Body(head.headers), head.rest
        self._add(lenient.body.take(data))
        self._whole = lenient.body.is_over and not self.capped
        return self._whole or self.capped

    def release(self) -> None:
        """The answer is over: let go of the parser, which holds on to us, so that neither waits to be found as garbage.

        Nothing may be fed any more.
        """
        del self._parser

    def at_end(self) -> bool:
        """An answer without a length ends where the host closes."""
        if self._lenient is not None:
            return self._whole or (self._lenient.body is not None and self._lenient.body.may_end)
        return self._whole or (self._in_body and (self._until_close() or self._is_behind_last_chunk()))

    def _is_behind_last_chunk(self) -> bool:
        """Whether the size that came last is zero. One with content behind it is the last that came of a cut answer."""
        line = self._last[:-1].rpartition(b"\n")
        is_of_content = self._last.endswith(b"\n") and (not line[1] or _SIZE.fullmatch(line[2]) is not None)
        return self._is_behind_chunks and not is_of_content

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by httptools, once a header. Repeated ones are joined as RFC 9110, 5.2 says."""
        self._count += 1
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        if self._count > MOST_HEADERS and key not in FRAMING:
            return
        if key in self.headers:
            text = f"{self.headers[key]}, {text}"
        self.headers[key] = text

    def on_headers_complete(self) -> None:
        """Called by httptools. The parser does not know that we asked for the head alone."""
        if self._whole:
            self._keep = False
            return
        status = self._parser.get_status_code()
        if status in INTERIM:
            self.headers.clear()
            return
        self._is_odd = may_be_odd(self.headers)
        self.status = status
        self._in_body = True
        is_bare_redirect = status in _REDIRECTS and self._until_close()
        if self._head_only or status in _NO_BODY or is_bare_redirect:
            self._end()
        is_new = self._parser.get_http_version() == "1.1"
        keeps = is_new and "close" not in self.headers.get("connection", "").lower()
        self._is_endless_redirect = is_bare_redirect and keeps

    def on_body(self, data: bytes) -> None:
        """Called by httptools, once a piece."""
        self._is_behind_chunks = False
        if self._whole or self.capped:
            self._keep = False
            return
        self._add(data)

    def on_chunk_header(self) -> None:
        """Called by httptools, behind the size of a chunk; none of its bytes has come."""
        self._is_behind_chunks = True

    def _add(self, data: bytes) -> None:
        self.body += data
        if self._body_cap is not None and len(self.body) > self._body_cap:
            del self.body[self._body_cap :]
            self.capped = True

    def on_message_complete(self) -> None:
        """Called by httptools."""
        if self._in_body and not self._whole:
            self._end()

    def on_message_begin(self) -> None:
        """Called by httptools: after the answer, only a host that talks out of turn begins another one."""
        self._keep = False

    def _end(self) -> None:
        self._whole = True
        keep_alive = "close" not in self.headers.get("connection", "").lower()
        self._keep = keep_alive and self._parser.get_http_version() == "1.1" and not self._until_close()

    def _until_close(self) -> bool:
        has_end = "content-length" in self.headers or is_chunked(self.headers)
        return not has_end and not self._head_only and self.status not in _NO_BODY

    def _make_parser(self) -> None:
        """Old and home-made servers end lines with a bare line feed and pad chunk sizes: looking costs nothing."""
        self._parser = httptools.HttpResponseParser(self)
        self._parser.set_dangerous_leniencies(
            lenient_data_after_close=True,
            lenient_optional_cr_before_lf=True,
            lenient_spaces_after_chunk_size=True,
        )


class _Lenient:
    """The second reading of an answer."""

    __slots__ = ("body", "head")

    def __init__(self) -> None:
        self.head = HeadReader()
        self.body: Body | None = None
