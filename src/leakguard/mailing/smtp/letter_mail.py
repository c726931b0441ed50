"""A letter as a mail: text and HTML side by side, documents attached; the same bytes for the same letter and moment."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from leakguard.channels.mail_headers import CRLF, CRLF_UTF8
from leakguard.channels.wording import one_line, subject_line
from leakguard.models.mails import Mailbox, OutgoingMail

_ONE_IN = 6
"""If more than one character in six is not ASCII, base64 is shorter than quoted-printable."""
_DOT = re.compile(rb"^\.", re.MULTILINE)


class UnsafeHeader(Exception):
    """A header that cannot be written so that every server reads the same in it."""


def mail_bytes(mail: OutgoingMail, *, sender: str, at: datetime) -> bytes:
    """The mail with CRLF at each line's end; raises `UnsafeHeader`."""
    try:
        return _message(mail, sender=sender, at=at).as_bytes()
    except (ValueError, MessageError) as error:  # of the library; it may quote the address
        raise UnsafeHeader from error


def _message(mail: OutgoingMail, *, sender: str, at: datetime) -> EmailMessage:
    utf8 = mail.to.needs_utf8
    message = EmailMessage(policy=CRLF_UTF8 if utf8 else CRLF)
    message["Subject"] = subject_line(mail.subject)
    message["From"] = address_of(sender)
    message["To"] = _mailbox(mail.to)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{mail.message_id}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text, cte=_encoding(mail.text))
    if mail.html:
        message.add_alternative(mail.html, subtype="html", cte=_encoding(mail.html))
    for attachment in mail.attachments:
        message.add_attachment(
            attachment.content, maintype="application", subtype=attachment.subtype, filename=attachment.name
        )
    message["Content-Language"] = mail.lang
    _set_boundaries(message, mail.message_id)
    return message


def stuffed(content: bytes) -> bytes:
    """As it goes over the wire after DATA (RFC 5321, 4.5.2), without the final line, a lone dot."""
    lines = _DOT.sub(b"..", content)
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"


def is_sender(sender: str) -> bool:
    """Whether this can be the sender of letters: an address, and in ASCII, which every server takes."""
    try:
        return address_of(sender).addr_spec.isascii()
    except (ValueError, MessageError):
        return False


def address_of(sender: str) -> Address:
    """The sender of the settings; raises `ValueError` for one that is no address."""
    name, address = parseaddr(sender)
    local, _, domain = address.rpartition("@")
    if not local or not domain:
        raise ValueError("the sender of the settings is no e-mail address")
    return Address(display_name=one_line(name), username=local, domain=domain)


def _mailbox(to: Mailbox) -> Address:
    local, _, domain = to.address.rpartition("@")
    if not local or not domain or any(sign.isspace() for sign in to.address):
        raise ValueError("no mailbox")
    return Address(display_name=one_line(to.name), username=local, domain=domain)


def _encoding(text: str) -> str:
    strange = sum(not sign.isascii() for sign in text)
    return "base64" if strange * _ONE_IN > len(text) else "quoted-printable"


def _set_boundaries(message: EmailMessage, seed: str) -> None:
    """The library makes them at random, and two mails of one letter would differ."""
    several = [part for part in message.walk() if part.is_multipart()]
    for number, part in enumerate(several):
        boundary = hashlib.sha256(f"{seed}/{number}".encode()).hexdigest()[:32]
        part.set_boundary(f"=_{boundary}")
