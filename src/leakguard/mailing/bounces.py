"""Reads letters that came back: delivery status notifications (RFC 3464), and the plain ones that some servers write.

A bounce is found by the Message-ID of our letter, and by nothing else; no address and no text of the server is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from itertools import islice, takewhile

from leakguard.mailing.message_ids import PATTERN
from leakguard.models.deliveries import Bounce

MOST_PARTS = 50
"""Parts of one message that are looked at; a bounce has three."""
UNKNOWN_FAILURE = "5.0.0"
"""Not delivered, and nobody says why (RFC 3463: other or undefined status)."""
UNKNOWN_DELAY = "4.0.0"
"""Not delivered yet, and nobody says why."""
_STATUS = re.compile(r"(?<![\d.])([245])\.([0-7])\.(\d{1,3})(?!\.?\d)", re.ASCII)
"""A status of RFC 3463, whose second number is 7 at most: `4.94.2` is a version of a mail server."""
_RETURNED = re.compile(r"^[> \t]*(?:received:|return-path:|message-id:\s{0,9}<lg\.)", re.IGNORECASE | re.MULTILINE)
"""The first line of the returned letter in a plain bounce."""
_LATE_SUBJECT = re.compile(
    r"\s*(?:warning: message \S+ delayed|warning: could not send message for past|delayed mail|deliver(?:y|ing) delayed"
    r"|(?:mail|message) (?:delivery )?delayed|delivery status notification \(delay)",
    re.IGNORECASE,
)
"""Compared with the start of a subject alone: after it, the subject may quote that of our letter."""
_LATE = re.compile(
    r"not yet been delivered|attempts will continue|warning message only|it will be retried until"
    r"|hasn't been delivered yet|will continue to (?:be attempted|attempt|try)|will retry for",
    re.IGNORECASE,
)
"""How Exim, Sendmail, Postfix, Exchange and Gmail say that they still try.

`Warning` alone says nothing: MDaemon writes `Warning: ... - User unknown!`."""
_LOST = re.compile(r"this is a permanent error|not going to try again", re.IGNORECASE)
"""How Exim and qmail say that they gave up, also where the last answer was a status of class 4."""
_ENVELOPE = re.compile(
    r"^original-envelope-id:\s*<?(lg\.[0-9a-f]{40}@[A-Za-z0-9.-]{1,253})", re.IGNORECASE | re.MULTILINE | re.ASCII
)
_FIELD = re.compile(r"^(action|status):[ \t]*([^\r\n]{1,200})", re.IGNORECASE | re.MULTILINE)
_ROBOT = re.compile(r"mailer-daemon|postmaster|mail delivery|mdaemon|mail-daemon", re.IGNORECASE)
_TEXTS = ("text/", "message/")
_REPORTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
"""The second one is for letters to addresses beyond ASCII (RFC 6533), of which Python's library knows nothing."""
_LETTERS = frozenset({"message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers"})
"""Parts that hold the letter that came back."""
_TYPE = re.compile(rb"^content-type:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
MOST_IN_TYPE = 8 * 1024
"""Bytes of a `Content-Type`. The library takes half a minute for a megabyte of parameters; no server writes 1 KiB."""
_ACTION_FAILED, _ACTION_DELAYED = "failed", "delayed"
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
        report_type = _report_type(message)
        if report_type == "delivery-status":
            return _of_report(parts)
        return None if report_type else _of_plain(message, parts)
    except _BROKEN:
        return None


def _report_type(message: Message) -> str:
    """`delivery-status`, or what else it reports, such as that somebody read the letter; empty for no report."""
    is_report = message.get_content_type() == "multipart/report"
    return str(message.get_param("report-type") or "").lower() if is_report else ""


def _of_report(parts: list[Message]) -> Bounce | None:
    """A standard notification: what became of our letter, and which letter it was."""
    reports = [text for part in parts if part.get_content_type() in _REPORTS for text in _text(part)]
    report = "\n".join(reports)
    fields = [(name.lower(), value.strip().lower()) for name, value in _FIELD.findall(report)]
    action = next((value for name, value in fields if name == "action"), "")
    status = next((found[0] for name, value in fields if name == "status" and (found := _STATUS.search(value))), "")
    if not action.startswith((_ACTION_FAILED, _ACTION_DELAYED)):
        return None
    envelope = _ENVELOPE.search(report)
    named = envelope[1] if envelope else _named(parts[1:])
    is_final = action.startswith(_ACTION_FAILED)
    return (
        Bounce(message_id=named, status=status or (UNKNOWN_FAILURE if is_final else UNKNOWN_DELAY), is_final=is_final)
        if named
        else None
    )


def _of_plain(message: Message, parts: list[Message]) -> Bounce | None:
    """A robot's letter in words, in any language, as far as it names ours; an answer of a person is none."""
    sender, path = str(message.get("From", "")), str(message.get("Return-Path", "")).strip()
    is_robot = _ROBOT.search(sender) is not None
    if path != "<>" and not is_robot:
        return None
    is_answer = "auto-replied" in str(message.get("Auto-Submitted", "")).lower()  # Exim's bounces say so as well
    if is_answer and not (message.get("X-Failed-Recipients") or "mailer-daemon" in sender.lower()):
        return None
    quoted = _named(parts)
    named = quoted or _named_in(" ".join(str(message.get(name, "")) for name in ("In-Reply-To", "References")))
    if not named:
        return None
    words = _words(parts)
    spaced = " ".join(words.split())
    found = next((found for found in _STATUS.finditer(words) if found[1] != "2"), None)  # 2.1.0: a step that went well
    is_told = bool(found or message.get("X-Failed-Recipients") or _LATE.search(spaced) or _LOST.search(spaced))
    if not (is_robot or quoted or is_told):  # an absent person's automatic reply has no return path either
        return None
    is_late = bool(_LATE_SUBJECT.match(str(message.get("Subject", ""))) or _LATE.search(spaced))
    is_late = is_late or (found is not None and found[1] == "4" and not _LOST.search(spaced))
    status = found[0] if found else UNKNOWN_DELAY if is_late else UNKNOWN_FAILURE
    return Bounce(message_id=named, status=status, is_final=not is_late)


def _words(parts: list[Message]) -> str:
    """What the robot itself says: the letter that it returns may name versions that look like a status."""
    own = takewhile(lambda part: part.get_content_type() not in _LETTERS, parts)
    return _RETURNED.split("\n".join(each for part in own for each in _text(part)), maxsplit=1)[0]


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
        for block in (each for each in blocks[:MOST_PARTS] if isinstance(each, Message)):
            yield "\n".join(f"{name}: {value}" for name, value in block.items())
            if part.get_content_type() in _REPORTS:  # the library took the second group of fields for a body
                yield from _unread_fields(block, str(part.get("Content-Transfer-Encoding", "")))
        return
    raw = part.get_payload(decode=True)
    yield raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""


def _unread_fields(block: Message, encoding: str) -> Iterator[str]:
    """What the library left as the body of a report, decoded as the part around it says."""
    body = block.get_payload()
    if not isinstance(body, str):
        return
    carrier = Message()
    carrier["Content-Transfer-Encoding"] = encoding.strip() or "8bit"
    carrier.set_payload(body)
    raw = carrier.get_payload(decode=True)
    yield raw.decode("utf-8", "replace") if isinstance(raw, bytes) else body
