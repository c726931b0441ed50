"""Letters through a mail server, one step of the protocol after the other, so that each ending means one thing.

A server has a mail when it answers the line that ends it, and has nothing while that line has not gone out
(RFC 5321, 4.1.1.4). That line is sent alone, after everything else, so only a conversation that breaks off after it
leaves a letter in doubt.
"""

from __future__ import annotations

import re
import select
import smtplib
import ssl
from collections.abc import Callable
from contextlib import ExitStack
from email.utils import parseaddr
from ipaddress import ip_address
from typing import Literal, NoReturn, TypeVar

from leakguard.channels.failures import fail
from leakguard.channels.smtp_answers import PlainSmtp, TlsSmtp, why_not_reached
from leakguard.errors import ChannelFailed, MailServerAway
from leakguard.frozen import Frozen
from leakguard.mailing.smtp.letter_mail import UnsafeHeader, mail_bytes, stuffed
from leakguard.models.mails import AnswerKind, MailAnswer, OutgoingMail
from leakguard.ports import Now

Said = TypeVar("Said")
FINAL_SECONDS = 600.0
"""How long a server may take to answer the end of a mail (RFC 5321, 4.5.3.2.6)."""
OK, DATA_WANTED, CLOSING = 250, 354, 421
_GOOD, _MORE, _LATER, _NEVER, _BEYOND = 200, 300, 400, 500, 600
_MOST_ENVELOPE_ID = 100
"""Characters (RFC 3461, 4.4); a strict server refuses a longer one as if it refused the sender."""
_QUEUED = re.compile(rb"(?:queued as|id=) ?<?([A-Za-z0-9][A-Za-z0-9._-]{2,63})\b", re.IGNORECASE)
_LOOK = "See the mail server's log and the channel's settings in leakguard.toml."


class SmtpMailer(Frozen, hidden=("password",)):
    """One mail server and one sender; implements `ports.Mailer`."""

    name: str
    host: str
    port: int
    sender: str
    now: Now
    bounces_to: str = ""
    """Where a server sends what cannot be delivered; empty for the sender."""
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password: str = ""
    timeout: float = 20
    """Seconds for one answer."""
    final_timeout: float = FINAL_SECONDS
    """Seconds for the answer to the end of a mail."""
    tls: ssl.SSLContext | None = None
    """`None` means the certificates that the machine trusts."""

    def open(self) -> SmtpLetters:
        """See `ports.Mailer.open`."""
        if self.security == "none" and not _is_here(self.host):
            fail(self.name, "letters never cross a network without TLS", "Set security to starttls or tls.")
        if self.security == "none" and self.password:
            fail(self.name, "a password is never sent without TLS", "Set security to starttls or tls.")
        try:
            return SmtpLetters(self._connected(), self)
        except smtplib.SMTPResponseException as error:
            self._refuse(int(error.smtp_code), type(error).__name__)
        except (smtplib.SMTPNotSupportedError, ssl.SSLError, UnicodeError) as error:
            what, next_step = self._known(error) or ("no safe conversation could begin", _LOOK)
            fail(self.name, f"{what} ({type(error).__name__})", next_step)
        except (smtplib.SMTPException, OSError) as error:
            what, next_step = self._known(error) or ("the mail server cannot be reached", _LOOK)
            text = f"channel {self.name}: {what} ({type(error).__name__})"
            raise MailServerAway(text, next_step=next_step) from None

    def _known(self, error: Exception) -> tuple[str, str] | None:
        return why_not_reached(error, f"{self.host}:{self.port}")

    def _refuse(self, code: int, what: str) -> NoReturn:
        text = f"channel {self.name}: the mail server answered {code} ({what})"
        kind = ChannelFailed if code >= _NEVER else MailServerAway
        raise kind(text, next_step=_LOOK) from None

    def _connected(self) -> smtplib.SMTP:
        if self.security == "tls":
            client: smtplib.SMTP = TlsSmtp(self.host, self.port, timeout=self.timeout, context=self._trusted())
        else:
            client = PlainSmtp(self.host, self.port, timeout=self.timeout)
        with ExitStack() as on_failure:
            on_failure.callback(client.close)
            if self.security == "starttls":
                client.starttls(context=self._trusted())
            if self.user and self.password:
                client.login(self.user, self.password)
            client.ehlo_or_helo_if_needed()
            on_failure.pop_all()
        return client

    def _trusted(self) -> ssl.SSLContext:
        return self.tls or ssl.create_default_context()

    @property
    def return_path(self) -> str:
        """The sender of the envelope, to which bounces go."""
        return self.bounces_to or parseaddr(self.sender)[1]


