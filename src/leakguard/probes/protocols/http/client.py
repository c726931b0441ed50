"""One HTTP question: the bytes of it, and the answer as plain fields. Used by the sessions that speak HTTP."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from urllib.parse import quote, unquote

from leakguard.frozen import Frozen, field
from leakguard.models.observations import Ending
from leakguard.models.targets import Endpoint, join_host_port
from leakguard.probes.caller import Answer, Caller
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.http.codings import codings_of, unpacked
from leakguard.probes.protocols.http.counts import FIRESTORE_COUNT, count_request
from leakguard.probes.protocols.http.gate import GAP, QUESTIONS
from leakguard.probes.protocols.http.reader import HttpReader
from leakguard.probes.wire.large import LARGE_FROM
from leakguard.probes.wire.verbs import ForbiddenCommand, ReadCommand

_OWN_HEADERS = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "authorization", "cookie", "user-agent"}
)
"""What a check may not set: the connection's own headers, anything with a body, anything that logs in."""
_PRINTABLE = "".join(chr(code) for code in range(0x21, 0x7F))
_DEFAULT_PORTS = {False: 80, True: 443}
_WHOLE = frozenset({200, 201, 202, 203, 207})
"""Statuses of answers with a body that says what was asked for."""
_PARTIAL = 206
"""The status of a part; a part of a compressed body cannot be undone."""
_BEARER = re.compile(r"[A-Za-z0-9_.-]{16,400}")
_LARGEST_FRONT = 64 * 1024
HEAD_ROOM = 16 * 1024
"""Bytes for the head of an answer whose body is capped to almost nothing."""


class HttpResponse(Frozen, hidden=("body",)):
    """One HTTP answer."""

    ended: Ending
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    size: int = 0
    seconds: float = 0.0


class HttpClient:
    """Asks GET and HEAD of one endpoint. A redirect is an answer like any other: nobody goes there."""

    def __init__(self, caller: Caller, endpoint: Endpoint, user_agent: str) -> None:
        self._caller = caller
        self._endpoint = endpoint
        self.user_agent = user_agent
        self.front: dict[bool, HttpResponse] = {}
        """The front page, in plain text and in TLS, if it is small: the sessions of one visit share it."""

    async def fetch(
        self,
        method: str,
        path: str,
        *,
        cap: int,
        headers: Mapping[str, str] | None = None,
        body_cap: int | None = None,
        page_key: str = "",
    ) -> HttpResponse:
        """Ask once. `cap` counts all bytes, `body_cap` those of the body; never asks for compression.

        `page_key` is what a page of ours gives to each visitor for this very backend, to be shown as a bearer.
        """
        is_front = method == "GET" and path == "/" and not headers and body_cap is None
        known = self.front.get(self._caller.in_tls) if is_front else None
        if known is not None and known.size <= cap:
            return known
        bearer = {"authorization": f"Bearer {page_key}"} if _BEARER.fullmatch(page_key) else {}
        command = http_command(method, path, {**self._headers(headers or {}), **bearer})
        make = partial(HttpReader, head_only=method == "HEAD", body_cap=body_cap)
        fetched = _fetched(await self._caller.call(command, make, cap=cap), cap)
        if is_front and fetched.ended is Ending.COMPLETE and fetched.size <= _LARGEST_FRONT:
            self.front[self._caller.in_tls] = fetched
        return fetched

    async def question(self, name: str, *, cap: int, about: str = "") -> HttpResponse:
        """Ask one of the whole questions of `gate.py`; `about` goes into its gap, if it has one."""
        command = question_command(name, self._headers({}), about)
        return _fetched(await self._caller.call(command, HttpReader, cap=cap), cap)

    async def count(self, project: str, name: str, *, cap: int) -> HttpResponse:
        """Ask for the number of documents of one collection of Firestore."""
        data = count_request(project, name, self._headers({}))
        command = ReadCommand(kind="http", verb=FIRESTORE_COUNT, data=data)
        return _fetched(await self._caller.call(command, HttpReader, cap=cap), cap)

    def _headers(self, extra: Mapping[str, str]) -> dict[str, str]:
        host, port = self._endpoint.host or self._endpoint.address, self._endpoint.port
        return request_headers(host, port, self.user_agent, extra, in_tls=self._caller.in_tls)


