"""One HTTP question: the bytes of it, and the answer as plain fields. Used by the sessions that speak HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from urllib.parse import quote

from leakguard.frozen import Frozen, field
from leakguard.models.observations import Ending
from leakguard.models.targets import Endpoint, join_host_port
from leakguard.probes.caller import Caller, Heard
from leakguard.probes.formats.http import HttpReader
from leakguard.probes.wire.commands.http import QUESTIONS
from leakguard.probes.wire.verbs import ForbiddenCommand, ReadCommand

_OWN_HEADERS = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "authorization", "cookie", "user-agent"}
)
"""What a check may not set: the connection's own headers, anything with a body, anything that logs in."""
_PRINTABLE = "".join(chr(code) for code in range(0x21, 0x7F))
_DEFAULT_PORTS = {False: 80, True: 443}
HEAD_ROOM = 16 * 1024
"""Bytes for the head of an answer whose body is capped to almost nothing."""


class Fetched(Frozen, hidden=("body",)):
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
        self._user_agent = user_agent

    async def fetch(
        self,
        method: str,
        path: str,
        *,
        cap: int,
        headers: Mapping[str, str] | None = None,
        body_cap: int | None = None,
    ) -> Fetched:
        """Ask once. `cap` counts all bytes, `body_cap` those of the body; never asks for compression."""
        command = http_command(method, path, self._headers(headers or {}))
        make = partial(HttpReader, head_only=method == "HEAD", body_cap=body_cap)
        return _fetched(await self._caller.call(command, make, cap=cap))

    async def question(self, name: str, *, cap: int) -> Fetched:
        """Ask one of the whole questions of `wire.commands.http`."""
        command = question_command(name, self._headers({}))
        return _fetched(await self._caller.call(command, HttpReader, cap=cap))

    def _headers(self, extra: Mapping[str, str]) -> dict[str, str]:
        host, port = self._endpoint.host or self._endpoint.address, self._endpoint.port
        return request_headers(host, port, self._user_agent, extra, in_tls=self._caller.in_tls)


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
        headers[name.lower()] = value
    return headers


def _fetched(heard: Heard[HttpReader]) -> Fetched:
    reader = heard.reader
    cut = heard.ended is Ending.COMPLETE and reader.capped
    # With neither a length nor a close nobody says where an answer ends: what came in its time is as much as we take.
    cut = cut or (heard.ended is Ending.SILENT and reader.at_end())
    return Fetched(
        ended=Ending.CAPPED if cut else heard.ended,
        status=reader.status,
        headers=reader.headers,
        body=bytes(reader.body),
        size=heard.size,
        seconds=heard.seconds,
    )


def question_command(name: str, headers: Mapping[str, str]) -> ReadCommand:
    """The whole question with its constant headers and body behind our own `headers`."""
    question = QUESTIONS[name]
    whole = {**headers, **question.headers, "content-length": str(len(question.body))}
    head = f"{question.method} {question.path} HTTP/1.1\r\n{_lines(whole)}\r\n"
    return ReadCommand(kind="http", verb=name, data=head.encode("ascii", "replace") + question.body)


def _lines(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())


def http_command(method: str, path: str, headers: Mapping[str, str]) -> ReadCommand:
    """GET or HEAD, without a body; anything unprintable in the path travels percent-encoded."""
    return ReadCommand(kind="http", verb=method, data=request_bytes(method, path, headers))


def request_bytes(method: str, path: str, headers: Mapping[str, str]) -> bytes:
    """The bytes of a request without a body, for whoever makes a command of them."""
    target = quote(path if path.startswith("/") else f"/{path}", safe=_PRINTABLE)
    return f"{method} {target} HTTP/1.1\r\n{_lines(headers)}\r\n".encode("ascii", "replace")
