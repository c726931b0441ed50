"""Mails: a letter as it is handed over, and what a mail server says to it."""

from __future__ import annotations

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


class Mailbox(Frozen, hidden=("address", "name")):
    """Where a mail goes."""

    address: str
    """With the domain in ASCII."""
    name: str = ""
    needs_utf8: bool = False
    """The part before the at sign is not ASCII, which a server must offer to take (RFC 6531)."""


class Attachment(Frozen, hidden=("content",)):
    """A document that goes with a mail."""

    name: str
    subtype: str
    """Behind `application/`."""
    content: bytes


class OutgoingMail(Frozen, hidden=("subject", "text", "html")):
    """One mail, ready to be put together."""

    to: Mailbox
    message_id: str
    subject: str
    lang: str
    text: str
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