def request_headers(
    host: str, port: int, user_agent: str, extra: Mapping[str, str], *, in_tls: bool = False
) -> dict[str, str]:
    """Ours, then the check's own, such as `Range`."""
    return headers_for(shown_host(host, port, in_tls=in_tls), user_agent, extra)


def shown_host(host: str, port: int, *, in_tls: bool = False) -> str:
    """How a request names a host: with its port, unless that is the usual one."""
    shown = join_host_port(host, port)
    return shown.removesuffix(f":{port}") if port == _DEFAULT_PORTS[in_tls] else shown


def headers_for(shown: str, user_agent: str, extra: Mapping[str, str]) -> dict[str, str]:
    """As `request_headers`, to a host as a request names it."""
    headers = {"host": shown, "user-agent": user_agent, "accept": "application/json"}
    for name, value in extra.items():
        if name.lower() in _OWN_HEADERS:
            raise ForbiddenCommand(f"a check may not set the header `{name}`")
        if not value.startswith("{"):  # what a page would have to tell, and none did
            headers[name.lower()] = value
    return headers


def _fetched(answer: Answer[HttpReader], cap: int) -> HttpResponse:
    reader = answer.reader
    # With neither a length nor a close nobody says where an answer ends: what came in its time is as much as we take.
    is_endless = answer.ended is Ending.SILENT and reader.has_no_end
    body, ended = answer_of(reader, Ending.CAPPED if is_endless else answer.ended, answer.size, cap)
    return HttpResponse(
        ended=ended, status=reader.status, headers=reader.headers, body=body, size=answer.size, seconds=answer.seconds
    )


def answer_of(reader: HttpReader, ended: Ending, size: int, cap: int) -> tuple[bytes, Ending]:
    """The body as it is meant, and how the exchange ended for whoever reads it; `size` bytes came, `cap` may be read.

    A body that is granted in a coding which cannot be undone within the cap is garbled: what it says is not known. A
    refusal stays one, whose words are not known.
    """
    if ended is not Ending.COMPLETE or reader.capped:
        return bytes(reader.body), Ending.CAPPED if ended is Ending.COMPLETE else ended
    codings = codings_of(reader.headers) if reader.status != _PARTIAL else ()
    if not codings or not reader.body:
        return bytes(reader.body), ended
    try:
        return unpacked(bytes(reader.body), codings, cap if size > LARGE_FROM else min(cap, LARGE_FROM)), ended
    except Garbled:
        return b"", Ending.GARBLED if reader.status in _WHOLE else ended


def about_of(what: str) -> str:
    """The name that a question is about: behind the `#` of `what`, which is not sent."""
    return unquote(what.partition("#")[2])


def question_command(name: str, headers: Mapping[str, str], about: str = "") -> ReadCommand:
    """The whole question with its constant headers and body behind our own `headers`; `about` fills its gap."""
    question = QUESTIONS[name]
    body = question.body.replace(GAP, about.encode("ascii", "replace"))
    whole = {**headers, **question.headers, "content-length": str(len(body))}
    head = f"{question.method} {question.path} HTTP/1.1\r\n{_lines(whole)}\r\n"
    return ReadCommand(kind="http", verb=name, data=head.encode("ascii", "replace") + body)


def _lines(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())


def http_command(method: str, path: str, headers: Mapping[str, str]) -> ReadCommand:
    """GET or HEAD, without a body; anything unprintable in the path travels percent-encoded."""
    return ReadCommand(kind="http", verb=method, data=request_bytes(method, path, headers))


def request_bytes(method: str, path: str, headers: Mapping[str, str]) -> bytes:
    """The bytes of a request without a body, for whoever makes a command of them."""
    target = quote(path if path.startswith("/") else f"/{path}", safe=_PRINTABLE)
    return f"{method} {target} HTTP/1.1\r\n{_lines(headers)}\r\n".encode("ascii", "replace")
