"""What arrived, by mail or a form: the text, the sender apart from it, and of attachments name, size and hash."""

from __future__ import annotations

from datetime import datetime

from leakguard.frozen import Frozen

MOST_TEXT = 256 * 1024
"""Characters of a report that are kept; the rest of a longer one is not."""
MOST_SUBJECT = 200


class Sender(Frozen, hidden=("name", "address")):
    """Who seems to have sent it, as the message says; nobody proved it."""

    name: str = ""
    address: str = ""

    @property
    def is_known(self) -> bool:
        """Whether there is anything to answer to."""
        return bool(self.address)


class EnclosedFile(Frozen, hidden=("content",)):
    """A file that came with a report; it may hold what leaked, so nothing opens it."""

    name: str
    size: int
    sha256: str
    content: bytes = b""
    """Only on the way to whoever encrypts it."""


class Message(Frozen, hidden=("text", "sender", "subject")):
    """One message from outside."""

    channel: str
    """`mail` or `form`."""
    text: str
    subject: str
    sender: Sender
    enclosed: tuple[EnclosedFile, ...]
    sha256: str
    """Of the message as it arrived."""
    message_mark: str
    """By which the same message is known again, also once its report is erased: SHA-256 of the Message-ID, or of
    `sha256` where there is none."""
    machine: str = ""
    """Why nobody is answered: the message says that a machine sent it. Empty for a person's."""
    sent_at: datetime | None = None
    """As the message says; anybody may write anything there."""
    arrived_at: datetime | None = None
    """As the last mail server says."""
    remarks: tuple[str, ...] = ()
    """What of it was not read, and why."""
