"""HTTP/1.1 for the lab's own servers: just enough of it, with a cap on everything a caller can send."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, unquote, urlsplit

from leakguard.frozen import Frozen, field

HEAD_CAP_BYTES = 16 * 1024
BODY_CAP_BYTES = 64 * 1024
IDLE_SECONDS = 30.0
"""A kept connection without a request is closed after this."""

_REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 405: "Method Not Allowed"}


class HttpAsk(Frozen):
    """A parsed request; the body was counted and dropped."""

    method: str
    path: str
    target: str
    """Path and query as they were sent."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""


class HttpAnswer(Frozen):
    """What goes back."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json; charset=UTF-8"
    headers: tuple[tuple[str, str], ...] = field(default=())


Handler = Callable[[HttpAsk], HttpAnswer]


class UnknownRequest(ValueError):
    """The bytes are no request that the lab answers."""


def json_answer(value: object, *, status: int = 200, pretty: bool = False, **extra: str) -> HttpAnswer:
    """JSON as Elasticsearch writes it: compact, or pretty with ` : ` and a last line break."""
    text = (
        json.dumps(value, indent=2, separators=(",", " : ")) + "\n"
        if pretty
        else json.dumps(value, separators=(",", ":"))
    )
    headers = tuple((name.replace("_", "-"), text) for name, text in extra.items())
    return HttpAnswer(status=status, body=text.encode(), headers=headers)


def parse_head(head: bytes) -> HttpAsk:
    """Request line and headers; raises `UnknownRequest`."""
    lines = head.decode("latin-1").split("\r\n")
    parts = lines[0].split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1.") or not parts[1].startswith("/"):  # noqa: PLR2004  (method, target, version)
        raise UnknownRequest
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if line and not colon:
            raise UnknownRequest
        headers[name.strip().lower()] = value.strip()
    try:
        url = urlsplit(parts[1])
    except ValueError as error:
        raise UnknownRequest from error
    query = dict(parse_qsl(url.query, keep_blank_values=True))
    return HttpAsk(method=parts[0].upper(), path=unquote(url.path), target=parts[1], query=query, headers=headers)


async def serve_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, handler: Handler) -> None:
    """Answer one connection's requests until it closes, idles or breaks a cap."""
    keep = True
    while keep:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                ask = parse_head((await reader.readuntil(b"\r\n\r\n"))[:-4])
                await _drop_body(reader, ask)
        except (asyncio.IncompleteReadError, TimeoutError, ConnectionError):
            return
        except (UnknownRequest, asyncio.LimitOverrunError):
            writer.write(_bytes_of(HttpAnswer(status=400), keep=False, with_body=True))
            await writer.drain()
            return
        keep = ask.headers.get("connection", "").lower() != "close"
        writer.write(_bytes_of(handler(ask), keep=keep, with_body=ask.method != "HEAD"))
        await writer.drain()


async def _drop_body(reader: asyncio.StreamReader, ask: HttpAsk) -> None:
    """Read the body that was announced and forget it; raises `UnknownRequest` beyond the cap."""
    length = ask.headers.get("content-length", "0")
    if "transfer-encoding" in ask.headers or not (length.isascii() and length.isdigit()) or len(length) > len("65536"):
        raise UnknownRequest
    if int(length) > BODY_CAP_BYTES:
        raise UnknownRequest
    await reader.readexactly(int(length))


def _bytes_of(answer: HttpAnswer, *, keep: bool, with_body: bool) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} {_REASONS.get(answer.status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    lines += [f"content-type: {answer.content_type}", f"content-length: {len(answer.body)}"]
    if not keep:
        lines.append("connection: close")
    head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    return head + answer.body if with_body else head