class SmtpLetters:
    """One conversation; implements `ports.MailSession`."""

    def __init__(self, client: smtplib.SMTP, mailer: SmtpMailer) -> None:
        self._client = client
        self._mailer = mailer
        self._is_end_sent = False

    def offer(self, mail: OutgoingMail, before_end: Callable[[], None]) -> MailAnswer:
        """See `ports.MailSession.offer`."""
        self._is_end_sent = has_answer = False
        try:
            content = stuffed(mail_bytes(mail, sender=self._mailer.sender, at=self._mailer.now()))
        except UnsafeHeader:  # nothing was said yet, so the conversation goes on with the next letter
            return MailAnswer(kind=AnswerKind.NOT_POSSIBLE)
        try:
            answer = self._said(lambda: self._envelope(mail) or self._content(content))
            if answer is None:
                before_end()
                answer = self._said(self._end)
            has_answer = True
        finally:  # whatever ended it, nothing more can be said in it
            if not has_answer:
                self.close()
        return answer

    def _said(self, step: Callable[[], Said]) -> Said | MailAnswer:
        """What a step of the conversation came to; where it broke off, whether the end of the mail had gone out."""
        try:
            return step()
        except (smtplib.SMTPException, OSError):
            self.close()
            return MailAnswer(kind=AnswerKind.IN_DOUBT if self._is_end_sent else AnswerKind.LOST)

    def close(self) -> None:
        """See `ports.MailSession.close`; a farewell could hang, and changes nothing."""
        self._client.close()

    def _envelope(self, mail: OutgoingMail) -> MailAnswer | None:
        """Send the sender and the recipient; `None` if the server takes both, else what came of the letter."""
        if mail.to.needs_utf8 and not self._client.has_extn("smtputf8"):
            return MailAnswer(kind=AnswerKind.NOT_POSSIBLE)
        has_dsn = self._client.has_extn("dsn")
        utf8 = ["SMTPUTF8"] if mail.to.needs_utf8 else []
        self._client.command_encoding = "utf-8" if utf8 else "ascii"
        # Only the header of the letter comes back, and a bounce has its Message-ID as the envelope id too.
        has_room = len(mail.message_id) <= _MOST_ENVELOPE_ID
        back = ["RET=HDRS", *([f"ENVID={mail.message_id}"] if has_room else [])] if has_dsn else []
        code, _ = self._client.mail(self._mailer.return_path, [*utf8, *back])
        if code != OK:
            self._refuse_sender(code)
        code, _ = self._client.rcpt(mail.to.address, ["NOTIFY=FAILURE,DELAY"] if has_dsn else [])
        if _GOOD <= code < _MORE:
            return None
        return self._turned_down(code, AnswerKind.RECIPIENT_REFUSED)

    def _content(self, content: bytes) -> MailAnswer | None:
        """Send all of the mail but its last line; `None` if nothing stands in the way of that."""
        code, _ = self._client.docmd("DATA")
        if code != DATA_WANTED:
            return self._turned_down(code, AnswerKind.MESSAGE_REFUSED)
        self._client.send(content)
        if self._has_spoken():  # before the end of the mail, a server can only be refusing it or hanging up
            code, _ = self._client.getreply()
            self.close()
            return self._turned_down(code, AnswerKind.MESSAGE_REFUSED)
        return None

    def _end(self) -> MailAnswer:
        """Send the last line of the mail."""
        self._is_end_sent = True
        if self._client.sock is not None:
            self._client.sock.settimeout(self._mailer.final_timeout)
        self._client.send(b".\r\n")
        code, words = self._client.getreply()
        if self._client.sock is not None:
            self._client.sock.settimeout(self._mailer.timeout)
        return self._final(code, words)

    def _final(self, code: int, words: bytes) -> MailAnswer:
        """What the answer to the end of the mail means; one that is neither 2xx, 4xx nor 5xx leaves it in doubt."""
        if _GOOD <= code < _MORE:
            found = _QUEUED.search(words)
            return MailAnswer(kind=AnswerKind.ACCEPTED, code=code, queue_id=found[1].decode() if found else "")
        if _LATER <= code < _BEYOND:
            return self._turned_down(code, AnswerKind.MESSAGE_REFUSED)
        self.close()
        return MailAnswer(kind=AnswerKind.IN_DOUBT, code=code if code > 0 else None)

    def _turned_down(self, code: int, kind: AnswerKind) -> MailAnswer:
        """Later or never; a server that is closing says nothing about the letter."""
        if code == CLOSING or code < _LATER:
            self.close()
            return MailAnswer(kind=AnswerKind.LOST, code=code if code > 0 else None)
        try:
            self._client.rset()
        except (smtplib.SMTPException, OSError):  # what it said counts; the next `offer` gives `LOST`
            self.close()
        return MailAnswer(kind=kind if code >= _NEVER else AnswerKind.DEFERRED, code=code)

    def _refuse_sender(self, code: int) -> NoReturn:
        """It would refuse every letter."""
        self.close()
        if code < _NEVER:
            raise MailServerAway(
                f"channel {self._mailer.name}: the mail server wants nothing now ({code})", next_step=_LOOK
            )
        raise ChannelFailed(
            f"channel {self._mailer.name}: the mail server refuses the sender ({code})", next_step=_LOOK
        )

    def _has_spoken(self) -> bool:
        """Whether the server said something, or hung up, before the mail was ended."""
        connection = self._client.sock
        if connection is None:
            return True
        pending = connection.pending() if isinstance(connection, ssl.SSLSocket) else 0
        return bool(pending or select.select([connection], [], [], 0)[0])


def _is_here(host: str) -> bool:
    """Whether the mail server runs on this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() in {"localhost", "localhost.localdomain"}
