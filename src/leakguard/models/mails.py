"""Mails: a letter as it is handed over, and what a mail server says to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from leakguard.frozen import Frozen


class AnswerKind(StrEnum):
    """What came of handing a letter over."""

    ACCEPTED = "accepted"
    RECIPIENT_REFUSED = "recipient_refused"
    """For good, because of who it is for."""
    MESSAGE_REFUSED = "message_refused"
    """For good, because of what it is."""
    DEFERRED = "deferred"
    """The server said: later."""
    LOST = "lost"
    """The conversation ended before the last byte went out, so the server has nothing (RFC 5321, 4.1.1.4)."""
    IN_DOUBT = "in_doubt"
    """The conversation ended behind the last byte without an answer."""
    NOT_POSSIBLE = "not_possible"
    """This server cannot take letters to such an address at all."""


class MailAnswer(Frozen):
    """What came of handing a letter over."""

    kind: AnswerKind
    code: int | None = None
    queue_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Where a mail goes."""

    address: str = field(repr=False)
    """With the domain in ASCII."""
    name: str = field(default="", repr=False)
    needs_utf8: bool = False
    """The part before the at sign is not ASCII, which a server must offer to take (RFC 6531)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A document that goes with a mail."""

    name: str
    subtype: str
    """Behind `application/`."""
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMail:
    """One mail, ready to be put together."""

    to: Mailbox
    message_id: str
    subject: str = field(repr=False)
    lang: str
    text: str = field(repr=False)
    html: str = field(default="", repr=False)
    attachments: tuple[Attachment, ...] = ()
