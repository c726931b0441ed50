"""Reads letters that came back: delivery status notifications (RFC 3464), and the plain ones that some servers write.

A bounce is found by the Message-ID of our letter, and by nothing else; no address and no word of the server is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from itertools import islice

from leakguard.mailing.message_ids import PATTERN
from leakguard.models.deliveries import Bounce

MOST_PARTS = 50
"""Parts of one message that are looked at; a bounce has three."""
UNKNOWN = "5.0.0"
"""Not delivered, and nobody says why (RFC 3463: other or undefined status)."""
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])", re.ASCII)
_ENVELOPE = re.compile(
    r"^original-envelope-id:\s*<?(lg\.[0-9a-f]{40}@[A-Za-z0-9.-]{1,253})", re.IGNORECASE | re.MULTILINE | re.ASCII
)
_FIELD = re.compile(r"^(action|status):[ \t]*([^\r\n]{1,200})", re.IGNORECASE | re.MULTILINE)
_ROBOT = re.compile(r"mailer-daemon|postmaster|mail delivery|mdaemon|mail-daemon", re.IGNORECASE)
_TEXTS = ("text/", "message/")
_TYPE = re.compile(rb"^content-type:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
MOST_IN_TYPE = 8 * 1024
"""Bytes of a `Content-Type`. The library takes half a minute for a megabyte of parameters; no server writes 1 KiB."""
_FAILED, _DELAYED = "failed", "delayed"
_BROKEN = (MessageError, LookupError, ValueError, AttributeError, TypeError, RecursionError, AssertionError)
"""What the library's parser raises on what no sane server writes."""


def bounce_in(content: bytes) -> Bounce | None:
    """What one message says about a letter of ours; nothing for any other message, however broken."""
    plain = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if any(len(match[0]) > MOST_IN_TYPE for match in _TYPE.finditer(plain)):
        return None
    try:
        message = message_from_bytes(content)
        parts = list(islice(message.walk(), MOST_PARTS))
        return _of_report(parts) if _is_report(message) else _of_plain(message, parts)
    except _BROKEN:
        return None


def _is_report(message: Message) -> bool:
    kinds = (message.get_content_type(), str(message.get_param("report-type") or "").lower())
    return kinds == ("multipart/report", "delivery-status")


def _of_report(parts: list[Message]) -> Bounce | None:
    """A notification by the standard: what became of it, and the header of the letter."""
    reports = [text for part in parts if part.get_content_type() == "message/delivery-status" for text in _text(part)]
    report = "\n".join(reports)
    fields = [(name.lower(), value.strip().lower()) for name, value in _FIELD.findall(report)]
    action = next((value for name, value in fields if name == "action"), "")
    status = next((found[0] for name, value in fields if name == "status" and (found := _STATUS.search(value))), "")
    if not action.startswith((_FAILED, _DELAYED)):
        return None
    envelope = _ENVELOPE.search(report)
    named = envelope[1] if envelope else _named(parts[1:])
    is_final = action.startswith(_FAILED)
    return (
        Bounce(message_id=named, status=status or (UNKNOWN if is_final else "4.0.0"), is_final=is_final)
        if named
        else None
    )


def _of_plain(message: Message, parts: list[Message]) -> Bounce | None:
    """A robot's letter in words, in any language, as far as it names ours; an answer of a person is none."""
    sender, path = str(message.get("From", "")), str(message.get("Return-Path", "")).strip()
    if path != "<>" and not _ROBOT.search(sender):
        return None
    if "auto-replied" in str(message.get("Auto-Submitted", "")).lower():
        return None
    named = _named(parts) or _named_in(" ".join(str(message.get(name, "")) for name in ("In-Reply-To", "References")))
    if not named:
        return None
    text = "\n".join(each for part in parts for each in _text(part))
    found = _STATUS.search(text)
    is_final = found is None or found[1] != "4"
    return Bounce(message_id=named, status=found[0] if found else UNKNOWN, is_final=is_final)


def _named(parts: list[Message]) -> str:
    """The Message-ID of ours that a part has or quotes; a returned header comes before running text."""
    for part in parts:
        found = _named_in(str(part.get("Message-ID", "")))
        if found:
            return found
    return next((found for part in parts for text in _text(part) if (found := _named_in(text))), "")


def _named_in(text: str) -> str:
    found = PATTERN.search(text)
    return found[1] if found else ""


def _text(part: Message) -> Iterator[str]:
    """What can be read of a part; a report of the standard is a list of headers, which count too."""
    if not part.get_content_type().startswith(_TEXTS):
        return
    if part.is_multipart():
        inner = part.get_payload()
        blocks = inner if isinstance(inner, list) else []
        yield from (
            "\n".join(f"{name}: {value}" for name, value in block.items())
            for block in blocks[:MOST_PARTS]
            if isinstance(block, Message)
        )
        return
    raw = part.get_payload(decode=True)
    yield raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
