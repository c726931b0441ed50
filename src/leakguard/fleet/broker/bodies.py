"""What a message of ours looks like before anything of it is believed: its size first, then its shape.

A stranger who can write to the broker writes what he likes. Nothing is unpacked here that has more than texts in it, so
that a small message cannot grow into a large value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

TASK = "leakguard.fleet.look"
"""What an order asks for; there is nothing else."""
MAX_BYTES = 32 * 1024 * 1024
"""Of a message as it comes from the broker; what we write is half of that at most."""
_MAX_FRAME = 20_000
"""What a broker adds to a message: addresses and tags."""
_JSON = ("application/json", "utf-8")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class _Sealed(msgspec.Struct, forbid_unknown_fields=True):
    """`models.fleet.Envelope`, with no look at the texts in it."""

    kind: str
    body: str
    key: str
    signature: str


class _Embedded(msgspec.Struct, forbid_unknown_fields=True):
    """What Celery may do after an order: nothing."""

    callbacks: None
    errbacks: None
    chain: None
    chord: None


class _Nothing(msgspec.Struct, forbid_unknown_fields=True):
    pass


class _Frame(msgspec.Struct, forbid_unknown_fields=True):
    """A message as Kombu lays it into a list of Redis."""

    body: str
    headers: msgspec.Raw
    properties: msgspec.Raw
    content_encoding: str = msgspec.field(name="content-encoding")
    content_type: str = msgspec.field(name="content-type")


class _Delivery(msgspec.Struct):
    exchange: str
    routing_key: str


class _Properties(msgspec.Struct):
    delivery_tag: str
    delivery_info: _Delivery
    body_encoding: str


def is_frame(raw: bytes) -> bool:
    """Whether this is a message that Kombu can take out of Redis without stumbling."""
    try:
        frame = msgspec.json.decode(raw, type=_Frame) if len(raw) <= MAX_BYTES else None
        if frame is None or len(frame.headers) + len(frame.properties) > _MAX_FRAME:
            return False
        msgspec.json.decode(frame.headers, type=dict[str, Any])
        properties = msgspec.json.decode(frame.properties, type=_Properties)
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return False
    return properties.body_encoding == "base64"


def envelope_in(message: Any) -> dict[str, Any] | None:  # noqa: ANN401  (Kombu has no types)
    """The envelope that an answer is; nothing for anything else."""
    body = _json_of(message)
    try:
        return None if body is None else msgspec.structs.asdict(msgspec.json.decode(body, type=_Sealed))
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None


def order_headers(message: Any) -> dict[str, Any] | None:  # noqa: ANN401  (Kombu has no types)
    """All the headers that an order needs, if the message is one; whatever else a stranger asks Celery for is left out.

    Nobody has signed them, so they may shorten the life of an order and nothing else.
    """
    body, headers = _json_of(message), message.headers
    if body is None or headers.get("task") != TASK or not _ID.fullmatch(str(headers.get("id"))):
        return None
    try:
        msgspec.json.decode(body, type=tuple[tuple[_Sealed], _Nothing, _Embedded])
    except (msgspec.MsgspecError, RecursionError, UnicodeError):
        return None
    own = dict.fromkeys(("id", "root_id"), headers["id"])
    return {"lang": "py", "task": TASK, "expires": _moment(headers), "retries": 0, "ignore_result": True, **own}


def _json_of(message: Any) -> bytes | None:  # noqa: ANN401  (as above)
    """The body, if it is JSON of a bearable size in plain sight."""
    is_plain = not message.errors and isinstance(message.headers, Mapping)
    if not is_plain or (message.content_type, str(message.content_encoding).lower()) != _JSON:
        return None
    body = message.body
    raw = body.encode() if isinstance(body, str) else bytes(body or b"")
    return raw if len(raw) <= MAX_BYTES else None


def _moment(headers: Mapping[str, object]) -> str | None:
    text = headers.get("expires")
    try:
        return datetime.fromisoformat(text).isoformat() if isinstance(text, str) else None
    except ValueError:
        return None
